"""A posterior of the parameters of one cluster: points of the box, and how much each of them weighs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nbody_emulator.posterior_standards import SMALLEST_EFFECTIVE_SIZE
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.streams import generator


@dataclass(frozen=True, eq=False)
class Posterior:
    """Weights (n,) that add up to one, on points of a uniform prior.

    Attributes:
        parameters: d of them, with their boxes.
        fractions: (n, d) of the box, uniform on each parameter's scale.
        weights: (n,); all zero if nothing can explain what was observed.
        log_likelihoods: (n,) [nats].
    """

    parameters: tuple[Parameter, ...]
    fractions: np.ndarray
    weights: np.ndarray
    log_likelihoods: np.ndarray

    @classmethod
    def of(
        cls, parameters: Sequence[Parameter], fractions: np.ndarray, log_likelihoods: np.ndarray
    ) -> "Posterior":
        """From likelihoods (n,) at points that fill the prior evenly; where one is no number there is none."""
        log_likelihoods = np.where(np.isnan(log_likelihoods), -np.inf, log_likelihoods)
        highest = log_likelihoods.max()
        if not np.isfinite(highest):
            return cls(tuple(parameters), fractions, np.zeros(len(fractions)), log_likelihoods)
        weights = np.exp(log_likelihoods - highest)
        return cls(tuple(parameters), fractions, weights / weights.sum(), log_likelihoods)

    def refuse_rough(self) -> None:
        """Refuse a posterior of which the points say too little.

        Raises:
            ValueError: they are worth fewer than SMALLEST_EFFECTIVE_SIZE independent draws, or nothing can explain
                what was observed.
        """
        if self.effective_size == 0.0:
            raise ValueError(
                "no point of the box can explain what was observed: its likelihood is zero everywhere"
            )
        if self.effective_size < SMALLEST_EFFECTIVE_SIZE:
            wanted = 1.25 * SMALLEST_EFFECTIVE_SIZE / self.effective_size
            points = len(self.weights) * 2 ** math.ceil(math.log2(wanted))
            raise ValueError(
                f"{len(self.weights)} points are worth {self.effective_size:.0f} draws of this posterior, fewer than "
                f"{SMALLEST_EFFECTIVE_SIZE:.0f}; ask for {points} points, or for the method nuts"
            )

    @cached_property
    def effective_size(self) -> float:
        """Independent draws that the points are worth, by the scatter of their weights."""
        squares = float(self.weights @ self.weights)
        return 1.0 / squares if squares > 0.0 else 0.0

    @property
    def log_evidence(self) -> float:
        """Logarithm of the mean likelihood over the prior [nats]."""
        highest = self.log_likelihoods.max()
        if not np.isfinite(highest):
            return -math.inf
        return float(highest + np.log(np.mean(np.exp(self.log_likelihoods - highest))))

    @property
    def information(self) -> float:
        """By how much the posterior is narrower than the prior: its relative entropy to it [nats]."""
        heavy = self.weights > 0.0
        return float(np.sum(self.weights[heavy] * np.log(self.weights[heavy] * len(self.weights))))

    @cached_property
    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation (d,) of the parameters, as fractions of the box."""
        mean = self.weights @ self.fractions
        return mean, np.sqrt(np.maximum(self.weights @ self.fractions**2 - mean**2, 0.0))

    @property
    def contraction(self) -> dict[str, float]:
        """Of each parameter 1 minus the posterior's variance over the prior's, on its scale: 0 is nothing learned."""
        return self._by_name(1.0 - 12.0 * self.moments[1] ** 2)

    def quantile(self, probability: float) -> dict[str, float]:
        """The value of each parameter below which this probability lies.

        Raises:
            ValueError: it is no probability.
        """
        if not 0.0 <= probability <= 1.0:
            raise ValueError(f"a probability lies between 0 and 1, not at {probability!r}")
        found = [
            float(each.from_unit_interval(np.array(_quantile(column, self.weights, probability))))
            for each, column in zip(self.parameters, self.fractions.T, strict=True)
        ]
        return self._by_name(found)

    @property
    def median(self) -> dict[str, float]:
        return self.quantile(0.5)

    def interval(self, level: float) -> dict[str, tuple[float, float]]:
        """Of each parameter the ends of the central interval that holds it with probability `level`.

        Raises:
            ValueError: it is no probability.
        """
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"a level lies between 0 and 1, not at {level!r}; write 0.9 for 90 %")
        low, high = self.quantile(0.5 - 0.5 * level), self.quantile(0.5 + 0.5 * level)
        return {name: (low[name], high[name]) for name in low}

    def region_of(self, log_likelihood: float, share: float = 0.5) -> float:
        """The mass of the smallest region that holds parameters with this likelihood: uniform of the truth, if all is
        right.

        Args:
            share: of the points that are exactly as likely, as where nothing was learned, that count as more likely; of
                tests a random one, so that levels are uniform there too.
        """
        higher = self.log_likelihoods > log_likelihood
        equal = self.log_likelihoods == log_likelihood
        return float(self.weights @ (higher + share * equal))

    def sample(self, draws: int, seed: int = 0) -> dict[str, np.ndarray]:
        """Draws (draws,) of each parameter, together; the same seed, the same draws."""
        random = generator(seed, "posterior")
        chosen = self.fractions[random.choice(len(self.weights), size=draws, p=self.weights)]
        columns = zip(self.parameters, chosen.T, strict=True)
        return {each.name: each.from_unit_interval(column) for each, column in columns}

    def _by_name(self, values: Sequence[float] | np.ndarray) -> dict[str, float]:
        return {each.name: float(value) for each, value in zip(self.parameters, values, strict=True)}


def _quantile(values: np.ndarray, weights: np.ndarray, probability: float) -> float:
    """Of weighted values (n,), each of which stands in the middle of its own weight."""
    values, weights = values[weights > 0.0], weights[weights > 0.0]
    order = np.argsort(values)
    below = np.cumsum(weights[order]) - 0.5 * weights[order]
    return float(np.interp(probability, below, values[order]))
