"""Curves of what classifiers tell of single stars: what alarms catch, and how often what was predicted happens."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nbody_emulator.evaluation.fates import told_of
from nbody_emulator.evaluation.labelled_stars import Judged, Study, studies_of
from nbody_emulator.evaluation.ranked_stars import RankedStars, intervals
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.settings.protocol import Protocol

FALSE_POSITIVE_RATES = np.linspace(0.0, 1.0, 41) ** 2
"""Denser near 0, where alarms of what is rare are raised."""

RECALLS = np.linspace(0.025, 1.0, 40)
BINS = 10


class Curve(NamedTuple):
    """Points (q,) of a curve with the ends of their intervals, and how many stars stand behind each."""

    x: np.ndarray
    y: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    weight: np.ndarray


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """Points of the curves of every study and classifier, the reference aside.

    Columns: study, fate, happening, balanced, classifier, label, color, marker and best as in the table fates; curve:
    "roc", the receiver operating characteristic, x the share of false alarms among stars to which it did not happen, y
    that of hits among those to which it did; "precision_recall", x the recall, y the precision; "calibration", by bins
    of about equal sums of p (1 - p), x the mean probability, y the share to which it happened; lower, upper: the middle
    95 % of y over resampled design points, point by point; weight: stars of the bin, or all.

    Then, the same in all rows of a classifier, what the curves come to: share, auc, average_precision, and difference,
    the log score less the reference's [nats a star], with difference_standard_error.
    """
    return pd.DataFrame(
        {**known, "curve": name, **dict(zip(Curve._fields, point, strict=True)), **summed}
        for study in studies_of(sources.all("fate_predictions"))
        for known, summed, curves in _of_study(study, protocol)
        for name, curve in curves.items()
        for point in zip(*curve, strict=True)
    )


def _of_study(
    study: Study, protocol: Protocol
) -> Iterator[tuple[dict[str, Any], dict[str, float], dict[str, Curve]]]:
    """Of each classifier what it is, what its curves come to, and these by name."""
    asked = [each for each in study.judged if not each.is_reference and len(each.stars)]
    weights = study.multiplicities(protocol) if asked else np.empty((0, 0))
    for judged in asked:
        ranked = judged.stars.ranked
        yield (
            told_of(study, judged),
            _summed(study, judged),
            _alarms(ranked, weights) | _bins(ranked, weights),
        )


def _summed(study: Study, judged: Judged) -> dict[str, float]:
    caught = judged.stars.ranked.caught()
    difference, error = study.difference(judged)
    return {
        "share": judged.stars.share,
        "auc": caught.area,
        "average_precision": caught.average_precision,
        "difference": difference,
        "difference_standard_error": error,
    }


def _alarms(ranked: RankedStars, weights: np.ndarray) -> dict[str, Curve]:
    """Both curves of alarms; `weights` (B, J) of the design points are the resamples'."""
    places, first = np.append(FALSE_POSITIVE_RATES, RECALLS), len(FALSE_POSITIVE_RATES)
    # One resample after the other: of all together the sums over stars fill the memory.
    resampled = np.array([_of_alarms(ranked, weight) for weight in weights])
    both = _curve(places, _of_alarms(ranked), resampled, np.full(len(places), len(ranked.group)))
    return {
        "roc": Curve(*(values[:first] for values in both)),
        "precision_recall": Curve(*(values[first:] for values in both)),
    }


def _of_alarms(ranked: RankedStars, weights: np.ndarray | None = None) -> np.ndarray:
    """The shares of hits, then the precisions, (q,)."""
    caught = ranked.caught(weights)
    return np.append(caught.true_positive_rates(FALSE_POSITIVE_RATES), caught.precisions(RECALLS))


def _bins(ranked: RankedStars, weights: np.ndarray) -> dict[str, Curve]:
    """The calibration; bins that hold no star are left out."""
    bins = ranked.bins(BINS)
    stars = np.bincount(bins, minlength=BINS)
    resampled = np.array([ranked.shares(bins, BINS, weight) for weight in weights])
    every = _curve(ranked.mean_probabilities(bins, BINS), ranked.shares(bins, BINS), resampled, stars)
    return {"calibration": Curve(*(values[stars > 0] for values in every))}


def _curve(x: np.ndarray, y: np.ndarray, resampled: np.ndarray, stars: np.ndarray) -> Curve:
    return Curve(x, y, *intervals(resampled), stars)
