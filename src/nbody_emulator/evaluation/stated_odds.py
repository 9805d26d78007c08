"""What evidences say of which model a run is of, with equal odds before, and whether they say it rightly.

Runs of several models share design points, so that errors are of points and not of runs. What calibrated odds would
show is drawn: the true model of every run anew, by the odds that were stated for it.
Sources: log score and its calibration test, Seillier-Moiseiwitsch & Dawid 1993 (J. Am. Stat. Assoc. 88, 355);
calibration of Bayes factors by simulation, Schad et al. 2023 (Psychol. Methods 28, 1404); the exponent, Guo et al. 2017
(arXiv:1706.04599), whose temperature is one over it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from nbody_emulator.evaluation.rows import text_or_number
from nbody_emulator.evaluation.standard_errors import over_groups, proportion_standard_error
from nbody_emulator.streams import generator

DRAWS = 4000
"""Of all true models."""

LOWEST = -700.0
"""Logarithm of a probability: of less no double has the exponential."""

LARGEST_EXPONENT = 100.0
"""Of what is searched: where every run's own model wins, none is the best."""


@dataclass(frozen=True)
class StatedOdds:
    """n runs, each of one of m models.

    Attributes:
        models: m names.
        log_evidence: (n, m) [nats].
        truth: (n,) the place of the run's own model.
        group: (n,) the design point.
    """

    models: tuple[str, ...]
    log_evidence: np.ndarray
    truth: np.ndarray
    group: np.ndarray

    def __len__(self) -> int:
        return len(self.truth)

    def of_truth(self, place: int) -> "StatedOdds":
        """The runs of one model."""
        chosen = self.truth == place
        return StatedOdds(self.models, self.log_evidence[chosen], self.truth[chosen], self.group[chosen])

    @cached_property
    def log_probability(self) -> np.ndarray:
        """(n, m) logarithm of each model's probability; the same for all where none can explain the run."""
        highest = self.log_evidence.max(axis=1, keepdims=True)
        floor = np.where(np.isfinite(highest), highest, 0.0) + LOWEST
        relative = np.maximum(self.log_evidence, floor)
        relative = relative - relative.max(axis=1, keepdims=True)
        return relative - np.log(np.exp(relative).sum(axis=1, keepdims=True))

    @cached_property
    def probability(self) -> np.ndarray:
        """(n, m) that sum to one."""
        return np.exp(self.log_probability)

    @property
    def winner(self) -> np.ndarray:
        """(n,) the place of the model with the highest evidence."""
        return self.probability.argmax(axis=1)

    @property
    def is_true(self) -> np.ndarray:
        """(n, m) 1 for the run's own model, 0 for others."""
        return (np.arange(len(self.models)) == self.truth[:, None]).astype(float)

    @property
    def right(self) -> np.ndarray:
        """(n,) 1 where the run's own model wins, else 0."""
        return (self.winner == self.truth).astype(float)

    @property
    def of_winner(self) -> np.ndarray:
        """(n,) the probability that is stated for the model that wins."""
        return self.probability.max(axis=1)

    @property
    def of_truth_log(self) -> np.ndarray:
        """(n,) logarithm of the probability that is stated for the run's own model."""
        return np.take_along_axis(self.log_probability, self.truth[:, None], axis=1)[:, 0]

    @property
    def log_score(self) -> np.ndarray:
        """(n,) by how much it is above that of equal odds [nats]; ln m at most."""
        return self.of_truth_log + np.log(len(self.models))

    @property
    def brier_score(self) -> np.ndarray:
        """(n,) squared distance of the probabilities from what is true: 0 at best, 1 - 1/m for equal odds."""
        return ((self.probability - self.is_true) ** 2).sum(axis=1)

    @property
    def excess_log_score(self) -> np.ndarray:
        """(n,) the log score less what the odds themselves expect of it [nats]; of mean zero if they are right."""
        return self.of_truth_log - (self.probability * self.log_probability).sum(axis=1)

    def error_of(self, values: np.ndarray) -> float:
        """Standard error of the mean of values (n,); of a share also where all are the same."""
        is_share = np.isin(values, (0.0, 1.0)).all()
        if is_share and len(set(self.group)) == len(self.group):
            return proportion_standard_error(values.sum(), len(values))
        return over_groups(values, self.group)

    def drawn_truths(self, seed: int) -> np.ndarray:
        """(DRAWS, n) places of true models, drawn by the stated probabilities."""
        ends = np.cumsum(self.probability, axis=1)[:, :-1]
        random = generator(seed, "stated odds").random((DRAWS, len(self)))
        return sum(random > end for end in ends.T).astype(np.int8)

    @cached_property
    def exponent(self) -> tuple[float, float]:
        """The power of all evidences with which the true models are most likely, and its standard error.

        Below 1 odds are too far from even, above 1 too near; NaN where no power is the best.
        """
        from scipy.optimize import brentq  # imported here: it takes longer to import than most tables to make

        low, high = -LARGEST_EXPONENT, LARGEST_EXPONENT
        if not self._slopes_at(low).mean() > 0.0 > self._slopes_at(high).mean():
            return float("nan"), float("nan")
        power = brentq(lambda power: self._slopes_at(power).mean(), low, high)
        scaled = self._to_the_power(power)
        spread = (scaled.probability * self.log_probability**2).sum(axis=1)
        spread -= (scaled.probability * self.log_probability).sum(axis=1) ** 2
        return power, over_groups(self._slopes_at(power), self.group) / float(spread.mean())

    def _slopes_at(self, power: float) -> np.ndarray:
        """(n,) derivative of the log score by the power of the evidences."""
        scaled = self._to_the_power(power)
        return self.of_truth_log - (scaled.probability * self.log_probability).sum(axis=1)

    def _to_the_power(self, power: float) -> "StatedOdds":
        return StatedOdds(self.models, power * self.log_probability, self.truth, self.group)


def stated_odds(evidences: xr.Dataset) -> StatedOdds:
    """Of all usable runs of evidences.nc."""
    models = tuple(map(str, text_or_number(evidences["model"])))
    usable = evidences["usable"].values.astype(bool)
    truths = text_or_number(evidences["true_model"])[usable]
    return StatedOdds(
        models=models,
        log_evidence=evidences["log_evidence"].transpose("run", "model").values[usable],
        truth=np.array([models.index(str(name)) for name in truths]),
        group=text_or_number(evidences["group"])[usable],
    )
