"""The summary of one block of runs: every named statistic, at every stored time of every run."""

from collections.abc import Sequence

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.settings.rows import SummarySettings
from nbody_emulator.summaries.register import STATISTICS
from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic

with extra("simulation"):
    import xarray as xr

CARRIED = (
    "parameter_values",
    "point",
    "replicate",
    "seed",
    "age",
    "status",
    "reason",
    "energy_error",
    "step",
    "step_fraction",
    "halvings",
    "step_floor_hits",
)
"""Variables of the simulation that its summary repeats, so that a row can be judged without the states."""

CARRIED_IF_THERE = ("perturbation",)
"""Repeated too, of runs whose stars were moved by the last bit."""

PLACE = ("stream", "block", "fewest_stars")
"""Attributes of the simulation that its summary repeats: whose block it is, and the stars of the smallest cluster."""

# In every summary, named or not: it says why a statistic is missing. Not an integer, for a lost run has none.
BOUND_STARS = Statistic("bound_stars", "1", "number of bound stars", 0, lambda snapshot: snapshot.bound_stars)


def summarize(simulation: xr.Dataset, settings: SummarySettings) -> xr.Dataset:
    """Measure the statistics named in `settings.statistics` on every snapshot of a block.

    Args:
        simulation: `mass` (run, star) [Msun] at the start, 0 for an empty slot; `position` [pc] and `velocity`
            [pc Myr-1], both (run, time, star, axis); `softening` (run) [pc]; and the variables in `CARRIED`.
            Where stars merge, also `mass_at_time` (run, time, star) [Msun], 0 for a star swallowed by another,
            or `merger_count` (run, time).
        settings: `statistics`, names in the register.

    Returns:
        One variable a statistic, (run, time) or (run, time, axis of the statistic), NaN where the state is
        not finite or the statistic does not exist; `bound_stars` (run, time); and the variables in `CARRIED`.

    Raises:
        KeyError: unknown statistic, or a variable that the simulation lacks.
    """
    statistics = [STATISTICS.load(name) for name in settings.statistics]
    carried = (*CARRIED, *(name for name in CARRIED_IF_THERE if name in simulation))
    summary = simulation[list(carried)].assign(_measure(simulation, [BOUND_STARS, *statistics]))
    place = {key: simulation.attrs[key] for key in PLACE}
    return summary.drop_attrs(deep=False).assign_attrs(title="Summary of one block of runs", **place)


def _measure(simulation: xr.Dataset, statistics: Sequence[Statistic]) -> dict[str, xr.DataArray]:
    position = simulation["position"].transpose("run", "time", "star", "axis").values
    velocity = simulation["velocity"].transpose("run", "time", "star", "axis").values
    softening = simulation["softening"].values
    mass, mergers = _masses(simulation), _mergers(simulation)
    runs, times = position.shape[:2]
    values = [np.empty((runs, times, *statistic.shape)) for statistic in statistics]
    for run, time in np.ndindex(runs, times):
        here = mass[run, time] != 0.0
        state = (mass[run, time, here], position[run, time, here], velocity[run, time, here])
        snapshot = Snapshot(*state, float(softening[run]), float(mergers[run, time]))
        for statistic, array in zip(statistics, values, strict=True):
            array[run, time] = statistic(snapshot)
    pairs = zip(statistics, values, strict=True)
    return {statistic.variable: _variable(statistic, array) for statistic, array in pairs}


def _masses(simulation: xr.Dataset) -> np.ndarray:
    """Masses (run, time, star) [Msun]."""
    if "mass_at_time" in simulation:
        return simulation["mass_at_time"].transpose("run", "time", "star").values
    mass = simulation["mass"].transpose("run", "star").values
    return np.repeat(mass[:, None], simulation.sizes["time"], axis=1)


def _mergers(simulation: xr.Dataset) -> np.ndarray:
    """Stars swallowed so far (run, time); none where the simulation says nothing of mergers."""
    if "mass_at_time" in simulation:
        gone = (simulation["mass"] != 0.0) & (simulation["mass_at_time"] == 0.0)
        return gone.sum("star").transpose("run", "time").values
    if "merger_count" in simulation:
        return simulation["merger_count"].transpose("run", "time").values
    return np.zeros((simulation.sizes["run"], simulation.sizes["time"]))


def _variable(statistic: Statistic, values: np.ndarray) -> xr.DataArray:
    dimensions, coordinates = ["run", "time"], {}
    if statistic.axis is not None:
        axis = statistic.axis
        attributes = {"units": axis.units, "long_name": axis.long_name}
        dimensions.append(axis.name)
        coordinates[axis.name] = (axis.name, np.array(axis.values), attributes)
    described = {"units": statistic.units, "long_name": statistic.long_name, **statistic.attributes}
    return xr.DataArray(values, dims=dimensions, coords=coordinates, attrs=described)
