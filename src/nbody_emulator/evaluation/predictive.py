"""New simulations at draws from posteriors: do they look like what was observed, and like what the emulator expects?"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.rows import outputs_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.settings.protocol import Protocol

SIMULATED, EMULATED = "simulated", "emulated"

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

COLUMNS = (
    "family",
    "group",
    "output",
    "runs",
    "observed",
    "exists",
    *(f"q{100 * level:02.0f}" for level in QUANTILES),
    "rank",
    "difference_p",
    "count",
)


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """Of every observed run and output two rows: new simulations at draws from the posterior, and the emulator's own.

    Columns: family, group (of the observed run), output, runs (simulated or emulated), observed (in the output's own
    unit; missing where the run lacks the output), exists (share of the runs that have it), q05 to q95 (quantiles
    of those that do), rank (share of them that lie below the observed value: if they look like it, anything but near 0
    or 1), difference_p (of the simulated ones: p-value of Kolmogorov's distance between the two samples), count (usable
    runs).

    Raises:
        ValueError: the new runs of some block are not at the draws.
    """
    draws, runs = sources.one("draws"), sources.one("predictive")
    rows = [
        (draws.attrs["family"], str(group), output, *row)
        for place, group in enumerate(text_or_number(draws["group"]))
        for output in outputs_of(draws)
        for row in _of_output(
            draws["observed"].sel(output=output).values[place],
            *_samples(draws.isel(observation=place), _of_block(runs, draws, place), output),
        )
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of_block(runs: xr.Dataset, draws: xr.Dataset, place: int) -> xr.Dataset:
    """The usable new runs of the observed run at `place`."""
    found = runs.isel(run=runs["block"].values == place)
    names = draws["parameter"].values.tolist()
    wanted = draws["parameter_draw"].isel(observation=place).transpose("draw", "parameter").values
    given = found["parameter_values"].sel(parameter=names).transpose("run", "parameter").values
    if not np.array_equal(given, wanted[found["point"].values.astype(int)]):
        raise ValueError(f"the new runs of block {place} are not at the draws from its posterior")
    return found.isel(run=found["usable"].values.astype(bool))


def _samples(draws: xr.Dataset, runs: xr.Dataset, output: str) -> tuple[np.ndarray, np.ndarray]:
    """Simulated and emulated values, NaN where a run lacks the output."""
    simulated = np.where(
        np.isfinite(runs["target"].sel(output=output).values),
        runs["output_values"].sel(output=output).values,
        np.nan,
    )
    return simulated, draws["emulated"].sel(output=output).values


def _of_output(observed: float, simulated: np.ndarray, emulated: np.ndarray) -> Iterator[tuple]:
    for name, values in {SIMULATED: simulated, EMULATED: emulated}.items():
        present = values[np.isfinite(values)]
        quantiles = np.quantile(present, QUANTILES) if len(present) else np.full(len(QUANTILES), np.nan)
        yield (
            name,
            observed,
            len(present) / len(values) if len(values) else np.nan,
            *quantiles,
            _rank(observed, present),
            _difference(simulated, emulated) if name == SIMULATED else np.nan,
            len(values),
        )


def _rank(observed: float, values: np.ndarray) -> float:
    """Share below; of those that are equal one half."""
    if not np.isfinite(observed) or not len(values):
        return float("nan")
    return float(np.mean(values < observed) + 0.5 * np.mean(values == observed))


def _difference(simulated: np.ndarray, emulated: np.ndarray) -> float:
    """What does not exist counts as smaller than all that does."""
    from scipy.stats import ks_2samp  # imported here: it takes longer to import than most tables to make

    if not len(simulated):
        return float("nan")
    lowest = -np.finfo(float).max
    pair = (np.where(np.isnan(each), lowest, each) for each in (simulated, emulated))
    return float(ks_2samp(*pair).pvalue)
