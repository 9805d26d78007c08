"""What a caller asks of a run, checked in words before any work and turned into arrays.

Whatever is refused is told in one line: its name, what it was, and what it must be.
"""

import inspect
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from nbody_emulator import alignment, arrays
from nbody_emulator.arrays import shown
from nbody_emulator.simulation import values
from nbody_emulator.simulation.energy import Energy
from nbody_emulator.simulation.integrators.integrator import AbstractIntegrator, Settings
from nbody_emulator.simulation.mergers import Mergers
from nbody_emulator.simulation.padding import Slots
from nbody_emulator.simulation.register import INTEGRATORS
from nbody_emulator.simulation.run import StoppingLimits
from nbody_emulator.simulation.shapes import Held, MassColumn, PositionColumns, PresentColumn, TimeColumn
from nbody_emulator.simulation.stars import InitialConditions
from nbody_emulator.simulation.tide import Tide

LIGHTEST = float(np.finfo(float).tiny)
"""Below it processors may take a number for zero, and a star for a tracer."""

UNSOFTENED = LIGHTEST**0.5
"""A softening [pc] below it is none: its square would count as zero."""

LONGEST_STEP_IN_RUNS = 16.0
"""How much longer than the run the longest step may be where the shortest, 2^-24 of it, was not asked for."""

UNITS = {
    "masses": "Msun",
    "positions": "pc",
    "velocities": "pc/Myr",
    "times": "Myr",
    "time": "Myr",
    "duration": "Myr",
    "softening": "pc",
    "tide.angular_speed": "1/Myr",
    "mergers.star_radius": "pc",
    "mergers.black_hole_radius": "pc",
    "mergers.black_hole_mass": "Msun",
    "step": "Myr",
    "longest_step": "Myr",
    "step_floor": "Myr",
}
"""Arguments with a unit; all others have no dimension."""

Shape = tuple[int | str, ...]
"""Lengths of axes; a word names one of any length."""


def integrator_of(name: str) -> AbstractIntegrator:
    """The integrator of this name."""
    if not isinstance(name, str) or name not in INTEGRATORS.names:
        raise ValueError(f"integrator must be one of {', '.join(INTEGRATORS.names)}, not {shown(name)}")
    return INTEGRATORS.load(name)()


def setting_names(integrator: AbstractIntegrator | type[AbstractIntegrator]) -> tuple[str, ...]:
    """The names of the settings an integrator takes."""
    return tuple(name for name in inspect.signature(integrator.settings).parameters if name != "self")


def settings_of(name: str, integrator: AbstractIntegrator, given: Mapping[str, float]) -> Settings:
    """What the integrator makes of these settings."""
    known = inspect.signature(integrator.settings).parameters
    for key in given:
        if key not in known:
            raise ValueError(f"{key} is not used by {name}; it takes {', '.join(known)}")
    for key, parameter in known.items():
        if parameter.default is parameter.empty and key not in given:
            raise ValueError(f"{name} needs {key}")
    kinds = {int: whole_number, float: number}
    return integrator.settings(**{key: kinds[known[key].annotation](key, given[key]) for key in given})


def settings_of_many(
    name: str, integrator: AbstractIntegrator, given: Mapping[str, np.ndarray], runs: int
) -> list[Settings]:
    """What the integrator makes of each run's settings; every setting has one number a run."""
    columns = {key: real_numbers(key, column, (runs,)) for key, column in given.items()}
    rows = [{key: column[run] for key, column in columns.items()} for run in range(runs)]
    return [settings_of(name, integrator, row) for row in rows]


def check_longest_step(settings: Mapping[str, float], duration: float) -> None:
    """Refuse a longest step beside which the shortest, left to be a share of it, is long against the run."""
    longest, floor = (number(name, settings.get(name, 0.0)) for name in ("longest_step", "step_floor"))
    if floor == 0.0 and math.isfinite(longest) and longest > LONGEST_STEP_IN_RUNS * duration:
        raise ValueError(
            f"longest_step {longest} is above {LONGEST_STEP_IN_RUNS:g} times the run of {duration} Myr, so that the "
            "shortest, 2^-24 of it, would be too long; lower it, or give a step_floor"
        )


def stars_of(
    masses: Any, positions: Any, velocities: Any, present: Any
) -> tuple[InitialConditions, PresentColumn]:
    """One cluster's stars as float64 arrays, and which slots hold one; of the others nothing is asked."""
    stars = star_arrays(masses, positions, velocities, ("N",))
    present = present_of(present, stars.masses.shape)
    weights = stars.masses[present]
    if not np.all(np.isfinite(weights)):
        raise ValueError("masses must be finite")
    values.check_signs(weights)
    if not np.any(weights > 0.0):
        raise ValueError("masses must not be all zero: tracers need at least one star with mass to pull them")
    if np.any((weights > 0.0) & (weights < LIGHTEST)):
        raise ValueError(f"masses must be zero or at least {LIGHTEST:.3g} Msun")
    for name, vectors in (("positions", stars.positions), ("velocities", stars.velocities)):
        if not np.all(np.isfinite(vectors[present])):
            raise ValueError(f"{name} must be finite")
    return stars, present


def present_of(present: Any, shape: tuple[int, ...]) -> PresentColumn:
    """Which slots hold a star, as truth values of this shape; all by default."""
    if present is None:
        return np.ones(shape, bool)
    array = arrays.plain_array(present)
    if array is None or array.dtype != bool:
        raise TypeError(f"present must be truth values, which slots hold a star, not {shown(present)}")
    check_shape("present", array, shape)
    return array


def star_arrays(masses: Any, positions: Any, velocities: Any, shape: Shape) -> InitialConditions:
    """Stars as float64 arrays, masses of this shape."""
    vectors = (("positions", positions), ("velocities", velocities))
    alignment.check_rows({"masses": masses, **dict(vectors)}, axes=len(shape))
    for name, given in vectors:
        alignment.check_components(name, given)
    masses = real_numbers("masses", masses, shape)
    if masses.size == 0:
        raise ValueError("masses must not be empty")
    return InitialConditions(
        masses, *(real_numbers(name, given, (*masses.shape, 3)) for name, given in vectors)
    )


def softening_of(softening: Any, positions: PositionColumns) -> float:
    """The softening length [pc] of stars at positions (N, 3), without which no two may be at one place."""
    softening = number("softening", softening)
    if math.isnan(softening):
        raise ValueError("softening must be finite and not negative, not nan")
    values.check_softening(softening)
    if softening < UNSOFTENED and len(np.unique(positions, axis=0)) < len(positions):
        raise ValueError("two stars are at one place, where without softening their pull is not finite")
    return softening


def check_energy(scale: Energy, masses: MassColumn) -> None:
    """Refuse stars of these masses whose energies add up to nothing that errors could be told by.

    One star that has mass, with tracers or alone, has no energy but that of its motion as a whole.
    """
    inner, bulk = float(scale.inner), float(scale.bulk)
    is_alone = np.count_nonzero(masses) == 1
    if not ((inner > 0.0 or is_alone) and inner < math.inf) or math.isnan(bulk):
        raise ValueError(
            f"the stars' kinetic and potential energy add up to {inner} Msun pc^2 Myr^-2, which must be finite and "
            "positive; give distances and speeds that can be squared"
        )


def tide_of(tide: Tide, shape: Shape = ()) -> Tide:
    """The tide, its numbers of this shape and finite."""
    check_tide(tide)
    numbers: dict[str, Any] = {
        name: real_numbers(f"tide.{name}", value, shape) for name, value in tide._asdict().items()
    }
    if not np.all(np.isfinite(list(numbers.values()))):
        raise ValueError(f"the tide must be finite, not {shown(tide)}")
    values.check_radial(numbers["radial"])
    return Tide(**numbers)


def check_tide(tide: Tide) -> None:
    """Refuse what is no tide; its numbers may be traced."""
    if not isinstance(tide, Tide):
        raise TypeError(f"tide must be a Tide(angular_speed, radial), not {shown(tide)}")


def mergers_of(mergers: Mergers | None, shape: Shape = ()) -> Mergers | None:
    """The radii, and the mass of a black hole, as float64 arrays of this shape."""
    if mergers is None:
        return None
    if not isinstance(mergers, Mergers):
        raise TypeError(f"mergers must be Mergers(star_radius, ...) or None, not {shown(mergers)}")
    given = mergers._asdict().items()
    numbers: dict[str, Any] = {name: real_numbers(f"mergers.{name}", value, shape) for name, value in given}
    for name in ("star_radius", "black_hole_radius"):
        radius = numbers[name]
        if not np.all((radius >= 0.0) & np.isfinite(radius)):
            raise ValueError(f"{name} must be finite and not negative, not {radius}")
    if not np.all(numbers["black_hole_mass"] > 0.0):
        raise ValueError(f"black_hole_mass must be positive, not {numbers['black_hole_mass']}")
    return Mergers(**numbers)


def times_of(times: Any, shape: Shape = ("T",)) -> TimeColumn:
    """Times [Myr], finite and ascending along the last axis."""
    times = real_numbers("times", times, shape)
    if not (times.size and np.all(np.isfinite(times)) and np.all(np.diff(times) > 0.0)):
        descend = times.size and np.all(np.isfinite(times)) and np.all(np.diff(times) < 0.0)
        remedy = "; to go back in time, reverse the velocities and let times ascend" if descend else ""
        raise ValueError(f"times must be ascending, finite numbers{remedy}")
    return times


def times_of_run(times: Any, shape: Shape = ("T",)) -> TimeColumn:
    """Times [Myr] of a whole run, the first that of the start."""
    times = times_of(times, shape)
    if times.shape[-1] < 2:
        raise ValueError("times must be at least two, the first that of the start")
    return times


def time_of(time: Any) -> float:
    """A moment [Myr]."""
    time = number("time", time)
    if not math.isfinite(time):
        raise ValueError(f"time must be finite, not {time}")
    return time


def stopping_limits_of(abandon_above: float, most_steps: int) -> StoppingLimits:
    """The energy error above which, and the number of steps after which, a run is given up."""
    abandon_above = number("abandon_above", abandon_above)
    if not abandon_above >= 0.0:
        raise ValueError(f"abandon_above must not be negative (infinite: never), not {abandon_above}")
    return StoppingLimits(abandon_above, positive_count("most_steps", most_steps))


def number(name: str, given: Any) -> float:
    """One real number."""
    return float(real_numbers(name, given, ()))


def whole_number(name: str, given: Any) -> int:
    """One number without a fraction."""
    value = number(name, given)
    if not value.is_integer():
        raise ValueError(f"{name} must be a whole number, not {value}")
    return int(value)


def positive_count(name: str, given: Any) -> int:
    """One whole number from 1 on, which a computer can count to."""
    count = whole_number(name, given)
    if not 1 <= count < 2**63:
        raise ValueError(f"{name} must be at least 1 and below 2^63, not {given}")
    return count


def unit_of(name: str) -> str:
    """The unit of the argument of this name."""
    return UNITS.get(name, "1")


def real_numbers(name: str, given: Any, shape: Shape) -> np.ndarray:
    """Real numbers of this shape as float64, in the argument's unit.

    Raises:
        TypeError: they are no plain numbers, and none with a unit that could be converted.
        ValueError: they have another shape.
    """
    wanted = "real numbers" if shape else "a real number"
    array = arrays.real_numbers(name, given, unit_of(name), wanted)
    check_shape(name, array, shape)
    return array


def check_shape(name: str, array: Held, shape: Shape) -> None:
    """Refuse an array, traced or not, of another shape."""
    found = np.shape(array)
    if len(found) != len(shape) or any(
        isinstance(wanted, int) and wanted != length for wanted, length in zip(shape, found, strict=True)
    ):
        wanted = f"have the shape {_in_words(shape)}" if shape else "be one number"
        raise ValueError(f"{name} must {wanted}, not the shape {_in_words(found)}")


def axes_first(slots: Slots, softening: np.ndarray | float, tide: Tide) -> list[Any]:
    """Arguments as float64 arrays, vectors (..., N, 3) as rows (..., 3, N).

    Turned here, so that the compiled function sees rows that lie together in memory.
    """
    turned = [np.ascontiguousarray(np.swapaxes(vectors, -1, -2)) for vectors in slots[1:3]]
    return [slots.masses, *turned, slots.present, np.asarray(softening), tide]


def _in_words(shape: Shape) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
