"""What becomes of a single star: how well classifiers tell it before the run, out of fold."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

from nbody_emulator.evaluation.labelled_stars import Judged, LabelledStars, Study, studies_of
from nbody_emulator.evaluation.ranked_stars import intervals
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.settings.protocol import Protocol

UNKNOWN = float("nan")


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a study and classifier, both in the order of the configuration.

    Columns: study; fate, as registered; happening, its words; balanced: whether fits saw as many stars of either kind;
    classifier, as registered, with its label, color and marker; is_reference: whether it gives every star the same
    share; best: whether its log score is the lowest of the study, the reference's aside; recommended: whether it is the
    simplest, the first, within one standard error of the best; runs, stars: that are judged; share: of these stars,
    those to which it happened.

    log_score: mean negative logarithm of the probability of what happened [nats a star]; difference: that less what the
    share of the other folds' stars would have scored, paired star by star, whatever share a fit was shown; to_best:
    that less the best's; brier: mean squared distance of the probability from 0 or 1, which is miscalibration -
    discrimination + uncertainty to rounding (`parts_of_brier`). Standard errors, in columns of these names, are
    Nadeau-Bengio's over the folds, each fold's mean being over its stars; those of fits with another seed are no part
    of them.

    auc: area under the receiver operating characteristic; average_precision: the mean precision over recalls; lower and
    upper of both are the middle 95 % over resampled design points, of the fits at hand.

    miss_cost: what a miss costs where a false alarm costs 1; threshold: from which on the fits say yes, the mean over
    folds; cost, with its error, recall and precision: of these decisions, cost a star; cost_at_stated: of alarms from
    the probability 1 / (1 + miss_cost) on, which is best if probabilities are right; cost_of_constant: of the cheaper
    of always and never, as these stars show it.

    NaN stands where there is no number: of areas where all stars share one fate, of precision without an alarm, and of
    the errors of infinite scores.
    """
    return pd.DataFrame(
        row for study in studies_of(sources.all("fate_predictions")) for row in _rows(study, protocol)
    )


def parts_of_brier(probability: np.ndarray, happened: np.ndarray) -> dict[str, float]:
    """The mean score of n probabilities of what happened (n,) or did not, and what it consists of.

    miscalibration: what the best monotonic function of the probability would gain; discrimination: what that gains over
    the share of all; uncertainty: the score of this share. brier = miscalibration - discrimination + uncertainty.
    Source: Dimitriadis, Gneiting & Jordan 2021 (PNAS 118, e2016191118), equation 3.
    """
    _, place, count = np.unique(probability, return_inverse=True, return_counts=True)
    if not len(count):
        return dict.fromkeys(("brier", "miscalibration", "discrimination", "uncertainty"), UNKNOWN)
    shares = np.bincount(place, happened) / count
    mended = isotonic_regression(shares, weights=count).x[place]
    brier, of_mended, of_share = (
        float(np.mean((told - happened) ** 2)) for told in (probability, mended, happened.mean())
    )
    return {
        "brier": brier,
        "miscalibration": brier - of_mended,
        "discrimination": of_share - of_mended,
        "uncertainty": of_share,
    }


def areas(study: Study, judged: Judged, protocol: Protocol) -> dict[str, float]:
    """auc and average_precision, with lower and upper, from the resamples of a study's design points."""
    ranked = judged.stars.ranked
    if not len(judged.stars):
        whole, draws = np.full(2, UNKNOWN), np.full((1, 2), UNKNOWN)
    else:
        whole = ranked.caught().areas
        draws = np.array([ranked.caught(weights).areas for weights in study.multiplicities(protocol)])
    lower, upper = intervals(draws)
    return {
        f"{name}{end}": float(numbers[place])
        for place, name in enumerate(("auc", "average_precision"))
        for end, numbers in (("", whole), ("_lower", lower), ("_upper", upper))
    }


def _rows(study: Study, protocol: Protocol) -> Iterator[dict[str, Any]]:
    for judged in study.judged:
        stars = judged.stars
        score, score_error = stars.mean(stars.log_score)
        difference, difference_error = study.difference(judged)
        to_best, to_best_error = study.to_best(judged)
        parts = parts_of_brier(stars.probability, stars.happened)
        _, brier_error = stars.mean((stars.probability - stars.happened) ** 2)
        yield {
            **told_of(study, judged),
            "is_reference": judged.is_reference,
            "recommended": judged is study.recommended,
            "runs": len(np.unique(stars.run)),
            "stars": len(stars),
            "share": stars.share,
            "log_score": score,
            "log_score_standard_error": score_error,
            "difference": difference,
            "difference_standard_error": difference_error,
            "to_best": to_best,
            "to_best_standard_error": to_best_error,
            "brier": parts.pop("brier"),
            "brier_standard_error": brier_error,
            **parts,
            **areas(study, judged, protocol),
            **_decisions(stars, float(judged.attributes["miss_cost"])),
        }


def told_of(study: Study, judged: Judged) -> dict[str, Any]:
    """The columns that say which study and classifier a row is of, and how it looks."""
    known = judged.attributes
    return {
        "study": study.name,
        "fate": known["fate"],
        "happening": known["happening"],
        "balanced": bool(known["balanced"]),
        "classifier": known["classifier"],
        "label": known["label"],
        "color": int(known["color"]),
        "marker": known["marker"],
        "best": judged is study.best,
    }


def _decisions(stars: LabelledStars, miss_cost: float) -> dict[str, float]:
    """What is decided, and what it costs."""
    alarm = stars.probability >= stars.threshold
    cost, error = stars.mean(_cost(alarm, stars.happened, miss_cost))
    stated, _ = stars.mean(_cost(stars.probability >= 1.0 / (1.0 + miss_cost), stars.happened, miss_cost))
    right = float(np.sum(alarm & stars.happened))
    return {
        "miss_cost": miss_cost,
        "threshold": _mean_over_folds(stars.threshold, stars.fold),
        "cost": cost,
        "cost_standard_error": error,
        "cost_at_stated": stated,
        "cost_of_constant": min(miss_cost * stars.share, 1.0 - stars.share),
        "recall": _share(right, float(stars.happened.sum())),
        "precision": _share(right, float(alarm.sum())),
    }


def _cost(alarm: np.ndarray, happened: np.ndarray, miss_cost: float) -> np.ndarray:
    """Of each star (n,)."""
    return np.where(happened, miss_cost * ~alarm, 1.0 * alarm)


def _mean_over_folds(values: np.ndarray, folds: np.ndarray) -> float:
    """Every fold counts once, however many stars it holds."""
    means = [values[folds == fold].mean() for fold in np.unique(folds)]
    return float(np.mean(means)) if means else UNKNOWN


def _share(part: float, whole: float) -> float:
    return part / whole if whole else UNKNOWN
