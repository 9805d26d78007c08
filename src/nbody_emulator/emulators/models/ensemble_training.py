"""Trains many small networks in one compiled function: Adam on what their head charges, the best epoch's weights
kept.

Hidden units beyond a candidate's width are switched off by a mask and cut away afterwards, row counts are
padded, and jobs are run in batches of one size: one compilation then serves every candidate, every inner fold
and the final fit.

Training is in single precision, which takes half the time; its end is a point among many that are as good. What was
found is answered with in double precision.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.family import History
from nbody_emulator.emulators.models.head import AbstractHead
from nbody_emulator.emulators.models.perceptron import draw_kept
from nbody_emulator.emulators.random_keys import GENERATOR, counted_off, random_key
from nbody_emulator.extras import extra

if TYPE_CHECKING:
    from nbody_emulator.emulators.families.network import AbstractNetwork

_ROWS_ROUNDED_TO = 64
_BATCH = 8
_PRECISION = np.float32

_BEST = -1
"""In place of the epoch to be kept: that of the smallest validation loss."""


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
    """A job as arrays: targets and whether they are there (n, q), training and validation weights of all losses (n, r),
    and the key of the initial weights.
    """

    targets: np.ndarray
    observed: np.ndarray
    training: np.ndarray
    validation: np.ndarray
    key: jax.Array


def train(
    inputs: np.ndarray,
    jobs: Sequence[Job],
    family: "AbstractNetwork",
    head: AbstractHead,
    dropout: float | None = None,
) -> tuple[Any, History]:
    """Train every job.

    Args:
        inputs: (n, d) scaled inputs, the same for all jobs.
        family: their width, depth, epochs, the one that is kept, learning rate and weight decay.
        head: what reads their numbers.
        dropout: share of the hidden units that every run of every epoch goes without; the losses told are of all
            units.

    Returns:
        The networks, stacked on the first axis of every leaf (numpy arrays), and the history of their losses.
    """
    widest = family.width + (-family.width % head.width_rounded_to)
    padding = -len(inputs) % _ROWS_ROUNDED_TO
    run = partial(
        _train_batch,
        jnp.asarray(np.pad(inputs, ((0, padding), (0, 0))), _PRECISION),
        jnp.asarray(np.arange(widest) < family.width, _PRECISION),
        # Arrays, not numbers: a number would be compiled in, and every weight decay would compile anew.
        jnp.asarray(family.weight_decay, _PRECISION),
        jnp.asarray(family.learning_rate, _PRECISION),
        jnp.asarray(_BEST if family.last_epoch is None else family.last_epoch),
        None if dropout is None else jnp.asarray(dropout, _PRECISION),
        depth=family.depth,
        epochs=family.epochs,
        head=head,
    )
    arrays = [_arrays(job, padding, head) for job in jobs]
    with counted_off():
        batches = [run(batch) for batch in _batches(arrays)]
    networks, losses = jax.tree.map(lambda *parts: np.concatenate(parts)[: len(jobs)].astype(float), *batches)
    return networks.narrowed(family.width), {
        "training_loss": (("member", "epoch"), losses[0]),
        "validation_loss": (("member", "epoch"), losses[1]),
        "best_epoch": (("member",), _kept(family, losses[1])),
    }


def _kept(family: "AbstractNetwork", validation: np.ndarray) -> np.ndarray:
    """The epoch (jobs,) whose weights were kept, from the validation losses (jobs, epochs)."""
    if family.last_epoch is not None:
        return np.full(len(validation), family.last_epoch)
    # A loss that is not a number is no best one: its weights were not kept.
    return np.argmin(np.nan_to_num(validation, nan=np.inf), axis=1)


def _arrays(job: Job, padding: int, head: AbstractHead) -> _Arrays:
    observed = np.isfinite(job.targets)
    charged = head.charged(observed)
    rows = ((0, padding), (0, 0))
    columns = (
        np.where(observed, job.targets, 0.0),
        observed,
        _weights(charged & ~job.set_aside[:, None]),
        _weights(charged & job.set_aside[:, None]),
    )
    targets, present, training, validation = (np.pad(column.astype(_PRECISION), rows) for column in columns)
    key = jax.random.key_data(random_key(job.seed))
    return _Arrays(targets, present, training, validation, key)


def _weights(rows):
    """Weights (n, r) that make a weighted sum the mean over losses of the mean over `rows` (n, r)."""
    return rows / np.maximum(rows.sum(axis=0), 1) / rows.shape[1]


def _batches(arrays):
    """Stacks of exactly `_BATCH` jobs; the last one is filled up with copies of its last job."""
    for start in range(0, len(arrays), _BATCH):
        chosen = arrays[start : start + _BATCH]
        chosen = chosen + [chosen[-1]] * (_BATCH - len(chosen))
        yield jax.tree.map(lambda *leaves: jnp.asarray(np.stack(leaves)), *chosen)


@eqx.filter_jit
def _train_batch(inputs, units, weight_decay, learning_rate, kept, dropout, jobs, *, depth, epochs, head):
    learn = partial(
        _train_one, inputs, units, weight_decay, learning_rate, kept, dropout, depth, epochs, head
    )
    return jax.vmap(learn)(jobs)


def _train_one(inputs, units, weight_decay, learning_rate, kept, dropout, depth, epochs, head, job):
    """The weights of the epoch that is kept, and both losses at the start of every epoch."""
    with extra("fitting"):  # imported here: a saved network does not need it
        import optax

    key = jax.random.wrap_key_data(job.key, impl=GENERATOR)
    first = _singly(head.draw(inputs.shape[1], units, depth, key))
    weights, rebuild = ravel_pytree(first)
    # Decoupled weight decay (AdamW), on weights and not on biases.
    decayed, _ = ravel_pytree(first.weights_alone())
    optimizer = optax.adamw(optax.cosine_decay_schedule(learning_rate, epochs), weight_decay=weight_decay)

    def losses(weights, epoch_key):
        network = rebuild(weights)
        numbers = jax.vmap(head.numbers, in_axes=(None, 0, 0, None))(network, inputs, job.targets, units)
        scores, factors = jax.vmap(head.losses)(numbers, job.targets, job.observed)
        told = _singly((jnp.sum(job.training * scores), jnp.sum(job.validation * scores)))
        if head.is_shown_anew:
            shown = _singly(head.shown(inputs, epoch_key))
            numbers = jax.vmap(head.numbers, in_axes=(None, 0, 0, None))(network, shown, job.targets, units)
            scores, factors = jax.vmap(head.losses)(numbers, job.targets, job.observed)
        if dropout is not None:
            numbers = jax.vmap(network.thinned)(inputs, thinned_units(epoch_key))
            scores, factors = jax.vmap(head.losses)(numbers, job.targets, job.observed)
        return jnp.sum(job.training * scores * factors), told

    def thinned_units(epoch_key):
        drawn = _singly(draw_kept(epoch_key, (len(inputs), depth, len(units)), dropout))
        # The n-th run that has a target takes the n-th: those without any teach nothing.
        return units * drawn[jnp.cumsum(job.observed.any(axis=1)) - 1]

    def epoch(carry, present):
        number, epoch_key = present
        weights, state, best_weights, best_loss = carry
        (_, (training, validation)), gradient = jax.value_and_grad(losses, has_aux=True)(weights, epoch_key)
        better = jnp.where(kept == _BEST, validation < best_loss, number == kept)
        best_weights = jnp.where(better, weights, best_weights)
        updates, state = optimizer.update(gradient, state, weights * decayed)
        carry = weights + _singly(updates), state, best_weights, jnp.minimum(validation, best_loss)
        return carry, (training, validation)

    start = weights, optimizer.init(weights), weights, jnp.asarray(jnp.inf, _PRECISION)
    keys = None
    if dropout is not None or head.is_shown_anew:
        # Lower numbers have been folded in for the layers.
        keys = jax.random.split(jax.random.fold_in(key, depth + 1), epochs)
    (_, _, best_weights, _), history = jax.lax.scan(epoch, start, (jnp.arange(epochs), keys))
    return rebuild(best_weights), history


def _singly(tree):
    return jax.tree.map(lambda leaf: leaf.astype(_PRECISION), tree)
