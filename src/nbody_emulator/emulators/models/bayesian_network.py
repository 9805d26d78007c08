"""Networks whose weights were drawn from their posterior: the answer is the mixture of what each of them says."""

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.family import History
from nbody_emulator.emulators.models.ensemble import GaussianEnsemble
from nbody_emulator.emulators.models.gaussian_head import GaussianHead
from nbody_emulator.emulators.models.weight_posterior import (
    WeightPosterior,
    approximated,
    prior_scales,
    sampled,
)
from nbody_emulator.emulators.random_keys import counted_off, random_key
from nbody_emulator.emulators.training import TrainingSet

if TYPE_CHECKING:
    from nbody_emulator.emulators.families.nuts_network import AbstractBayesianNetwork, SampledNetwork
    from nbody_emulator.emulators.families.variational import VariationalNetwork


def sampled_network(
    training: TrainingSet, family: "SampledNetwork", key: int
) -> tuple[GaussianEnsemble, History]:
    """Networks at draws of the chains, evenly spaced, and how well these have mixed."""
    posterior = _posterior(training, family)
    with counted_off():
        chains = sampled(posterior, random_key(key), family.chains, family.warmup, family.draws)
    together = chains.standard.reshape(-1, posterior.count)
    kept = np.linspace(0, len(together) - 1, min(family.networks, len(together))).round().astype(int)
    history = {"r_hat": ((), chains.r_hat), "divergences": ((), chains.divergences)}
    return _ensemble(posterior, together[kept]), history


def variational_network(
    training: TrainingSet, family: "VariationalNetwork", key: int
) -> tuple[GaussianEnsemble, History]:
    """Networks drawn from the approximation, and its loss."""
    posterior = _posterior(training, family)
    with counted_off():
        standard, loss = approximated(posterior, random_key(key), family.steps, family.networks)
    return _ensemble(posterior, standard), {"negative_evidence": (("step",), np.asarray(loss))}


def _posterior(training: TrainingSet, family: "AbstractBayesianNetwork") -> WeightPosterior:
    head = GaussianHead(training.targets.shape[1])
    numbers = len(head.first_biases)
    scales = prior_scales(training.inputs.shape[1], family.width, numbers, family.prior_scale)
    return WeightPosterior.of(training, scales, head)


def _ensemble(posterior: WeightPosterior, standard: jax.Array) -> GaussianEnsemble:
    return GaussianEnsemble(jax.tree.map(jnp.asarray, jax.vmap(posterior.network)(standard)))
