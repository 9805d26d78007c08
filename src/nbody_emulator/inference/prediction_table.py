"""What an emulator says at points that fill its box: asked once, it serves every observation.

The posterior of one observation is a set of weights on these points, each its likelihood over their sum: exact up to
the fineness of the points, whatever the shape of the posterior. Where observations have errors, each point has true
values of its own, drawn from them, in dimensions of the same sequence: weights of pairs of parameters and true values,
of which the parameters are the margin.
Source: scrambled Sobol points, Owen 1998 (J. Complexity 14, 466); importance weights, Kong 1992.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import numpy as np
from scipy.stats import norm, qmc

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.emulators.points import each_point
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.streams import key_integer

POINTS = 2**16

LARGEST_OUTCOME = 2**13
"""Bytes that the outcome at a point may take to be kept; a chain of networks holds its networks, and is asked anew."""


@dataclass(frozen=True, eq=False)
class PredictionTable:
    """An emulator's outcomes at n points.

    Attributes:
        emulator: that was asked.
        fractions: (n, d) of the box, uniform on each parameter's scale.
        scores: (n, q) standard normal scores of the errors of observations.
        outcomes: at the points, with n in front of all arrays; None where they are too large to keep.
    """

    emulator: Emulator
    fractions: np.ndarray
    scores: np.ndarray
    outcomes: Outcome | None

    @classmethod
    def of(cls, emulator: Emulator, points: int = POINTS) -> "PredictionTable":
        """Ask `emulator` at so many points, the same whenever it is asked.

        Raises:
            ValueError: the number of points is no power of two, as the sequence wants.
        """
        if points < 2 or points & (points - 1):
            raise ValueError(
                f"points must be a power of two, not {points}; write {1 << max(points, 2).bit_length()}"
            )
        dimensions = len(emulator.parameters)
        seed = key_integer(0, "prediction table")
        unit = qmc.Sobol(dimensions + len(emulator.outputs), seed=seed).random_base2(points.bit_length() - 1)
        fractions, rest = unit[:, :dimensions], unit[:, dimensions:]
        theta = thetas(emulator.parameters, fractions)
        outcomes = None
        if _bytes_of(emulator.outcome, theta[0]) <= LARGEST_OUTCOME:
            outcomes = each_point(_outcome, (points,), theta, model=emulator.model)
        return cls(emulator, fractions, norm.ppf(np.clip(rest, 2.0**-53, 1.0 - 2.0**-53)), outcomes)

    def log_likelihoods(self, observation: Observation) -> np.ndarray:
        """(n,) of the parameters and true values of each point [nats], densities in the outputs' units."""
        targets, slopes = observation.true_values(self.scores)
        looked_at = observation.looked_at
        if self.outcomes is None:
            theta, model = thetas(self.emulator.parameters, self.fractions), self.emulator.model
            found = each_point(_asked, (len(theta),), theta, targets, model=model, looked_at=looked_at)
        else:
            found = each_point(_log_prob, (len(targets),), self.outcomes, targets, looked_at=looked_at)
        return found + slopes

    def posterior(self, observation: Observation) -> Posterior:
        """Of one observation.

        Raises:
            ValueError: the points are too few for how much it says.
        """
        return Posterior.of(self.emulator.parameters, self.fractions, self.log_likelihoods(observation))


def thetas(parameters: Sequence[Parameter], fractions: np.ndarray) -> np.ndarray:
    """(n, d) parameters at these fractions (n, d) of their boxes."""
    columns = zip(parameters, fractions.T, strict=True)
    return np.stack([each.from_unit_interval(column) for each, column in columns], axis=1)


def _outcome(theta, model):
    return model(theta)


def _bytes_of(outcome, theta):
    leaves = jax.tree.leaves(jax.eval_shape(outcome, theta))
    return sum(leaf.size * leaf.dtype.itemsize for leaf in leaves)


def _asked(theta, target, model, looked_at):
    return model(theta).log_prob(target, looked_at)


def _log_prob(outcome, target, looked_at):
    return outcome.log_prob(target, looked_at)
