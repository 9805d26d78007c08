"""Trains many small networks in one compiled function: Adam on the Gaussian likelihood, the best epoch's
weights kept.

Hidden units beyond a candidate's width are switched off by a mask and cut away afterwards, row counts are
padded, and jobs are run in batches of one size: one compilation then serves every candidate, every inner fold
and the final fit.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.family import History
from nbody_emulator.emulators.models.gaussian_network import GaussianNetwork, draw_network, narrowed
from nbody_emulator.emulators.random_keys import GENERATOR, counted_off, random_key
from nbody_emulator.extras import extra

if TYPE_CHECKING:
    from nbody_emulator.emulators.families.network import Network

VARIANCE_POWER = 0.5
"""Weight variance^0.5 of each run in the gradient (beta-NLL, Seitzer et al. 2022): without it a run that is
fitted badly is explained away by a large variance, which costs 0.01-0.05 nats on 80 runs. The recorded losses
are the plain ones."""

_WIDTH_ROUNDED_TO = 32
_ROWS_ROUNDED_TO = 32
_BATCH = 8


class Job(NamedTuple):
    """One member to be trained.

    Attributes:
        targets: (n, q) scaled targets, NaN = missing or held out.
        set_aside: (n,) True for rows used for early stopping alone.
        seed: of the initial weights.
    """

    targets: np.ndarray
    set_aside: np.ndarray
    seed: int


class _Arrays(NamedTuple):
    """A job as arrays: targets, training and validation weights, each (n, q), and the key of the initial
    weights.
    """

    targets: np.ndarray
    training: np.ndarray
    validation: np.ndarray
    key: jax.Array


def train(inputs: np.ndarray, jobs: Sequence[Job], family: "Network") -> tuple[GaussianNetwork, History]:
    """Train every job.

    Args:
        inputs: (n, d) scaled inputs, the same for all jobs.
        family: their width, epochs, learning rate and weight decay.

    Returns:
        The networks, stacked on the first axis of every leaf (numpy arrays), and the history of their losses.
    """
    widest = family.width + (-family.width % _WIDTH_ROUNDED_TO)
    padding = -len(inputs) % _ROWS_ROUNDED_TO
    run = partial(
        _train_batch,
        jnp.asarray(np.pad(inputs, ((0, padding), (0, 0)))),
        jnp.asarray(np.arange(widest) < family.width, dtype=float),
        # Arrays, not numbers: a number would be compiled in, and every weight decay would compile anew.
        jnp.asarray(float(family.weight_decay)),
        jnp.asarray(float(family.learning_rate)),
        epochs=family.epochs,
    )
    arrays = [_arrays(job, padding) for job in jobs]
    with counted_off():
        batches = [run(batch) for batch in _batches(arrays)]
    networks, losses = jax.tree.map(lambda *parts: np.concatenate(parts)[: len(jobs)], *batches)
    return narrowed(networks, family.width), {
        "training_loss": (("member", "epoch"), losses[0]),
        "validation_loss": (("member", "epoch"), losses[1]),
        # A loss that is not a number is no best one: its weights were not kept.
        "best_epoch": (("member",), np.argmin(np.nan_to_num(losses[1], nan=np.inf), axis=1)),
    }


def _arrays(job: Job, padding: int) -> _Arrays:
    observed = np.isfinite(job.targets)
    rows = ((0, padding), (0, 0))
    return _Arrays(
        np.pad(np.where(observed, job.targets, 0.0), rows),
        np.pad(_weights(observed & ~job.set_aside[:, None]), rows),
        np.pad(_weights(observed & job.set_aside[:, None]), rows),
        jax.random.key_data(random_key(job.seed)),
    )


def _weights(rows):
    """Weights (n, q) that make a weighted sum the mean over outputs of the mean over `rows` (n, q)."""
    return rows / np.maximum(rows.sum(axis=0), 1) / rows.shape[1]


def _batches(arrays):
    """Stacks of exactly `_BATCH` jobs; the last one is filled up with copies of its last job."""
    for start in range(0, len(arrays), _BATCH):
        chosen = arrays[start : start + _BATCH]
        chosen = chosen + [chosen[-1]] * (_BATCH - len(chosen))
        yield jax.tree.map(lambda *leaves: jnp.asarray(np.stack(leaves)), *chosen)


@eqx.filter_jit
def _train_batch(inputs, units, weight_decay, learning_rate, jobs, *, epochs):
    learn = partial(_train_one, inputs, units, weight_decay, learning_rate, epochs)
    return jax.vmap(learn)(jobs)


def _train_one(inputs, units, weight_decay, learning_rate, epochs, job):
    """The weights of the epoch with the smallest validation loss, and both losses at the start of every
    epoch.
    """
    with extra("fitting"):  # imported here: a saved network does not need it
        import optax

    first = draw_network(
        inputs.shape[1],
        units.shape[0],
        job.targets.shape[1],
        units,
        jax.random.wrap_key_data(job.key, impl=GENERATOR),
    )
    weights, rebuild = ravel_pytree(first)
    # Decoupled weight decay (AdamW), on weights and not on biases.
    decayed, _ = ravel_pytree(jax.tree.map(lambda leaf: jnp.full(leaf.shape, float(leaf.ndim > 1)), first))
    optimizer = optax.adamw(optax.cosine_decay_schedule(learning_rate, epochs), weight_decay=weight_decay)

    def losses(weights):
        mean, variance = jax.vmap(rebuild(weights), in_axes=(0, None))(inputs, units)
        scores = 0.5 * (jnp.log(variance) + (job.targets - mean) ** 2 / variance)
        followed = job.training * scores * jax.lax.stop_gradient(variance) ** VARIANCE_POWER
        return jnp.sum(followed), (jnp.sum(job.training * scores), jnp.sum(job.validation * scores))

    def epoch(carry, _):
        weights, state, best_weights, best_loss = carry
        (_, (training, validation)), gradient = jax.value_and_grad(losses, has_aux=True)(weights)
        better = validation < best_loss
        best_weights = jnp.where(better, weights, best_weights)
        updates, state = optimizer.update(gradient, state, weights * decayed)
        carry = weights + updates, state, best_weights, jnp.minimum(validation, best_loss)
        return carry, (training, validation)

    start = weights, optimizer.init(weights), weights, jnp.inf
    (_, _, best_weights, _), history = jax.lax.scan(epoch, start, None, length=epochs)
    return rebuild(best_weights), history
