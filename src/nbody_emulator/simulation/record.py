"""The dataset of a block of runs: states and audit, each variable with its unit and name."""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import ArrayLike

from nbody_emulator.extras import extra
from nbody_emulator.quantities.run_status import Status, status_flags
from nbody_emulator.settings.block import Simulation
from nbody_emulator.simulation import padding
from nbody_emulator.simulation.attempts import Attempt
from nbody_emulator.simulation.conditions import Conditions, snapshot_fractions
from nbody_emulator.simulation.mergers import Merged, no_events

with extra("simulation"):
    import xarray as xr

_VARIABLES = {
    "mass": (("run", "star"), "Msun", "mass of a star at the start; 0 is an empty slot"),
    "position": (("run", "time", "star", "axis"), "pc", "position in the frame that rotates with the orbit"),
    "velocity": (
        ("run", "time", "star", "axis"),
        "pc Myr-1",
        "velocity in the inertial frame, along the rotating axes",
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
        "angular momentum about the origin, in the inertial frame",
    ),
    "center_of_mass": (("run", "time", "axis"), "pc", "position of the centre of mass"),
    "center_of_mass_velocity": (
        ("run", "time", "axis"),
        "pc Myr-1",
        "velocity of the centre of mass in the inertial frame",
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

_MERGER_VARIABLES = {
    "mass_at_time": (("run", "time", "star"), "Msun", "mass of a star; 0 from when another took it up"),
    "merger_count": (("run", "time"), "1", "number of mergers so far"),
    "merger_time": (("run", "event"), "Myr", "time of a merger since the start"),
    "merger_position": (
        ("run", "event", "axis"),
        "pc",
        "position of the merged body, in the frame that rotates with the orbit",
    ),
    "merger_survivor": (("run", "event"), "1", "star that took the other up; -1 where there was no merger"),
    "merger_absorbed": (("run", "event"), "1", "star that was taken up; -1 where there was no merger"),
    "merger_survivor_mass": (("run", "event"), "Msun", "mass of the star that took the other up, before"),
    "merger_absorbed_mass": (("run", "event"), "Msun", "mass of the star that was taken up"),
    "merger_energy": (
        ("run", "event"),
        "Msun pc2 Myr-2",
        "energy given up: Jacobi energy of all stars before a merger less that after; the audit adds it back",
    ),
}
"""Written where bodies merge."""

_FILLS = {"mass": 0.0, "mass_at_time": 0.0, "merger_survivor": -1, "merger_absorbed": -1}
"""What stands in slots that a run of fewer stars lacks, where it is not NaN."""


Row = Mapping[str, ArrayLike]
"""The value of every variable, of one run."""


def assemble(
    design: xr.Dataset,
    block: Simulation,
    conditions: Sequence[Conditions],
    attempts: Sequence[Attempt | None],
    judgements: Sequence[tuple[Status, str]],
) -> xr.Dataset:
    """The dataset of a block, runs in the design's order; states of runs that could not start are NaN."""
    rows = [
        _row(run, attempt, *judgement)
        for run, attempt, judgement in zip(conditions, attempts, judgements, strict=True)
    ]
    dataset = design.copy()
    merging = any(run.mergers is not None for run in conditions)
    variables = _VARIABLES | (_MERGER_VARIABLES if merging else {})
    for name, (dimensions, unit, long_name) in variables.items():
        attributes = {"long_name": long_name} | ({"units": unit} if unit else {})
        dataset[name] = (dimensions, _together([row[name] for row in rows], name, dimensions), attributes)
    dataset["status"] = dataset["status"].astype("int8").assign_attrs(status_flags())
    return dataset.assign_coords(_coordinates(block.snapshots)).assign_attrs(
        title="Direct N-body simulations of star clusters",
        stream=block.stream,
        block=block.block,
        fewest_stars=_fewest_stars(design, block),
    )


def _fewest_stars(design: xr.Dataset, block: Simulation) -> int:
    """Stars of the smallest cluster that the experiment allows."""
    if "stars" not in design["parameter"].values:
        return cast(int, block.cluster.stars)
    stars = design.sel(parameter="stars")
    return int(np.nanmin([stars["parameter_minimum"], stars["parameter_values"].min()]))


def _together(values: list, name: str, dimensions: tuple[str, ...]) -> np.ndarray:
    """One array of every run's value, runs of fewer stars filled up with empty slots."""
    sizes = [dimensions.index(dimension) - 1 for dimension in ("star", "event") if dimension in dimensions]
    if not sizes:
        return np.stack(values)
    return padding.stack(values, sizes[0], fill=_FILLS.get(name, np.nan))


def _row(run: Conditions, attempt: Attempt | None, status: Status, reason: str) -> Row:
    """One run's values of every variable; states of empty slots are NaN."""
    unknown = np.full((len(run.times), len(run.stars.masses), 3), np.nan)
    trajectory = attempt.trajectory if attempt else None
    merged = trajectory.merged if trajectory else None
    masses = run.stars.masses[None] if merged is None else merged.masses
    empty = (masses == 0.0)[:, :, None]  # no cluster of an experiment has tracers
    positions = trajectory.positions if trajectory else unknown
    velocities = trajectory.velocities if trajectory else unknown
    momenta = masses[:, :, None] * velocities
    total_mass = np.sum(run.stars.masses)
    return {
        "mass": run.stars.masses,
        "position": np.where(empty, np.nan, positions),
        "velocity": np.where(empty, np.nan, velocities),
        "age": run.times,
        "softening": run.softening,
        "angular_speed": run.tide.angular_speed,
        "radial_tide": run.tide.radial,
        "crossing_time": run.crossing_time,
        "energy": trajectory.energies if trajectory else unknown[:, 0, 0],
        "energy_error": trajectory.energy_error if trajectory else np.nan,
        "angular_momentum": np.sum(np.cross(positions, momenta), axis=1),
        "center_of_mass": np.sum(masses[:, :, None] * positions, axis=1) / total_mass,
        "center_of_mass_velocity": np.sum(momenta, axis=1) / total_mass,
        **_effort(attempt),
        **_mergers(run, merged),
        "status": status,
        "reason": reason,
    }


def _effort(attempt: Attempt | None) -> Row:
    """How finely the run was integrated, and how many steps that took."""
    if attempt is None:
        counts = dict.fromkeys(("steps", "star_steps", "step_floor_hits", "halvings"), 0)
        return counts | dict.fromkeys(("step", "step_fraction", "accuracy"), np.nan)
    work, settings = attempt.trajectory.work, attempt.settings
    return {
        "step": attempt.trajectory.step,
        "step_fraction": settings["step"] if "step" in settings else settings["longest_step"],
        "accuracy": settings.get("accuracy", np.nan),
        "steps": work.steps,
        "star_steps": work.star_steps,
        "step_floor_hits": work.floor_hits,
        "halvings": attempt.halvings,
    }


def _mergers(run: Conditions, merged: Merged | None) -> Row:
    """Masses at each time and every merger; none of a run that could not start."""
    masses = run.stars.masses
    if merged is None:
        counts = np.zeros(len(run.times), dtype=int)
        merged = Merged(np.tile(masses, (len(run.times), 1)), counts, no_events(len(masses)))
    events = merged.events
    return {
        "mass_at_time": merged.masses,
        "merger_count": merged.counts,
        "merger_time": events.times,
        "merger_position": events.positions,
        "merger_survivor": events.survivors,
        "merger_absorbed": events.absorbed,
        "merger_survivor_mass": events.survivor_masses,
        "merger_absorbed_mass": events.absorbed_masses,
        "merger_energy": events.energies,
    }


def _coordinates(snapshots: int) -> dict[str, xr.Variable]:
    fractions = snapshot_fractions(snapshots)
    fraction_name = {"units": "1", "long_name": "fraction of the run's duration"}
    axis_name = {"long_name": "axis: away from the galaxy, along the orbit, up"}
    return {
        "time": xr.Variable("time", fractions, fraction_name),
        "axis": xr.Variable("axis", ["x", "y", "z"], axis_name),
    }
