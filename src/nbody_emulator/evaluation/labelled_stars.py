"""Stars with the probability that was predicted for each, and what happened to it: studies of fates, to be judged.

A study asks one question of every star; its classifiers are judged on the same stars, out of fold. What is independent
are design points: neither the runs of one point are, nor the stars of one run.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from nbody_emulator.evaluation.ranked_stars import RankedStars
from nbody_emulator.evaluation.rows import text_or_number
from nbody_emulator.evaluation.standard_errors import over_folds
from nbody_emulator.evaluation.survival import negative_logarithm, share_elsewhere
from nbody_emulator.identity.seen_points import TRAINING_ROLE
from nbody_emulator.settings.protocol import Protocol
from nbody_emulator.streams import generator

RESAMPLES = 200
"""Of the design points, with replacement."""


@dataclass(frozen=True)
class LabelledStars:
    """n stars that one classifier predicted and whose fate is known, run after run.

    Attributes:
        probability: that it happens, as predicted (n,).
        happened: whether it did (n,).
        threshold: probability from which on the fit that predicted the star says yes (n,).
        run, star: row and slot of the star in the predictions (n,).
        fold: in which the star was held out (n,).
        group: design point (n,), the place of its name among the sorted `points`.
        points: names of the design points (J,).
    """

    probability: np.ndarray
    happened: np.ndarray
    threshold: np.ndarray
    run: np.ndarray
    star: np.ndarray
    fold: np.ndarray
    group: np.ndarray
    points: np.ndarray

    @classmethod
    def of(cls, predictions: xr.Dataset) -> "LabelledStars":
        """The training role's stars, without those that were not predicted, or whose fate is not known."""
        probability, happened = (
            predictions[name].transpose("row", "star").values.astype(float)
            for name in ("probability", "happened")
        )
        judged = text_or_number(predictions["role"]) == TRAINING_ROLE
        run, star = np.nonzero(np.isfinite(probability + happened) & judged[:, None])
        names = text_or_number(predictions["group"])
        points, group = np.unique(names[run], return_inverse=True)
        return cls(
            probability=probability[run, star],
            happened=happened[run, star] > 0.5,
            threshold=predictions["threshold"].values.astype(float)[run],
            run=run,
            star=star,
            fold=predictions["fold"].values[run],
            group=group,
            points=points,
        )

    def __len__(self) -> int:
        return len(self.run)

    @property
    def share(self) -> float:
        """Of the stars, those to which it happened; NaN without stars."""
        return float(self.happened.mean()) if len(self) else float("nan")

    @property
    def log_score(self) -> np.ndarray:
        """Negative logarithm of the probability of what happened [nats], (n,); infinite of who was sure and wrong."""
        return negative_logarithm(self.probability, self.happened)

    @property
    def log_score_of_share(self) -> np.ndarray:
        """(n,) what it would have been of the share of the other folds' stars, half a star added to either side."""
        return negative_logarithm(share_elsewhere(self.happened, self.fold), self.happened)

    @property
    def ranked(self) -> RankedStars:
        return RankedStars.of(self.probability, self.happened, self.group)

    def mean(self, values: np.ndarray) -> tuple[float, float]:
        """The mean of values (n,) a star, and Nadeau-Bengio's standard error over the folds.

        A fold's mean is over its stars, as that of all is.
        """
        return (float(values.mean()), over_folds(values, self.fold)) if len(self) else (np.nan, np.nan)

    def is_of_the_stars_of(self, other: "LabelledStars") -> bool:
        """Whether they are the same stars in the same folds, with the same fates."""
        return np.array_equal(self.points, other.points) and all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("run", "star", "fold", "group", "happened")
        )


@dataclass(frozen=True)
class Judged:
    """One classifier of a study: what it says of itself, and its stars."""

    attributes: dict[str, Any]
    stars: LabelledStars

    @property
    def is_reference(self) -> bool:
        """Whether it gives every star the same share."""
        return bool(self.attributes["is_reference"])


@dataclass(frozen=True)
class Study:
    """The classifiers that were asked one question, in the order of the configuration.

    Attributes:
        name: of the study.
        judged: its classifiers.
    """

    name: str
    judged: Sequence[Judged]

    @property
    def best(self) -> Judged:
        """The lowest finite log score, the first of equals; the reference is not among them unless it is alone."""
        asked = [each for each in self.judged if not each.is_reference] or list(self.judged)
        return min(asked, key=_score)

    @property
    def recommended(self) -> Judged:
        """The simplest, which comes first, whose log score lies within one standard error of the best, paired."""
        return next(each for each in self.judged if self._is_within(each))

    def _is_within(self, judged: Judged) -> bool:
        more, error = self.to_best(judged)
        return judged is self.best or more <= error

    def to_best(self, judged: Judged) -> tuple[float, float]:
        """Log score less the best's, paired star by star [nats], with its error."""
        return self._paired(judged, self.best)

    def multiplicities(self, protocol: Protocol) -> np.ndarray:
        """How often each design point is in each resample (`RESAMPLES`, J), the same for all classifiers."""
        points = len(self.judged[0].stars.points)
        random = generator(protocol.seed, "fates", self.name)
        return random.multinomial(points, np.full(points, 1.0 / max(points, 1)), size=RESAMPLES).astype(float)

    def difference(self, judged: Judged) -> tuple[float, float]:
        """Log score less that of the share of all stars, paired star by star [nats], with its error."""
        stars = judged.stars
        with np.errstate(invalid="ignore"):  # between two that are infinite
            return stars.mean(stars.log_score - stars.log_score_of_share)

    def _paired(self, judged: Judged, other: Judged) -> tuple[float, float]:
        with np.errstate(invalid="ignore"):  # between two that are infinite
            return judged.stars.mean(judged.stars.log_score - other.stars.log_score)


def studies_of(predictions: Iterable[xr.Dataset]) -> list[Study]:
    """Every study with its classifiers, in the order of the predictions.

    Raises:
        ValueError: the stars of a classifier are not those of the first of its study.
    """
    every = [(dict(each.attrs), each) for each in predictions]
    names = dict.fromkeys(str(attributes["study"]) for attributes, _ in every)
    return [_study(name, [each for each in every if each[0]["study"] == name]) for name in names]


def _study(name: str, found: list[tuple[dict[str, Any], xr.Dataset]]) -> Study:
    judged = [Judged(attributes, LabelledStars.of(dataset)) for attributes, dataset in found]
    for each in judged[1:]:
        if not each.stars.is_of_the_stars_of(judged[0].stars):
            raise ValueError(
                f"the stars of {each.attributes['classifier']} in the study {name} are not those of "
                f"{judged[0].attributes['classifier']}: they cannot be compared"
            )
    return Study(name, judged)


def _score(judged: Judged) -> float:
    score, _ = judged.stars.mean(judged.stars.log_score)
    return score if np.isfinite(score) else np.inf
