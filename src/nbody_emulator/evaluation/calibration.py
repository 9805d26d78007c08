"""Are the error bars right? Coverage, PIT and standardised residuals beside what perfection would show."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation import null_bands
from nbody_emulator.evaluation.looks import counts, worst_region
from nbody_emulator.evaluation.nulls import Independent, pointwise_band
from nbody_emulator.evaluation.rows import (
    SomeRuns,
    by_family,
    first_of_groups,
    outputs_of,
    rows_of,
    surviving_runs,
)
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import over_folds, proportion_standard_error
from nbody_emulator.evaluation.standard_normal import cumulative
from nbody_emulator.evaluation.strata import regions, strata
from nbody_emulator.evaluation.treatments import (
    REGION_TREATMENTS,
    TREATMENTS,
    Treated,
    TreatedDistribution,
    TreatedOutput,
    Treatment,
)
from nbody_emulator.identity.seen_points import TRAINING_ROLE
from nbody_emulator.quantities.coordinates import parameters_in
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.settings.protocol import Protocol

CURVE_LEVELS = tuple(np.round(np.arange(0.05, 0.96, 0.05), 2).tolist())
PIT_BINS = 10

WHOLE_RUN = "all"
"""`output` of joint regions of all outputs."""

OUT_OF_BAND = "_out_of_band"
UNDER_PERFECTION = "_under_perfect_calibration"
"""How quantities are named that count what is outside its band, and that say what perfection would show."""

COLUMNS = ["quantity", "stratum", "level", "value", "standard_error", "band_low", "band_high", "count"]


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """Calibration by family, treatment, output, quantity and stratum.

    Which rows judge which treatment is told in `nbody_emulator.evaluation.treatments`. The output "all" is of whole
    runs: joint regions in place of intervals, without sides, widths and PIT.

    Columns: family, treatment, output, then quantity, stratum, level, value, standard_error, band_low,
    band_high, count. By quantity:

    - reliability: observed coverage of the central interval at `level`; band: of the whole curve.
    - pit: density (1 is flat) of the PIT bin centred on `level`; band: of the whole histogram.
    - z_mean, z_standard_deviation: of the standardised residuals.
    - coverage: at the experiment's levels.
    - tail_below, tail_above: share of the runs below and above the central interval of that level, (1 - level) / 2
      each if all is right: coverage alone hides a distribution that is shifted or skewed.
    - interval_width: mean width at the experiment's levels, transformed units; may be infinite for conformal.
    - mace: mean absolute difference of observed and nominal coverage, 100 levels from 0 to 1; band: from 0 on.
    - mace_under_perfect_calibration: what perfection would show; error: its own scatter.
    - central_out_of_band, one_sided_out_of_band, region_out_of_band: how many of the coverages, of the shares beyond
      one end, and of the coverages of joint regions, each of all runs at the experiment's levels, lie outside their
      bands; count: of how many; band: from 0 to what 95 % of perfect predictions do not exceed.
    - central_out_of_band_under_perfect_calibration and so on: the mean number of these that perfection would show.
    - worst_region: coverage at `level` in the `stratum` where it is farthest from what perfection shows there, in
      standard deviations of that; band: from 0 to what the worst of all regions and levels does not exceed in 95 % of
      perfect predictions; count: of the runs in all regions.

    Bands are where 95 % of perfect predictions lie that were judged in the same way, on as many rows, cross-fitted
    where these are. Standard errors are those of the value itself: out of fold Nadeau-Bengio's, as for all scores.

    Strata other than "all" are coverage and tails within thirds of each parameter's box (on its scale), thirds by
    predicted probability of survival and by predicted width, and the single roles of the judged rows.
    """
    levels = np.array(protocol.levels)
    tables = [
        quantities(treated, levels, parameters_in(predictions)).assign(
            family=family, treatment=treatment, output=output
        )
        for family, predictions in by_family(sources.all("predictions"), protocol.families).items()
        for treatment, output, treated in _all_treated(predictions, protocol.seed)
    ]
    return pd.concat(tables, ignore_index=True)[["family", "treatment", "output", *COLUMNS]]


def quantities(treated: Treated, levels: np.ndarray, parameters: Sequence[Parameter]) -> pd.DataFrame:
    """Every quantity of one treatment at one output, in the columns from `quantity` on; none without rows."""
    if len(treated.rows) == 0:
        return pd.DataFrame(columns=COLUMNS)
    found = [
        *_reliability(treated),
        *(_of_distribution(treated) if isinstance(treated, TreatedDistribution) else []),
        *_held(treated, levels, parameters),
        *(_widths(treated, levels) if isinstance(treated, TreatedOutput) else []),
        *_mace(treated),
        *_looks(treated, levels, parameters),
    ]
    return pd.DataFrame(found, columns=COLUMNS)


def _all_treated(predictions: xr.Dataset, seed: int) -> Iterator[tuple[str, str, Treated]]:
    """Every treatment, by name, of every output and of whole runs."""
    for name, treatment in TREATMENTS.items():
        for output in outputs_of(predictions):
            rows = rows_of(predictions, output, treatment.needed_roles)
            yield name, output, treatment.treat(_one_a_point(rows, treatment), seed)
    for name, joint in REGION_TREATMENTS.items():
        runs = surviving_runs(predictions, joint.needed_roles)
        yield name, WHOLE_RUN, joint.treat(_one_a_point(runs, joint), seed)


def _reliability(treated: Treated) -> Iterator[tuple]:
    covered = treated.covered(np.array(CURVE_LEVELS))
    low, high = null_bands.reliability_band(treated.null, CURVE_LEVELS)
    scatter = treated.null.coverage(CURVE_LEVELS).std(axis=0)
    for place, level in enumerate(CURVE_LEVELS):
        error = _error_of_share(covered[:, place], treated, scatter[place])
        band = max(low[place], 0.0), min(high[place], 1.0)
        yield "reliability", "all", level, covered[:, place].mean(), error, *band, len(covered)


def _of_distribution(treated: TreatedDistribution) -> Iterator[tuple]:
    yield from _pit(treated)
    yield from _moments(treated)


def _pit(treated: TreatedDistribution) -> Iterator[tuple]:
    count, edges = len(treated.z), np.linspace(0.0, 1.0, PIT_BINS + 1)
    pit = cumulative(treated.z)
    found = np.histogram(pit, edges)[0]
    low, high = null_bands.pit_band(treated.null, PIT_BINS)
    scatter = treated.null.pit(PIT_BINS).std(axis=0) / PIT_BINS
    cell = np.minimum((PIT_BINS * pit).astype(int), PIT_BINS - 1)
    for place, hits in enumerate(found):
        center = round(0.5 * (edges[place] + edges[place + 1]), 6)
        error = PIT_BINS * _error_of_share(cell == place, treated, scatter[place])
        yield "pit", "all", center, PIT_BINS * hits / count, error, max(low[place], 0.0), high[place], count


def _moments(treated: TreatedDistribution) -> Iterator[tuple]:
    z = treated.z
    count, deviation = len(z), np.std(z, ddof=1)
    means, deviations = treated.null.moments()
    influence = (z - z.mean()) ** 2 / (2 * deviation)
    for name, value, moves, drawn in (
        ("z_mean", z.mean(), z, means),
        ("z_standard_deviation", deviation, influence, deviations),
    ):
        yield (
            name,
            "all",
            np.nan,
            value,
            _error_of_mean(moves, treated, drawn.std()),
            *pointwise_band(drawn),
            count,
        )


def _held(treated: Treated, levels: np.ndarray, parameters: Sequence[Parameter]) -> Iterator[tuple]:
    """Coverage, and of one output what lies below and above the intervals, in every stratum."""
    found, asked = {"coverage": treated.covered(levels)}, tuple(levels)
    if isinstance(treated, TreatedOutput):
        found["tail_below"], found["tail_above"] = treated.sides(levels)
    for stratum, chosen in strata(treated.rows, parameters).items():
        count = int(chosen.sum())
        perfect = null_bands.shares(treated.null, asked, chosen)
        tail = perfect.tail, perfect.tail_scatter
        expected = {"coverage": (perfect.coverage, perfect.coverage_scatter)}
        expected |= {"tail_below": tail, "tail_above": tail}
        for quantity, inside in found.items():
            (low, high), scatter = expected[quantity]
            for place, level in enumerate(levels):
                if count == 0:
                    yield quantity, stratum, level, np.nan, np.nan, np.nan, np.nan, 0
                    continue
                hits = inside[chosen, place]
                error = _error_of_share(hits, treated, scatter[place], chosen)
                yield quantity, stratum, level, hits.mean(), error, low[place], high[place], count


def _looks(treated: Treated, levels: np.ndarray, parameters: Sequence[Parameter]) -> Iterator[tuple]:
    nothing = (np.nan, np.nan, np.nan)
    for kind, count in counts(treated, levels, np.ones(len(treated.rows), dtype=bool)).items():
        name = f"{kind}{OUT_OF_BAND}"
        yield name, "all", np.nan, count.outside, np.nan, 0.0, count.at_most, count.looks
        yield f"{name}{UNDER_PERFECTION}", "all", np.nan, count.expected, *nothing, count.looks
    worst = worst_region(treated, levels, regions(treated.rows, parameters))
    ends = np.nan, 0.0, worst.at_most
    yield "worst_region", worst.region, worst.level, worst.distance, *ends, len(treated.rows)


def _widths(treated: TreatedOutput, levels: np.ndarray) -> Iterator[tuple]:
    widths = treated.widths(levels)
    count = len(widths)
    for place, level in enumerate(levels):
        width = widths[:, place]
        error = np.std(width, ddof=1) / np.sqrt(count) if np.all(np.isfinite(width)) and count > 1 else np.nan
        yield "interval_width", "all", level, width.mean(), error, np.nan, np.nan, count


def _mace(treated: Treated) -> Iterator[tuple]:
    levels = np.array(null_bands.MACE_LEVELS)
    covered = treated.covered(levels)
    off = covered.mean(axis=0) - levels
    drawn = null_bands.mean_absolute_errors(treated.null)
    error = _error_of_mean(covered @ np.sign(off) / len(levels), treated, drawn.std())
    count, none = len(covered), (np.nan, np.nan)
    yield "mace", "all", np.nan, np.abs(off).mean(), error, 0.0, null_bands.upper_band(drawn), count
    yield f"mace{UNDER_PERFECTION}", "all", np.nan, drawn.mean(), drawn.std(), *none, count


def _error_of_share(hits: np.ndarray, treated: Treated, scatter: float, chosen=slice(None)) -> float:
    """Standard error of the share of `hits` (n,): by how the rows were made.

    Out of fold it is that of all scores (Nadeau-Bengio), so that a number has one error wherever it stands; of
    independent rows half of Wilson's interval; of cross-fitted ones the `scatter` of perfect predictions.
    """
    if _is_out_of_fold(treated):
        return over_folds(hits.astype(float), treated.rows.fold[chosen])
    if isinstance(treated.null, Independent):
        return proportion_standard_error(hits.sum(), len(hits))
    return float(scatter)


def _error_of_mean(influence: np.ndarray, treated: Treated, scatter: float) -> float:
    """The same of a number that varies as the mean of `influence` (n,)."""
    if _is_out_of_fold(treated):
        return over_folds(influence, treated.rows.fold)
    if isinstance(treated.null, Independent):
        return float(np.std(influence, ddof=1) / np.sqrt(len(influence))) if len(influence) > 1 else np.nan
    return float(scatter)


def _one_a_point(rows: SomeRuns, treatment: Treatment[SomeRuns]) -> SomeRuns:
    """Out of fold there is one already, and all rows stand, beside those of all scores."""
    return rows if treatment.is_out_of_fold else first_of_groups(rows)


def _is_out_of_fold(treated: Treated) -> bool:
    return bool(np.all(treated.rows.role == TRAINING_ROLE))
