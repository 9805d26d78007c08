"""What an emulator says at points that fill its box: asked once, it serves every observation.

The posterior of one observation is a set of weights on these points, each its likelihood over their sum: exact up to
the fineness of the points, whatever the shape of the posterior. Points are taken until they are worth enough
independent draws. Where observations have errors, each point has true values of its own, drawn from them, in dimensions
of the same sequence: weights of pairs of parameters and true values, of which the parameters are the margin.
Source: scrambled Sobol points, Owen 1998 (J. Complexity 14, 466), of which the first 2^m are such a set themselves;
importance weights, Kong 1992.
"""

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import jax
import numpy as np
from scipy.stats import norm, qmc

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.emulators.points import each_point
from nbody_emulator.inference.likelihoods.joint import Joint
from nbody_emulator.inference.likelihoods.likelihood import AbstractLikelihood
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.posterior_standards import SMALLEST_EFFECTIVE_SIZE
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.streams import key_integer

POINTS = 2**16
"""At most, unless asked for more."""

FEWEST_POINTS, MOST_POINTS = 2**9, 2**26

FIRST_POINTS = 2**13
"""Asked first; then as many again as there are, until they are worth enough draws of a posterior."""

AT_ONCE = 16
"""Observations answered together: a distribution is factorized once for all of them."""

LARGEST_OUTCOME = 2**13
"""Bytes that the outcome at a point may take to be kept; a chain of networks holds its networks, and is asked anew."""


class Part(NamedTuple):
    """Some of the points, and what the emulator said there: None where that is too large to be kept."""

    fractions: np.ndarray
    scores: np.ndarray
    outcomes: Outcome | None


@dataclass(frozen=True, eq=False)
class PredictionTable:
    """An emulator's outcomes at up to n points, and how they are taken.

    Attributes:
        emulator: that is asked.
        fractions: (n, d) of the box, uniform on each parameter's scale.
        scores: (n, q) standard normal scores of the errors of observations.
        likelihood: what its outcomes are taken for.
        variance_factor: by which the variances of its outputs are widened.
    """

    emulator: Emulator
    fractions: np.ndarray
    scores: np.ndarray
    likelihood: AbstractLikelihood
    variance_factor: float
    _parts: list[Part] = field(default_factory=list)

    @classmethod
    def of(cls, emulator: Emulator, points: int = POINTS) -> "PredictionTable":
        """For posteriors by what `emulator` itself says, of up to so many points, the same whenever they are asked.

        Raises:
            TypeError: the number of points is no whole number.
            ValueError: it is no power of two, as the sequence wants, or too small or too large.
        """
        points = operator.index(points)
        if not FEWEST_POINTS <= points <= MOST_POINTS or points & (points - 1):
            suited = min(max(1 << max(points - 1, 0).bit_length(), FEWEST_POINTS), MOST_POINTS)
            raise ValueError(
                f"points must be a power of two from {FEWEST_POINTS} to {MOST_POINTS}, not {points}; write {suited}"
            )
        dimensions = len(emulator.parameters)
        seed = key_integer(0, "prediction table")
        unit = qmc.Sobol(dimensions + len(emulator.outputs), seed=seed).random_base2(points.bit_length() - 1)
        fractions, rest = unit[:, :dimensions], unit[:, dimensions:]
        scores = norm.ppf(np.clip(rest, 2.0**-53, 1.0 - 2.0**-53))
        return cls(emulator, fractions, scores, Joint(), emulator.metadata.variance_factor)

    def under(self, likelihood: AbstractLikelihood, variance_factor: float = 1.0) -> "PredictionTable":
        """The same outcomes, taken for something else."""
        return replace(self, likelihood=likelihood, variance_factor=variance_factor)

    def posterior(self, observation: Observation) -> Posterior:
        """Of one observation.

        Raises:
            ValueError: the points are too few for how much it says, or nothing in the box can explain it.
        """
        found = next(self.posteriors([observation]))
        found.refuse_rough()
        return found

    def posteriors(self, observations: Sequence[Observation]) -> Iterator[Posterior]:
        """Of each observation, in their order, by however few draws the points may be worth."""
        found: dict[int, Posterior] = {}
        following = 0
        for chosen in alike(observations):
            found |= self._posteriors([observations[place] for place in chosen], chosen)
            while following in found:
                yield found.pop(following)
                following += 1

    def log_likelihoods(
        self, part: Part, observations: Sequence[Observation], factors: Sequence[float]
    ) -> np.ndarray:
        """(n, f, k) at the points of a part, for each variance factor and each of k observations that are alike [nats].

        Densities in the outputs' units.
        """
        padded = [*observations, *[observations[-1]] * (AT_ONCE - len(observations))]
        pairs = [each.true_values(part.scores) for each in padded]
        targets, slopes = (np.stack(column, axis=1) for column in zip(*pairs, strict=True))
        settings = self._settings(observations[0], factors)
        if part.outcomes is None:
            theta, model = thetas(self.emulator.parameters, part.fractions), self.emulator.model
            found = each_point(_asked, (len(theta),), theta, targets, model=model, **settings)
        else:
            found = each_point(_log_probs, (len(targets),), part.outcomes, targets, **settings)
        return (found + slopes[:, None, :])[:, :, : len(observations)]

    def log_likelihoods_at(
        self, fractions: np.ndarray, observations: Sequence[Observation], factors: Sequence[float] = ()
    ) -> np.ndarray:
        """(k, f) of k observations, each at its own point (k, d) of the box, with exact values; by default at this
        table's own factor.
        """
        factors = factors or (self.variance_factor,)
        found = np.empty((len(observations), len(factors)))
        for chosen in alike(observations):
            padded = np.resize(chosen, AT_ONCE)
            pairs = [observations[place].true_values(np.zeros((1, self.scores.shape[1]))) for place in padded]
            targets, slopes = (np.stack(column) for column in zip(*pairs, strict=True))
            theta = thetas(self.emulator.parameters, fractions[padded])
            settings = self._settings(observations[chosen[0]], factors)
            answers = each_point(_asked, (AT_ONCE,), theta, targets, model=self.emulator.model, **settings)
            found[chosen] = (answers[:, :, 0] + slopes)[: len(chosen)]
        return found

    def part(self, number: int) -> Part:
        """The points of this number: the first FIRST_POINTS, then each time as many as there were before."""
        while len(self._parts) <= number:
            last = FIRST_POINTS << len(self._parts)
            rows = slice(last // 2 if self._parts else 0, last)
            fractions, scores = self.fractions[rows], self.scores[rows]
            theta = thetas(self.emulator.parameters, fractions)
            outcomes = None
            if _bytes_of(self.emulator.outcome, theta[0]) <= LARGEST_OUTCOME:
                outcomes = each_point(_outcome, (len(theta),), theta, model=self.emulator.model)
            self._parts.append(Part(fractions, scores, outcomes))
        return self._parts[number]

    def _posteriors(self, observations, places) -> dict[int, Posterior]:
        """By place, of observations that are alike."""
        found: dict[int, Posterior] = {}
        likelihoods: dict[int, list[np.ndarray]] = {place: [] for place in places}
        waiting = dict(zip(places, observations, strict=True))
        number = points = 0
        while waiting:
            part = self.part(number)
            number, points = number + 1, points + len(part.fractions)
            new = self.log_likelihoods(part, list(waiting.values()), (self.variance_factor,))[:, 0]
            for place, column in zip(list(waiting), new.T, strict=True):
                likelihoods[place].append(column)
                posterior = Posterior.of(
                    self.emulator.parameters, self.fractions[:points], np.concatenate(likelihoods[place])
                )
                if posterior.effective_size >= SMALLEST_EFFECTIVE_SIZE or points >= len(self.fractions):
                    found[place] = posterior
                    del waiting[place], likelihoods[place]
        return found

    def _settings(self, observation: Observation, factors: Sequence[float]) -> dict:
        looked_at = observation.looked_at if self.likelihood.counts_absence else observation.present
        return {
            "likelihood": self.likelihood,
            "factors": np.array(factors),
            "present": observation.present,
            "looked_at": looked_at,
        }


def thetas(parameters: Sequence[Parameter], fractions: np.ndarray) -> np.ndarray:
    """(n, d) parameters at these fractions (n, d) of their boxes."""
    columns = zip(parameters, fractions.T, strict=True)
    return np.stack([each.from_unit_interval(column) for each, column in columns], axis=1)


def alike(observations: Sequence[Observation]) -> Iterator[list[int]]:
    """The places of observations of the same outputs, of which the same have errors, at most AT_ONCE at a time."""
    kinds: dict[tuple, list[int]] = {}
    for place, each in enumerate(observations):
        kinds.setdefault((*each.present, *each.looked_at, *each.with_errors), []).append(place)
    for places in kinds.values():
        yield from (places[start : start + AT_ONCE] for start in range(0, len(places), AT_ONCE))


def _outcome(theta, model):
    return model(theta)


def _bytes_of(outcome, theta):
    leaves = jax.tree.leaves(jax.eval_shape(outcome, theta))
    return sum(leaf.size * leaf.dtype.itemsize for leaf in leaves)


def _asked(theta, targets, model, **settings):
    return _log_probs(model(theta), targets, **settings)


def _log_probs(outcome, targets, likelihood, factors, present, looked_at):
    """(f, k) of targets (k, q)."""

    def widened(factor):
        taken = likelihood.taken(outcome).widened(factor)
        return jax.vmap(lambda target: taken.log_prob(target, looked_at, present))(targets)

    return jax.vmap(widened)(factors)
