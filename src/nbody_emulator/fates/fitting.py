"""Fits one classifier to stars: scale, compare candidates out of fold, choose a threshold, fit on everything.

As emulators are fitted: whole design points make the inner folds, and no star of a held-out cluster comes near. The
scaling is that of the whole training part. The threshold is chosen on what the best candidate says out of fold.
"""

from typing import NamedTuple

import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.one_thread import one_thread
from nbody_emulator.emulators.training import grouped_folds
from nbody_emulator.fates.asking import log_odds_of
from nbody_emulator.fates.classifier import AbstractClassifier
from nbody_emulator.fates.classifiers.register import CLASSIFIERS
from nbody_emulator.fates.fate_emulator import FateEmulator, FateFacts
from nbody_emulator.fates.known_stars import KnownStars, TooFewStars
from nbody_emulator.fates.preparation import Preparation
from nbody_emulator.fates.star_rows import StarRows
from nbody_emulator.fates.threshold import cheapest_threshold
from nbody_emulator.identity.seen_points import fingerprints, record
from nbody_emulator.quantities.quantity import Covariate
from nbody_emulator.settings.fates import FateFitting
from nbody_emulator.streams import generator, key_integer


class _Trial(NamedTuple):
    """One candidate, judged out of fold: its mean negative log probability, and its log odds (n, N)."""

    score: float
    log_odds: np.ndarray


def fit_stars(rows: StarRows, how: FateFitting) -> FateEmulator:
    """The tuned classifier.

    Args:
        rows: training clusters; those of whose stars nothing is known are left out.
        how: classifier, settings, tuning, seed and stream; the rest is kept in the file.

    Raises:
        TooFewStars: fewer than two design points have a star known for what happened to it, or a balanced fit has none
            of one kind.
    """
    rows = _in_order(rows)
    classifier = CLASSIFIERS.load(how.classifier)(**dict(how.settings))
    preparation = Preparation.of(rows, fills=not classifier.takes_missing)
    known = KnownStars.of(rows, preparation)
    folds = grouped_folds(rows.groups, how.tuning.folds, generator(how.seed, *how.stream, "inner-folds"))
    with one_thread():
        candidates = classifier.candidates(how.tuning.candidates)
        trials = [_judged(each.while_comparing(), known, folds, how) for each in candidates]
        best = int(np.argmin([trial.score for trial in trials]))
        taught = (
            known.balanced(generator(how.seed, *how.stream, "balanced", "final")) if how.balanced else known
        )
        model = candidates[best].fit(taught, key_integer(how.seed, *how.stream, "final"))
    points = fingerprints(rows.groups, rows.clusters[:, : _parameters(rows)])
    facts = FateFacts(
        study=how.study,
        fate=how.fate,
        time=how.time,
        features=how.features,
        classifier=how.classifier,
        hyperparameters=candidates[best].hyperparameters,
        miss_cost=how.miss_cost,
        balanced=how.balanced,
        threshold=cheapest_threshold(trials[best].log_odds, rows.happened, how.miss_cost),
        clusters=len(rows),
        stars=int(rows.observed.sum()),
        seen=record(points, dict.fromkeys(("scaler", "tuning", "model"), points)),
        identity=how.identity,
        description=how.description,
    )
    return FateEmulator(rows.columns, preparation, model, facts)


def _in_order(rows: StarRows) -> StarRows:
    """Clusters with a star of which anything is known, in the one order that does not depend on how they arrived.

    Raises:
        TooFewStars: as `fit_stars`.
    """
    known = np.flatnonzero(rows.observed.any(axis=1))
    points = len(np.unique(rows.groups[known]))
    if points < 2:
        raise TooFewStars(
            f"{points} design points have stars of which it is known what happened to them, and two are needed at least"
        )
    return rows.select(known[np.lexsort((rows.replicates[known], rows.groups[known]))])


def _parameters(rows: StarRows) -> int:
    return sum(not isinstance(each, Covariate) for each in rows.columns)


def _judged(classifier: AbstractClassifier, known: KnownStars, folds: np.ndarray, how: FateFitting) -> _Trial:
    """Fit one candidate once for each inner fold, and ask each fit about the stars that it has not seen."""
    numbers = range(folds.max() + 1)
    names = [(*how.stream, "tuning", fold) for fold in numbers]
    rest = [known.without(folds == fold) for fold in numbers]
    if how.balanced:
        rest = [
            part.balanced(generator(how.seed, *name, "balanced"))
            for part, name in zip(rest, names, strict=True)
        ]
    models = classifier.fit_each(rest, [key_integer(how.seed, *name) for name in names])
    log_odds = np.full(known.happened.shape, np.nan)
    for fold, model in enumerate(models):
        log_odds[folds == fold] = log_odds_of(model, known.prepared, folds == fold)
    return _Trial(mean_score(log_odds, known.happened), log_odds)


def mean_score(log_odds: np.ndarray, happened: np.ndarray) -> float:
    """Mean negative log probability of what happened to stars (n, N), those of whom that is known."""
    observed = np.isfinite(happened)
    signed = np.where(happened[observed] == 1.0, log_odds[observed], -log_odds[observed])
    return float(np.mean(np.logaddexp(0.0, -signed)))
