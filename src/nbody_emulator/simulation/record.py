"""The dataset of a block of runs: states and audit, each variable with its unit and name."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from nbody_emulator.simulation import padding
from nbody_emulator.simulation.attempts import Attempt
from nbody_emulator.simulation.conditions import Conditions
from nbody_emulator.simulation.status import Status

_DESIGN = ("parameter_values", "point", "replicate", "seed")

_VARIABLES = {
    "mass": (("run", "star"), "Msun", "mass of a star at the start; 0 is an empty slot"),
    "position": (("run", "time", "star", "axis"), "pc", "position in the frame that turns with the orbit"),
    "velocity": (
        ("run", "time", "star", "axis"),
        "pc Myr-1",
        "velocity relative to axes that do not turn, along the turning axes",
    ),
    "age": (("run", "time"), "Myr", "time since the start"),
    "softening": (("run",), "pc", "Plummer softening length"),
    "angular_speed": (("run",), "Myr-1", "angular speed of the circular orbit"),
    "radial_tide": (
        ("run",),
        "1",
        "radial tidal acceleration over angular_speed^2 x: 2 in a flat rotation curve, 3 around a point mass",
    ),
    "crossing_time": (("run",), "Myr", "crossing time sqrt(a^3 / (G M)) at the start"),
    "energy": (("run", "time"), "Msun pc2 Myr-2", "Jacobi energy"),
    "energy_error": (("run",), "1", "largest change of the Jacobi energy over K + |W| at the start"),
    "angular_momentum": (
        ("run", "time", "axis"),
        "Msun pc2 Myr-1",
        "angular momentum about the origin, relative to axes that do not turn",
    ),
    "center_of_mass": (("run", "time", "axis"), "pc", "position of the centre of mass"),
    "center_of_mass_velocity": (
        ("run", "time", "axis"),
        "pc Myr-1",
        "velocity of the centre of mass relative to axes that do not turn",
    ),
    "step": (("run",), "Myr", "mean length of a star's step"),
    "step_fraction": (("run",), "1", "longest step allowed, in crossing times"),
    "accuracy": (("run",), "1", "Aarseth's accuracy parameter; missing where steps are fixed"),
    "steps": (("run",), "1", "number of moments at which stars were moved"),
    "star_steps": (("run",), "1", "number of stars moved, summed over these moments"),
    "step_floor_hits": (("run",), "1", "number of star steps kept from being shorter by the step floor"),
    "halvings": (("run",), "1", "number of times the step, or the accuracy, was halved"),
    "status": (("run",), "1", "how the run ended"),
    "reason": (("run",), None, "why it has this status"),
}


def assemble(
    design: xr.Dataset,
    specification: dict,
    conditions: Sequence[Conditions],
    attempts: Sequence[Attempt | None],
    judgements: Sequence[tuple[Status, str]],
) -> xr.Dataset:
    """The dataset of a block, runs in the design's order; states of runs that could not start are NaN."""
    rows = [
        _row(run, attempt, *judgement)
        for run, attempt, judgement in zip(conditions, attempts, judgements, strict=True)
    ]
    dataset = design[list(_DESIGN)].copy()
    for name, (dimensions, unit, long_name) in _VARIABLES.items():
        attributes = {"long_name": long_name} | ({"units": unit} if unit else {})
        dataset[name] = (dimensions, _together([row[name] for row in rows], name, dimensions), attributes)
    dataset["status"] = dataset["status"].astype("int8").assign_attrs(_flags())
    return dataset.assign_coords(_coordinates(specification["snapshots"])).assign_attrs(
        title="Direct N-body simulations of star clusters",
        stream=specification["stream"],
        block=specification["block"],
    )


def _together(values: list, name: str, dimensions: tuple[str, ...]) -> np.ndarray:
    """One array of every run's value, runs of fewer stars filled up with empty slots."""
    if "star" not in dimensions:
        return np.stack(values)
    return padding.stack(values, dimensions.index("star") - 1, fill=0.0 if name == "mass" else np.nan)


def _row(run: Conditions, attempt: Attempt | None, status: Status, reason: str) -> dict[str, np.ndarray]:
    """One run's values of every variable; states of empty slots are NaN."""
    masses = run.stars.masses
    empty = (masses == 0.0)[:, None]
    unknown = np.full((len(run.times), len(masses), 3), np.nan)
    trajectory = attempt.trajectory if attempt else None
    positions = trajectory.positions if attempt else unknown
    velocities = trajectory.velocities if attempt else unknown
    momenta = masses[:, None] * velocities
    return {
        "mass": masses,
        "position": np.where(empty, np.nan, positions),
        "velocity": np.where(empty, np.nan, velocities),
        "age": run.times,
        "softening": run.softening,
        "angular_speed": run.tide.angular_speed,
        "radial_tide": run.tide.radial,
        "crossing_time": run.crossing_time,
        "energy": trajectory.energies if attempt else unknown[:, 0, 0],
        "energy_error": trajectory.energy_error if attempt else np.nan,
        "angular_momentum": np.sum(np.cross(positions, momenta), axis=1),
        "center_of_mass": np.sum(masses[:, None] * positions, axis=1) / np.sum(masses),
        "center_of_mass_velocity": np.sum(momenta, axis=1) / np.sum(masses),
        **_effort(attempt),
        "status": status,
        "reason": reason,
    }


def _effort(attempt: Attempt | None) -> dict[str, float]:
    """How finely the run was integrated, and how many steps that took."""
    if attempt is None:
        counts = dict.fromkeys(("steps", "star_steps", "step_floor_hits", "halvings"), 0)
        return counts | dict.fromkeys(("step", "step_fraction", "accuracy"), np.nan)
    work, settings = attempt.trajectory.work, attempt.settings
    return {
        "step": attempt.trajectory.step,
        "step_fraction": settings.get("step", settings.get("longest_step")),
        "accuracy": settings.get("accuracy", np.nan),
        "steps": work.steps,
        "star_steps": work.star_steps,
        "step_floor_hits": work.floor_hits,
        "halvings": attempt.halvings,
    }


def _coordinates(snapshots: int) -> dict[str, xr.Variable]:
    fractions = np.linspace(0.0, 1.0, snapshots)
    fraction_name = {"units": "1", "long_name": "fraction of the run's duration"}
    axis_name = {"long_name": "axis: away from the galaxy, along the orbit, up"}
    return {
        "time": xr.Variable("time", fractions, fraction_name),
        "axis": xr.Variable("axis", ["x", "y", "z"], axis_name),
    }


def _flags() -> dict:
    return {
        "flag_values": np.array([status.value for status in Status], dtype="int8"),
        "flag_meanings": " ".join(status.name.lower() for status in Status),
    }
