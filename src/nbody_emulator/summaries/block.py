"""The summary of one block of runs: every named statistic, at every stored time of every run."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from nbody_emulator.summaries.register import STATISTICS
from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic

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
)
"""Variables of the simulation that its summary repeats, so that a row can be judged without the states."""

# In every summary, named or not: it says why a statistic is missing. Not an integer, for a lost run has none.
BOUND_STARS = Statistic("bound_stars", "1", "number of bound stars", 0, lambda snapshot: snapshot.bound_stars)


def summarize(simulation: xr.Dataset, specification: Mapping) -> xr.Dataset:
    """Measure the statistics named in `specification["statistics"]` on every snapshot of a block.

    Args:
        simulation: `mass` (run, star) [Msun], `position` [pc] and `velocity` [pc Myr-1], both (run, time,
            star, axis), `softening` (run) [pc], and the variables in `CARRIED`.
        specification: `statistics`, names in the register.

    Returns:
        One variable a statistic, (run, time) or (run, time, axis of the statistic), NaN where the state is
        not finite or the statistic does not exist; `bound_stars` (run, time); and the variables in `CARRIED`.

    Raises:
        KeyError: unknown statistic, or a variable that the simulation lacks.
    """
    statistics = [STATISTICS.load(name) for name in specification["statistics"]]
    summary = simulation[list(CARRIED)].assign(_measure(simulation, [BOUND_STARS, *statistics]))
    place = {key: simulation.attrs[key] for key in ("stream", "block")}
    return summary.drop_attrs(deep=False).assign_attrs(title="Summary of one block of runs", **place)


def _measure(simulation: xr.Dataset, statistics: Sequence[Statistic]) -> dict[str, xr.DataArray]:
    position = simulation["position"].transpose("run", "time", "star", "axis").values
    velocity = simulation["velocity"].transpose("run", "time", "star", "axis").values
    mass = simulation["mass"].transpose("run", "star").values
    softening = simulation["softening"].values
    runs, times = position.shape[:2]
    values = [np.empty((runs, times, *statistic.shape)) for statistic in statistics]
    for run, time in np.ndindex(runs, times):
        snapshot = Snapshot(mass[run], position[run, time], velocity[run, time], float(softening[run]))
        for statistic, array in zip(statistics, values, strict=True):
            array[run, time] = statistic(snapshot)
    pairs = zip(statistics, values, strict=True)
    return {statistic.variable: _variable(statistic, array) for statistic, array in pairs}


def _variable(statistic: Statistic, values: np.ndarray) -> xr.DataArray:
    dimensions, coordinates = ["run", "time"], {}
    if statistic.axis is not None:
        axis = statistic.axis
        attributes = {"units": axis.units, "long_name": axis.long_name}
        dimensions.append(axis.name)
        coordinates[axis.name] = (axis.name, np.array(axis.values), attributes)
    attributes = {"units": statistic.units, "long_name": statistic.long_name}
    return xr.DataArray(values, dims=dimensions, coords=coordinates, attrs=attributes)
