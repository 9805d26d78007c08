"""How often the right model wins, against the odds that evidences state for it."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields

import numpy as np
import pandas as pd

from nbody_emulator.evaluation.nulls import pointwise_band
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import over_groups
from nbody_emulator.evaluation.standard_normal import cumulative
from nbody_emulator.evaluation.stated_odds import StatedOdds, stated_odds
from nbody_emulator.settings.protocol import Protocol

ALL = "all"
"""`truth` of what is said of the runs of all models, `model` of what is said of no single one."""

BINS = 10
"""Of stated probabilities."""

MOST_RUNS = (0.1, 0.9)
"""Quantiles between which 80 % of runs lie."""


@dataclass(frozen=True)
class Quantity:
    """One number of the table, in the order of its columns."""

    quantity: str
    truth: str = ALL
    model: str = ALL
    level: float = np.nan
    value: float = np.nan
    standard_error: float = np.nan
    band_low: float = np.nan
    band_high: float = np.nan
    count: int = 0


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """Columns: quantity, truth, model, level, value, standard_error, band_low, band_high, count. Odds are equal before;
    errors are of design points. By quantity, of the runs of each true model and of all:

    - right: share of runs whose own model wins; band: of 95 % of calibrated odds. stated: mean probability that is
      stated for the model that wins, whichever it is.
    - wins: share of a model's runs that each model wins. probability: mean that is stated for each model.
    - log_score: mean logarithm of the stated probability of the truth over that of equal odds [nats], a proper score.
      brier_score: mean squared distance of probabilities from the truth, another one.
    - log_bayes_factor: median logarithm of the evidence of the truth over each other model's [nats]; band: 80 % of
      runs.
    - reliability: of all probabilities in a bin the share that were of the truth; level: their mean; band: of 95 % of
      calibrated odds, each bin by itself.
    - histogram: share of a model's runs for which each model's probability is in the bin around `level`.
    - excess_right, excess_log_score: mean of what was found less what the odds themselves expect, and excess_share the
      same of each model's share of the runs; with `_z`, that over its error, and `_p`, the probability of one as far
      from zero if odds are right.
    - exponent: power of all evidences with which the truth is most likely; below 1 odds are too far from even.
    - evidence_error: median standard error of a log evidence [nats]; band: up to the largest.
    """
    evidences = sources.one("evidences")
    odds = stated_odds(evidences)
    errors = evidences["log_evidence_error"].values[evidences["usable"].values.astype(bool)]
    rows = [
        *_won(odds, protocol.seed),
        *(row for place in range(len(odds.models)) for row in _of_model(odds, place)),
        *_reliability(odds, protocol.seed),
        *_tested("excess_right", odds.right - odds.of_winner, odds),
        *_tested("excess_log_score", odds.excess_log_score, odds),
        *(row for place in range(len(odds.models)) for row in _share_tested(odds, place)),
        Quantity("exponent", value=odds.exponent[0], standard_error=odds.exponent[1], count=len(odds)),
        Quantity(
            "evidence_error", value=float(np.median(errors)), band_high=float(errors.max()), count=len(odds)
        ),
    ]
    return pd.DataFrame(map(astuple, rows), columns=[field.name for field in fields(Quantity)])


def _won(odds: StatedOdds, seed: int) -> Iterator[Quantity]:
    """Of the runs of all models."""
    found = (odds.drawn_truths(seed) == odds.winner).mean(axis=1)
    low, high = pointwise_band(found)
    yield _mean("right", odds.right, odds, band_low=float(low), band_high=float(high))
    yield from _scores(odds)
    for place, model in enumerate(odds.models):
        yield _mean("probability", odds.probability[:, place], odds, model=model)


def _of_model(odds: StatedOdds, place: int) -> Iterator[Quantity]:
    """Of the runs of one model."""
    truth, own = odds.models[place], odds.of_truth(place)
    if not len(own):
        return
    yield _mean("right", own.right, own, truth)
    yield from _scores(own, truth)
    edges = np.linspace(0.0, 1.0, BINS + 1)
    for other, model in enumerate(odds.models):
        probability = own.probability[:, other]
        yield _mean("wins", (own.winner == other).astype(float), own, truth, model)
        yield _mean("probability", probability, own, truth, model)
        if other != place:
            factors = own.log_evidence[:, place] - own.log_evidence[:, other]
            low, middle, high = np.quantile(factors, [MOST_RUNS[0], 0.5, MOST_RUNS[1]])
            yield Quantity(
                "log_bayes_factor",
                truth,
                model,
                value=float(middle),
                band_low=float(low),
                band_high=float(high),
                count=len(own),
            )
        bins = _bins(probability)
        for number in range(BINS):
            inside = (bins == number).astype(float)
            center = float(edges[number : number + 2].mean())
            yield _mean("histogram", inside, own, truth, model, level=round(center, 12))


def _scores(odds: StatedOdds, truth: str = ALL) -> Iterator[Quantity]:
    yield _mean("stated", odds.of_winner, odds, truth)
    yield _mean("log_score", odds.log_score, odds, truth)
    yield _mean("brier_score", odds.brier_score, odds, truth)


def _reliability(odds: StatedOdds, seed: int) -> Iterator[Quantity]:
    bins, is_true = _bins(odds.probability), odds.is_true
    drawn = _drawn_counts(bins, odds.drawn_truths(seed))
    groups = np.repeat(odds.group[:, None], len(odds.models), axis=1)
    for number in range(BINS):
        inside = bins == number
        count = int(inside.sum())
        if count == 0:
            continue
        low, high = pointwise_band(drawn[:, number] / count)
        yield Quantity(
            "reliability",
            level=float(odds.probability[inside].mean()),
            value=float(is_true[inside].mean()),
            standard_error=over_groups(is_true[inside], groups[inside]),
            band_low=float(low),
            band_high=float(high),
            count=count,
        )


def _drawn_counts(bins: np.ndarray, truths: np.ndarray) -> np.ndarray:
    """(draws, BINS) how many of the probabilities in each bin (n, m) are of truths drawn (draws, n)."""
    places = np.take_along_axis(bins[None], truths[..., None].astype(int), axis=2)[..., 0]
    flat = places + BINS * np.arange(len(truths))[:, None]
    return np.bincount(flat.ravel(), minlength=BINS * len(truths)).reshape(-1, BINS)


def _bins(probability: np.ndarray) -> np.ndarray:
    return np.clip((BINS * probability).astype(int), 0, BINS - 1)


def _share_tested(odds: StatedOdds, place: int) -> Iterator[Quantity]:
    """Whether as many runs are of a model as is stated for it."""
    excess = odds.is_true[:, place] - odds.probability[:, place]
    yield from _tested("excess_share", excess, odds, odds.models[place])


def _tested(name: str, excess: np.ndarray, odds: StatedOdds, model: str = ALL) -> Iterator[Quantity]:
    """What has mean zero if odds are right, of all runs."""
    mean = _mean(name, excess, odds, model=model)
    score = mean.value / mean.standard_error if mean.standard_error > 0 else float("nan")
    yield mean
    yield Quantity(f"{name}_z", model=model, value=score, count=len(odds))
    yield Quantity(f"{name}_p", model=model, value=float(2.0 * cumulative(-abs(score))), count=len(odds))


def _mean(
    name: str, values: np.ndarray, odds: StatedOdds, truth: str = ALL, model: str = ALL, **columns: float
) -> Quantity:
    error = odds.error_of(values)
    return Quantity(
        name, truth, model, value=float(values.mean()), standard_error=error, count=len(values), **columns
    )
