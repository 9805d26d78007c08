"""How far two posteriors of one observation are apart."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from nbody_emulator.inference import Posterior

DRAWS = 2000
FOLDS = 5


class Reference(NamedTuple):
    """What a posterior is held against.

    Attributes:
        mean, deviation: (d,) as fractions of the box.
        draws: (DRAWS, d) likewise.
        log_evidence: [nats].
    """

    mean: np.ndarray
    deviation: np.ndarray
    draws: np.ndarray
    log_evidence: float

    @classmethod
    def of(cls, posterior: Posterior) -> "Reference":
        return cls(*posterior.moments, drawn(posterior), posterior.log_evidence)


def drawn(posterior: Posterior) -> np.ndarray:
    """(DRAWS, d) fractions of the box."""
    chosen = np.random.default_rng(0).choice(len(posterior.weights), size=DRAWS, p=posterior.weights)
    return posterior.fractions[chosen]


def apart(posteriors: Sequence[Posterior], references: Sequence[Reference]) -> dict[str, float]:
    """Shifts of means in the reference's standard deviations, of the parameter that is farthest off, and widths in
    those of the reference, of all parameters: medians and ends over observations.
    """
    moments = [posterior.moments for posterior in posteriors]
    pairs = list(zip(moments, references, strict=True))
    shifts = [np.abs((mean - known.mean) / known.deviation).max() for (mean, _), known in pairs]
    widths = np.array([deviation / known.deviation for (_, deviation), known in pairs])
    return {
        "shift [sd], median": float(np.median(shifts)),
        "shift, largest": float(np.max(shifts)),
        "width over the table's, median": float(np.median(widths)),
        "width, lowest": float(widths.min()),
        "width, highest": float(widths.max()),
    }


def told_apart(draws: np.ndarray, others: np.ndarray) -> float:
    """How often a classifier that has seen some of these draws (n, d) and some of the others (n, d) tells of which a
    new one is: 0.5 where both are of one density.

    Source: Lopez-Paz & Oquab 2017 (arXiv:1610.06545), with their nearest neighbours, as many as the square root of all
    draws it learns from.
    """
    both = np.concatenate([draws, others])
    labels = np.repeat([0, 1], [len(draws), len(others)])
    order = np.random.default_rng(1).permutation(len(both))
    neighbours = KNeighborsClassifier(int(np.sqrt(len(both) * (FOLDS - 1) / FOLDS)))
    scaled = (both - others.mean(axis=0)) / others.std(axis=0)
    return float(cross_val_score(neighbours, scaled[order], labels[order], cv=FOLDS).mean())
