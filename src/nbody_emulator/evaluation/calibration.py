"""Are the error bars right? Coverage, PIT and standardised residuals beside what perfection would show."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from nbody_emulator.evaluation import null_bands
from nbody_emulator.evaluation.parameter_columns import varied
from nbody_emulator.evaluation.rows import by_family
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import proportion_standard_error, wilson_interval
from nbody_emulator.evaluation.standard_normal import cumulative, quantile
from nbody_emulator.evaluation.strata import strata
from nbody_emulator.evaluation.treatments import TREATMENTS, Treated
from nbody_emulator.quantities import Parameter

CURVE_LEVELS = tuple(np.round(np.arange(0.05, 0.96, 0.05), 2).tolist())
MACE_LEVELS = np.linspace(0.0, 1.0, 100)
PIT_BINS = 10
TWO_SIDED = quantile(0.975)

COLUMNS = ["quantity", "stratum", "level", "value", "standard_error", "band_low", "band_high", "count"]


def make(sources: Sources, specification: dict) -> pd.DataFrame:
    """Calibration by family, treatment, output, quantity and stratum.

    Which rows judge which treatment is told in `nbody_emulator.evaluation.treatments`.

    Columns: family, treatment, output, then quantity, stratum, level, value, standard_error, band_low,
    band_high, count. By quantity:

    - reliability: observed coverage of the central interval at `level`; band: simultaneous, 95 %, around
      perfection.
    - pit: density (1 is flat) of the PIT bin centred on `level`; band: simultaneous, 95 %, around perfection.
    - z_mean, z_standard_deviation: of the standardised residuals; band: 95 % under perfection.
    - coverage: at the experiment's levels; band: Wilson's 95 % interval of the coverage itself.
    - interval_width: mean width at the experiment's levels, transformed units; may be infinite for conformal.
    - mace: mean absolute difference of observed and nominal coverage, 100 levels from 0 to 1; band: from 0 to
      the 95 % point under perfection.
    - mace_under_perfect_calibration: 0.313 / sqrt(n), what perfection would show; error: its own scatter.

    Strata other than "all" are coverage within thirds of each parameter's box (on its scale), thirds by
    predicted width, and the single roles of the judged rows.
    """
    levels, seed = np.array(specification["levels"]), specification["seed"]
    tables = []
    for family, predictions in by_family(sources.predictions, specification["families"]).items():
        for treatment, treat in TREATMENTS.items():
            for output in sorted(specification["outputs"]):
                treated = treat(predictions, output, seed)
                rows = quantities(treated, levels, seed, varied(specification))
                tables.append(rows.assign(family=family, treatment=treatment, output=output))
    return pd.concat(tables, ignore_index=True)[["family", "treatment", "output", *COLUMNS]]


def quantities(
    treated: Treated, levels: np.ndarray, seed: int, parameters: Sequence[Parameter]
) -> pd.DataFrame:
    """Every quantity of one treatment at one output, in the columns from `quantity` on; none without rows."""
    if len(treated.rows.target) == 0:
        return pd.DataFrame(columns=COLUMNS)
    of_distribution = [*_pit(treated.rows.z, seed), *_moments(treated.rows.z)] if treated.gaussian else []
    found = [
        *_reliability(treated, seed),
        *of_distribution,
        *_coverage(treated, levels, parameters),
        *_widths(treated, levels),
        *_mace(treated),
    ]
    return pd.DataFrame(found, columns=COLUMNS)


def _reliability(treated: Treated, seed: int) -> Iterator[tuple]:
    covered = treated.covered(np.array(CURVE_LEVELS))
    count = len(covered)
    low, high = null_bands.reliability_band(count, CURVE_LEVELS, seed)
    for place, level in enumerate(CURVE_LEVELS):
        hits = covered[:, place].sum()
        error = proportion_standard_error(hits, count)
        band = max(low[place], 0.0), min(high[place], 1.0)
        yield "reliability", "all", level, hits / count, error, *band, count


def _pit(z: np.ndarray, seed: int) -> Iterator[tuple]:
    count = len(z)
    edges = np.linspace(0.0, 1.0, PIT_BINS + 1)
    found = np.histogram(cumulative(z), edges)[0]
    low, high = null_bands.pit_band(count, PIT_BINS, seed)
    for place, hits in enumerate(found):
        center = round(0.5 * (edges[place] + edges[place + 1]), 6)
        error = PIT_BINS * proportion_standard_error(hits, count)
        yield "pit", "all", center, PIT_BINS * hits / count, error, max(low[place], 0.0), high[place], count


def _moments(z: np.ndarray) -> Iterator[tuple]:
    count, deviation = len(z), np.std(z, ddof=1)
    reach = TWO_SIDED / np.sqrt(count)
    yield "z_mean", "all", np.nan, z.mean(), deviation / np.sqrt(count), -reach, reach, count
    # Of s^2 the error is sqrt((fourth moment - s^4) / n), whatever the tails; of s it is that over 2 s.
    fourth = np.mean((z - z.mean()) ** 4) - np.var(z) ** 2
    error = np.sqrt(fourth / count) / (2 * deviation)
    reach = TWO_SIDED / np.sqrt(2 * count)
    yield "z_standard_deviation", "all", np.nan, deviation, error, 1 - reach, 1 + reach, count


def _coverage(treated: Treated, levels: np.ndarray, parameters: Sequence[Parameter]) -> Iterator[tuple]:
    covered = treated.covered(levels)
    for stratum, chosen in strata(treated.rows, parameters).items():
        count = int(chosen.sum())
        for place, level in enumerate(levels):
            hits = covered[chosen, place].sum()
            value = hits / count if count else np.nan
            error = proportion_standard_error(hits, count)
            yield "coverage", stratum, level, value, error, *wilson_interval(hits, count), count


def _widths(treated: Treated, levels: np.ndarray) -> Iterator[tuple]:
    widths = treated.widths(levels)
    count = len(widths)
    for place, level in enumerate(levels):
        width = widths[:, place]
        error = np.std(width, ddof=1) / np.sqrt(count) if np.all(np.isfinite(width)) and count > 1 else np.nan
        yield "interval_width", "all", level, width.mean(), error, np.nan, np.nan, count


def _mace(treated: Treated) -> Iterator[tuple]:
    covered = treated.covered(MACE_LEVELS)
    count = len(covered)
    off = covered.mean(axis=0) - MACE_LEVELS
    influence = covered @ np.sign(off) / len(MACE_LEVELS)
    root = np.sqrt(count)
    error = np.std(influence, ddof=1) / root if count > 1 else np.nan
    yield "mace", "all", np.nan, np.abs(off).mean(), error, 0.0, null_bands.MACE_NULL_UPPER / root, count
    expected, scatter = null_bands.MACE_NULL_MEAN / root, null_bands.MACE_NULL_DEVIATION / root
    yield "mace_under_perfect_calibration", "all", np.nan, expected, scatter, np.nan, np.nan, count
