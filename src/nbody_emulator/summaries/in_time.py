"""Every statistic at every time of one run, whoever integrated it: what two codes are compared by."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nbody_emulator.alignment import check_components
from nbody_emulator.arrays import real_numbers
from nbody_emulator.extras import extra
from nbody_emulator.settings.error import refuse, suggestion
from nbody_emulator.summaries.block import BOUND_STARS
from nbody_emulator.summaries.register import STATISTICS
from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic

with extra("simulation"):
    import xarray as xr


def statistics_in_time(
    masses: Any,
    positions: Any,
    velocities: Any,
    times: Any,
    *,
    softening: Any,
    statistics: Sequence[str] = STATISTICS.names,
) -> xr.Dataset:
    """The statistics of one run's states.

    Args:
        masses: (N,) or, where they change, (T, N) [Msun]; a star of mass 0, a tracer or one that another took up, is
            left out.
        positions: (T, N, 3) [pc].
        velocities: (T, N, 3) [pc/Myr], in the inertial frame.
        times: (T,) [Myr].
        softening: Plummer softening length [pc] of the forces; 0 for none.
        statistics: names in the register; all by default.

    Returns:
        One variable a statistic, (time) or (time, axis of the statistic), with units and names, NaN where the state is
        not finite or the statistic does not exist; `bound_stars` (time); the coordinate `time` [Myr].

    Raises:
        TypeError: no plain numbers, something masked, or a unit of another dimension.
        ValueError: shapes that do not agree, a mass or softening below zero, or a name that is not registered.
    """
    for name in statistics:
        if name not in STATISTICS.names:
            refuse("statistics", f"there is no {name!r}", suggestion(name, STATISTICS.names))
    snapshots, times = _snapshots(masses, positions, velocities, times, softening)
    measured = [BOUND_STARS, *map(STATISTICS.load, statistics)]
    time = xr.Variable("time", times, {"units": "Myr", "long_name": "time"})
    variables = {each.variable: _variable(each, snapshots) for each in measured}
    return xr.Dataset(variables, coords={"time": time}, attrs={"title": "Statistics of one run in time"})


def _snapshots(
    masses: Any, positions: Any, velocities: Any, times: Any, softening: Any
) -> tuple[list[Snapshot], np.ndarray]:
    check_components("positions", positions)
    check_components("velocities", velocities)
    times = real_numbers("times", times, "Myr")
    positions, velocities = (
        real_numbers("positions", positions, "pc"),
        real_numbers("velocities", velocities, "pc/Myr"),
    )
    masses, length = real_numbers("masses", masses, "Msun"), real_numbers("softening", softening, "pc")
    shape = (*times.shape, masses.shape[-1] if masses.ndim else 0, 3)
    fits = positions.shape == velocities.shape == shape and masses.shape in (shape[1:2], shape[:2])
    if times.ndim != 1 or not fits:
        found = ", ".join(
            f"{name} {array.shape}"
            for name, array in (("masses", masses), ("positions", positions), ("velocities", velocities))
        )
        remedy = "give masses (N,) or (T, N), positions and velocities (T, N, 3) of one run"
        refuse("times", f"{times.shape} beside {found}", remedy)
    if length.ndim or not length >= 0.0:
        refuse("softening", f"{length} is no length", "write one number in pc, 0 for none")
    if np.any(masses < 0.0):
        refuse("masses", "one is negative", "write 0 for what has no mass")
    masses = np.broadcast_to(masses, shape[:2])
    swallowed = np.sum((masses[:1] > 0.0) & (masses == 0.0), axis=1)
    states = zip(masses, positions, velocities, swallowed, strict=True)
    return [
        Snapshot(
            mass[mass > 0.0], position[mass > 0.0], velocity[mass > 0.0], float(length), mergers=float(gone)
        )
        for mass, position, velocity, gone in states
    ], times


def _variable(statistic: Statistic, snapshots: Sequence[Snapshot]) -> xr.DataArray:
    values = np.stack([statistic(snapshot) for snapshot in snapshots]).astype(float)
    attributes = {"units": statistic.units, "long_name": statistic.long_name, **statistic.attributes}
    axis = statistic.axis
    if axis is None:
        return xr.DataArray(values, dims="time", attrs=attributes)
    places = xr.Variable(axis.name, np.array(axis.values), {"units": axis.units, "long_name": axis.long_name})
    return xr.DataArray(values, dims=("time", axis.name), coords={axis.name: places}, attrs=attributes)
