"""What a caller asks of a run, checked in words and turned into arrays."""

import inspect

import numpy as np

from nbody_emulator.simulation.tide import Tide


def setting_names(integrator) -> tuple[str, ...]:
    """The names of the settings an integrator takes."""
    return tuple(name for name in inspect.signature(integrator.settings).parameters if name != "self")


def settings_of(name: str, integrator, given: dict[str, float]) -> dict:
    """What the integrator makes of these settings."""
    known = inspect.signature(integrator.settings).parameters
    for key in given:
        if key not in known:
            raise ValueError(f"{key} is not used by {name}; it takes {', '.join(known)}")
    for key, parameter in known.items():
        if parameter.default is parameter.empty and key not in given:
            raise ValueError(f"{name} needs {key}")
    return integrator.settings(**given)


def axes_first(masses, positions, velocities, softening, tide) -> list:
    """Arguments as float64 arrays, vectors (..., N, 3) as rows (..., 3, N).

    Turned here, so that the compiled function sees rows that lie together in memory.
    """
    turned = [np.ascontiguousarray(np.swapaxes(vectors, -1, -2)) for vectors in (positions, velocities)]
    return [*map(_numbers, (masses, *turned, softening)), Tide(*map(_numbers, tide))]


def _numbers(argument) -> np.ndarray:
    return np.asarray(argument, dtype=float)


def check_stars(masses, positions, velocities, softening) -> None:
    stars = np.shape(masses)[0]
    if np.shape(positions) != (stars, 3) or np.shape(velocities) != (stars, 3):
        raise ValueError(
            f"positions {np.shape(positions)} and velocities {np.shape(velocities)} must be ({stars}, 3)"
        )
    for name, numbers in (("masses", masses), ("positions", positions), ("velocities", velocities)):
        if not np.all(np.isfinite(numbers)):
            raise ValueError(f"{name} must be finite")
    if not (np.all(np.asarray(masses) >= 0.0) and np.sum(masses) > 0.0):
        raise ValueError("masses must not be negative, nor all zero")
    if not (softening >= 0.0 and np.isfinite(softening)):
        raise ValueError(f"softening must be finite and not negative, not {softening}")
    present = np.asarray(positions)[np.asarray(masses) > 0.0]
    if not softening > 0.0 and len(np.unique(present, axis=0)) < len(present):
        raise ValueError("two stars are at one place, where without softening their pull is not finite")


def check_times(times) -> None:
    if np.ndim(times) != 1 or not np.all(np.diff(times) > 0) or not np.all(np.isfinite(times)):
        raise ValueError("times must be one ascending row of finite numbers")
