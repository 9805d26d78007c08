"""Posteriors learned once for all observations: flows of the parameters, given what may be observed.

A flow's density of parameters given outputs is trained on pairs of both: simulated runs, or outcomes that an emulator
says of points of its box. No likelihood is asked, then or later. Parameters are taken as normal scores of their places
in the box, so that no draw leaves it and that the prior itself is what a flow begins with.
Sources: neural posterior estimation, Papamakarios & Murray 2016 (NeurIPS 29); why several flows, Hermans et al. 2022
(Trans. Mach. Learn. Res.).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.stats import norm
from scipy.special import ndtr

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.points import each_point
from nbody_emulator.emulators.random_keys import GENERATOR, counted_off, random_key
from nbody_emulator.emulators.scaling import Scaler, fit_scaler
from nbody_emulator.inference.flows import Flows, Shape, Training, normal_scores, trained
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.inference.prediction_table import thetas
from nbody_emulator.quantities.quantity import Output, Parameter
from nbody_emulator.streams import generator, key_integer

DRAWS = 40_000
"""Of an emulator."""

TRAINING_ON_DRAWS = Training(members=4, batch=250, steps=1500, patience=600, learning_rate=3e-3)

TRAINING_ON_RUNS = Training(members=4, batch=50, steps=1500, patience=300, learning_rate=1e-3)
"""Of some hundred, whose set aside share ends it long before."""

PARTLY_SEEN = 0.5
"""Share of an emulator's draws of which each output is as likely to have been looked at as not."""

FARTHEST = 5.0
"""That a scaled output is shown to a flow: farther out it has learned nothing."""


@dataclass(frozen=True, eq=False)
class Amortized:
    """Posteriors of observations with exact values.

    Attributes:
        parameters: d of them, with their boxes.
        outputs: q of them.
        scaler: of the transformed outputs.
        flows: of the parameters' normal scores (d,), given the condition (3q,).
        partly_seen: share of what they have learned from of which not all outputs had been looked at.
    """

    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...]
    scaler: Scaler
    flows: Flows
    partly_seen: float

    @classmethod
    def of_runs(
        cls,
        parameters: Sequence[Parameter],
        outputs: Sequence[Output],
        fractions: np.ndarray,
        targets: np.ndarray,
        training: Training = TRAINING_ON_RUNS,
        partly_seen: float = 0.0,
        seed: int = 0,
    ) -> "Amortized":
        """Learned from runs that fill the box evenly.

        Args:
            fractions: (n, d) of the box, uniform on each parameter's scale.
            targets: (n, q) transformed outputs, NaN where a run does not have one.
            partly_seen: share of the runs of which each output is as likely to be shown as not. Only with some can
                observations be taken of which an output was not looked at; of few runs none is to be spared for that.

        Raises:
            ValueError: an output exists in no run.
        """
        never = [each.name for each, column in zip(outputs, targets.T, strict=True) if np.isnan(column).all()]
        if never:
            raise ValueError(f"no run has {', '.join(never)}; leave out what no run has")
        scaler = fit_scaler(targets)
        seen = _looked_at(targets.shape, partly_seen, generator(seed, "amortized", "looked at"))
        conditions = _condition(scaler, targets, np.isfinite(targets), seen)
        shape = Shape(len(parameters), conditions.shape[1])
        flows = trained(normal_scores(fractions), conditions, shape, training, seed, "amortized")
        return cls(tuple(parameters), tuple(outputs), scaler, flows, partly_seen)

    @classmethod
    def of_draws(
        cls,
        emulator: Emulator,
        draws: int = DRAWS,
        training: Training = TRAINING_ON_DRAWS,
        seed: int = 0,
    ) -> "Amortized":
        """Learned from outcomes that the emulator says of points drawn from the prior, its variances widened by its
        factor.
        """
        parameters = emulator.parameters
        fractions = generator(seed, "amortized", "points").random((draws, len(parameters)))
        with counted_off():
            keys = jax.random.split(random_key(key_integer(seed, "amortized", "outcomes")), draws)
            targets = each_point(
                _drawn_outcome,
                (draws,),
                thetas(parameters, fractions),
                np.asarray(jax.random.key_data(keys)),
                model=emulator.model,
                factor=np.array(emulator.metadata.variance_factor),
            )
        return cls.of_runs(parameters, emulator.outputs, fractions, targets, training, PARTLY_SEEN, seed)

    def posterior(self, observation: Observation, draws: int = 2000, seed: int = 0) -> Posterior:
        """Draws of equal weight; in place of likelihoods, which nobody knows, the density of each over the prior's.

        Raises:
            ValueError: the observation is of other outputs, has errors, or leaves out some where only all were learned.
        """
        condition = self._condition_of(observation)
        with counted_off():
            key = random_key(key_integer(seed, "amortized", "posterior"))
            scores, log_densities = _drawn(self.flows, key, condition, draws)
        fractions = np.asarray(ndtr(scores))
        return Posterior(self.parameters, fractions, np.full(draws, 1.0 / draws), np.asarray(log_densities))

    def log_density(self, observation: Observation, fractions: np.ndarray) -> np.ndarray:
        """(n,) of the posterior over the prior at fractions (n, d) of the box [nats].

        Raises:
            ValueError: as above.
        """
        condition = self._condition_of(observation)
        return np.asarray(_over_prior(self.flows, normal_scores(fractions), condition))

    def _condition_of(self, observation: Observation) -> np.ndarray:
        if observation.outputs != self.outputs:
            names = ", ".join(each.name for each in self.outputs)
            raise ValueError(f"amortized posteriors are of the outputs {names}, in this order")
        if observation.errors.any():
            raise ValueError('amortized posteriors are of exact values; with errors, write method="table"')
        if self.partly_seen == 0.0 and not observation.looked_at.all():
            raise ValueError(
                'these amortized posteriors are of observations of all outputs; without some, write method="table"'
            )
        return _condition(self.scaler, observation.targets, observation.present, observation.looked_at)


def _looked_at(shape, partly_seen, random):
    """(n, q) True where an output is shown."""
    partly = random.random((shape[0], 1)) < partly_seen
    return ~partly | (random.random(shape) < 0.5)


def _condition(scaler, targets, present, looked_at):
    """(..., 3q): scaled outputs, zero where there is none, whether there is one, and whether that is known."""
    told = present & looked_at
    scaled = np.clip(np.asarray(scaler.forward(targets)), -FARTHEST, FARTHEST)
    return np.concatenate([np.where(told, scaled, 0.0), told, looked_at], axis=-1)


def _drawn_outcome(theta, key, model, factor):
    return model(theta).widened(factor).sample(jax.random.wrap_key_data(key, impl=GENERATOR))


@eqx.filter_jit
def _drawn(flows, key, condition, draws):
    scores = flows.sample(key, draws, condition)
    return scores, _over_prior(flows, scores, condition)


@eqx.filter_jit
def _over_prior(flows, scores, condition):
    return flows.log_prob(scores, condition) - jnp.sum(norm.logpdf(scores), axis=1)
