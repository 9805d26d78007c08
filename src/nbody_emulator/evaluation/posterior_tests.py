"""Do posteriors hold what they promise? Tests of numbers that are uniform if they do, from one posterior alone.

The one that decides is the mass of the smallest region that holds the truth: a likelihood can be nine points off there
and pass the ranks of every parameter, and distances from random points.
Sources: ranks, Talts et al. 2018 (arXiv:1804.06788); regions, Hermans et al. 2022 (Trans. Mach. Learn. Res., expected
coverage); distances, Lemos et al. 2023 (Proc. Mach. Learn. Res. 202, 19256).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from nbody_emulator.evaluation import null_bands
from nbody_emulator.evaluation.calibration import CURVE_LEVELS
from nbody_emulator.evaluation.conformal import conformal_quantiles, coverage_band, coverage_variance
from nbody_emulator.evaluation.nulls import CONFIDENCE, Independent
from nbody_emulator.evaluation.posterior_metrics import CURVE, WHOLE
from nbody_emulator.evaluation.rows import text_or_number
from nbody_emulator.evaluation.standard_errors import over_groups, proportion_standard_error
from nbody_emulator.posterior_standards import SMALLEST_EFFECTIVE_SIZE


@dataclass(frozen=True)
class Posteriors:
    """n runs as the posteriors of one family and one likelihood have them; arrays of n rows.

    Attributes:
        parameters: d names.
        truth, rank, mean, standard_deviation: (n, d) as fractions of the box, and the probability below the truth.
        hpd_level, random_distance, distance: uniform if right, see the dataset's own description.
        log_posterior, log_evidence: [nats].
        group: the design point.
    """

    parameters: tuple[str, ...]
    truth: np.ndarray
    rank: np.ndarray
    mean: np.ndarray
    standard_deviation: np.ndarray
    hpd_level: np.ndarray
    random_distance: np.ndarray
    distance: np.ndarray
    log_posterior: np.ndarray
    log_evidence: np.ndarray
    effective_size: np.ndarray
    group: np.ndarray

    def __len__(self) -> int:
        return len(self.group)

    def first_of_groups(self) -> "Posteriors":
        """Of each design point the first run: runs of one point are not independent."""
        first = np.unique(self.group, return_index=True)[1]
        rows = {name: getattr(self, name)[first] for name in (*_PER_RUN, "truth", "group")}
        return replace(self, **rows)

    @property
    def contraction(self) -> np.ndarray:
        """(n, d) 1 minus the posterior's variance over the prior's: 0 where nothing was learned."""
        return 1.0 - 12.0 * self.standard_deviation**2


_PER_RUN = (
    "rank",
    "mean",
    "standard_deviation",
    "hpd_level",
    "random_distance",
    "distance",
    "log_posterior",
    "log_evidence",
    "effective_size",
)


def posteriors_of(dataset: xr.Dataset, place: int, role: str) -> Posteriors:
    """The usable runs of a role that the posterior at this place was asked of; none if it was not."""
    chosen = (text_or_number(dataset["role"]) == role) & dataset["usable"].values.astype(bool)
    rows = dataset.isel(posterior=place, run=chosen)
    asked = np.isfinite(rows["effective_size"].values)
    return Posteriors(
        parameters=tuple(map(str, dataset["parameter"].values)),
        truth=rows["truth"].transpose("run", "parameter").values[asked],
        group=text_or_number(rows["group"])[asked],
        **{name: rows[name].transpose("run", ...).values[asked] for name in _PER_RUN},
    )


@dataclass(frozen=True)
class Quantity:
    """One number of a table, in the order of its columns."""

    quantity: str
    parameter: str = WHOLE
    stratum: str = WHOLE
    level: float = np.nan
    value: float = np.nan
    standard_error: float = np.nan
    band_low: float = np.nan
    band_high: float = np.nan
    count: int = 0


def uniformity(posteriors: Posteriors, seed: int) -> Iterator[Quantity]:
    """What is uniform if all is right: whole curves with the band of all of it at once, and Kolmogorov's p-values."""
    tested = {
        "hpd": (WHOLE, posteriors.hpd_level),
        "random_distance": (WHOLE, posteriors.random_distance),
        "distance": (WHOLE, posteriors.distance),
    }
    for name, (parameter, values) in tested.items():
        yield from _curve(name, parameter, values, seed)
    for parameter, ranks in zip(posteriors.parameters, posteriors.rank.T, strict=True):
        yield from _curve("rank", parameter, ranks, seed)


def coverage(
    posteriors: Posteriors, levels: Sequence[float], strata: Mapping[str, np.ndarray], seed: int
) -> Iterator[Quantity]:
    """What the smallest regions of each level hold, by stratum (n,), and where perfect posteriors' shares lie."""
    null = Independent(len(posteriors), seed)
    asked = tuple(levels)
    for stratum, chosen in strata.items():
        count = int(chosen.sum())
        if count == 0:
            continue
        low, high = null.coverage_band(asked, chosen)
        for place, level in enumerate(levels):
            held = posteriors.hpd_level[chosen] <= level
            yield Quantity(
                "coverage",
                stratum=stratum,
                level=level,
                value=float(held.mean()),
                standard_error=_error_of_share(held, posteriors.group[chosen]),
                band_low=float(low[place]),
                band_high=float(high[place]),
                count=count,
            )


def conformal_coverage(
    calibration: Posteriors, judged: Posteriors, levels: Sequence[float]
) -> Iterator[Quantity]:
    """What regions hold whose mass the calibration runs have set, so that at least the level is promised.

    The factor of these posteriors was set by the same runs, which makes the promise exact only to the order of 1/n.
    """
    ends = conformal_quantiles(calibration.hpd_level, np.array(levels))
    for level, end in zip(levels, ends, strict=True):
        held = judged.hpd_level <= end
        low, high = coverage_band(len(calibration), len(judged), level, CONFIDENCE)
        error = np.hypot(
            _error_of_share(held, judged.group), np.sqrt(coverage_variance(len(calibration), level))
        )
        yield Quantity(
            "conformal_coverage",
            level=level,
            value=float(held.mean()),
            standard_error=float(error),
            band_low=low,
            band_high=high,
            count=len(judged),
        )


def sharpness(posteriors: Posteriors) -> Iterator[Quantity]:
    """How much is learned, and how well the truth is told: information, contraction, standardized errors."""
    count = len(posteriors)
    told = posteriors.log_posterior
    yield Quantity(
        "information",
        value=float(told.mean()),
        standard_error=over_groups(told, posteriors.group),
        count=count,
    )
    rough = posteriors.effective_size < SMALLEST_EFFECTIVE_SIZE
    yield Quantity("rough_share", value=float(rough.mean()), count=count)
    with np.errstate(divide="ignore", invalid="ignore"):  # of a posterior that is one point
        scores = (posteriors.truth - posteriors.mean) / posteriors.standard_deviation
    for place, parameter in enumerate(posteriors.parameters):
        contraction = posteriors.contraction[:, place]
        low, median, high = np.quantile(contraction, [0.1, 0.5, 0.9])
        yield Quantity("contraction", parameter, value=median, band_low=low, band_high=high, count=count)
        z = scores[np.isfinite(scores[:, place]), place]
        yield Quantity(
            "z_mean",
            parameter,
            value=float(z.mean()),
            standard_error=over_groups(z, posteriors.group[np.isfinite(scores[:, place])]),
            count=len(z),
        )
        yield Quantity("z_standard_deviation", parameter, value=float(z.std(ddof=1)), count=len(z))


def information_gain(posteriors: Posteriors, others: Posteriors) -> Quantity:
    """By how much the truth is more likely than by other posteriors of the same runs, paired."""
    gain = posteriors.log_posterior - others.log_posterior
    return Quantity(
        "information_over_correlated",
        value=float(gain.mean()),
        standard_error=over_groups(gain, posteriors.group),
        count=len(gain),
    )


def likeness(observed: Posteriors, mocks: Posteriors) -> Quantity:
    """Whether runs have evidences like those of the emulator's own: p-value of the two samples' largest distance."""
    from scipy.stats import ks_2samp  # imported here: as above

    found = ks_2samp(observed.log_evidence, mocks.log_evidence)
    return Quantity("evidence_p", value=float(found.pvalue), count=len(observed))


def _curve(name: str, parameter: str, values: np.ndarray, seed: int) -> Iterator[Quantity]:
    from scipy.stats import kstest  # imported here: it takes longer to import than most tables to make

    count = len(values)
    low, high = null_bands.reliability_band(Independent(count, seed), CURVE_LEVELS)
    for place, level in enumerate(CURVE_LEVELS):
        below = values <= level
        yield Quantity(
            f"{name}{CURVE}",
            parameter,
            level=level,
            value=float(below.mean()),
            standard_error=proportion_standard_error(below.sum(), count),
            band_low=max(low[place], 0.0),
            band_high=min(high[place], 1.0),
            count=count,
        )
    yield Quantity(f"{name}_p", parameter, value=float(kstest(values, "uniform").pvalue), count=count)


def _error_of_share(held: np.ndarray, group: np.ndarray) -> float:
    if len(set(group)) == len(group):
        return proportion_standard_error(held.sum(), len(held))
    return over_groups(held.astype(float), group)
