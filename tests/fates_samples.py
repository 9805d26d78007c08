"""Synthetic predictions of the fates of single stars, with known answers, as tables are given them."""

import numpy as np
import xarray as xr
from scipy.special import expit, logit

from nbody_emulator.streams import generator

STUDIES = {
    "escape": ("escape", "has escaped by the end", -1.2, 0),
    "hardest_binary": ("hardest_binary", "is in the hardest binary", -4.0, 0),
    "escape_balanced": ("escape", "has escaped by the end", -1.2, 1),
}
"""Name -> fate, its words, the logit of the usual star, and whether classes are balanced."""

CLASSIFIERS = {
    "prevalence": ("the share alone", 7, "s", 0.0),
    "logistic": ("logistic regression", 0, "o", 0.6),
    "neighbours": ("nearest neighbours", 1, "D", 0.4),
    "forest": ("random forest", 2, "v", 0.8),
    "boosting": ("gradient boosting", 3, "X", 1.0),
    "set_network": ("network over all stars", 4, "^", 0.9),
}
"""Name -> label, colour, marker, and how much it knows of what can be known."""

MISS_COST = 4.0


def clusters(study: str, points: int = 30, replicates: int = 2, slots: int = 24) -> tuple[np.ndarray, ...]:
    """Probability (row, star) that it happens, NaN in empty slots, whether it did, point and fold of rows."""
    random = generator(3, "fates", STUDIES[study][0], points, replicates, slots)
    group = np.repeat(np.arange(points), replicates)
    score = random.normal(size=(len(group), slots)) * 1.6 + random.normal(size=points)[group, None] * 0.7
    probability = expit(STUDIES[study][2] + score)
    probability[:, -3:][random.random((len(group), 3)) < 0.4] = np.nan
    happened = np.where(np.isnan(probability), np.nan, random.random(probability.shape) < probability)
    happened[0, 0] = np.nan
    return probability, happened, group, group % 5


def predictions(
    study: str,
    classifier: str,
    probability: np.ndarray,
    happened: np.ndarray,
    group: np.ndarray,
    fold: np.ndarray,
    threshold: float | np.ndarray = 1.0 / (1.0 + MISS_COST),
    miss_cost: float = MISS_COST,
) -> xr.Dataset:
    """One dataset of the role fate_predictions, of a study and classifier that are listed here."""
    fate, happening, _, balanced = STUDIES[study]
    label, color, marker, _ = CLASSIFIERS[classifier]
    return xr.Dataset(
        {
            "probability": (("row", "star"), probability),
            "happened": (("row", "star"), np.asarray(happened, dtype=float)),
            "fold": ("row", fold),
            "group": ("row", np.array([f"train/0/{each}" for each in group])),
            "role": ("row", np.full(len(group), "training")),
            "threshold": ("row", np.broadcast_to(threshold, len(group)).astype(float)),
        },
        attrs={
            "study": study,
            "fate": fate,
            "happening": happening,
            "classifier": classifier,
            "label": label,
            "color": color,
            "marker": marker,
            "miss_cost": miss_cost,
            "balanced": balanced,
            "is_reference": int(classifier == "prevalence"),
        },
    )


def every(studies=tuple(STUDIES)[:2], classifiers=tuple(CLASSIFIERS), **size: int) -> tuple[xr.Dataset, ...]:
    """Of every study and classifier; one that knows half says what half of the logit, and some noise, would."""
    return tuple(
        _of_classifier(study, classifier, *clusters(study, **size))
        for study in studies
        for classifier in classifiers
    )


def _of_classifier(
    study: str,
    classifier: str,
    truth: np.ndarray,
    happened: np.ndarray,
    group: np.ndarray,
    fold: np.ndarray,
) -> xr.Dataset:
    knows, balanced = CLASSIFIERS[classifier][3], STUDIES[study][3]
    middle = logit(np.nanmean(truth))
    noise = generator(4, "fates", classifier).normal(size=truth.shape)
    told = middle + knows * (logit(truth) - middle) + 1.5 * knows * (1.0 - knows) * noise
    told = told - balanced * (middle if knows else 0.0)
    probability = expit(np.where(np.isnan(truth), np.nan, told))
    threshold = 1.0 / (1.0 + MISS_COST) + 0.01 * fold
    return predictions(study, classifier, probability, happened, group, fold, threshold)
