"""Spline flows trained on draws: densities of d numbers, given others or not, that can be told and drawn from.

Several are trained side by side, in one compiled function. Each begins with weights of its own and sets a share of the
draws aside, keeps the weights with which that share is likeliest, and stops when it has long gained nothing. They are
trained in single precision, which takes half the time, and answer in double.
Sources: Papamakarios, Pavlakou & Murray 2017 (Masked autoregressive flow, NeurIPS 30); Durkan et al. 2019
(Neural spline flows, NeurIPS 32). The flows are those of flowjax.
"""

from functools import cache, partial
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import PyTree
from scipy.special import ndtri

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.random_keys import counted_off, random_key
from nbody_emulator.extras import extra
from nbody_emulator.streams import generator, key_integer

REACH = 5.0
"""Of a spline to both sides, in standard deviations: beyond it is the identity."""

SET_ASIDE = 0.1
"""The share of the draws that stops the training."""


class Shape(NamedTuple):
    """Of a flow.

    Attributes:
        dimensions: of the values.
        conditions: numbers that are given.
        layers: each a network that tells a spline of every value.
        width: hidden units of a network.
        knots: of a spline, inside its reach.
    """

    dimensions: int
    conditions: int
    layers: int = 3
    width: int = 50
    knots: int = 8


class Training(NamedTuple):
    """How flows are trained.

    Attributes:
        members: side by side.
        batch: draws a step, at most.
        steps: at most, of Adam with a rate that falls to zero.
        patience: steps without a gain that end the training before.
        learning_rate: at the beginning.
    """

    members: int
    batch: int
    steps: int
    patience: int
    learning_rate: float


class Flows(eqx.Module):
    """Trained flows, whose densities are averaged.

    Attributes:
        weights: with a leading axis (members,) on all leaves.
        fixed: all else of a flow.
    """

    weights: PyTree
    fixed: PyTree

    @eqx.filter_jit
    def log_prob(self, values: jax.Array, condition: jax.Array, temperature: float = 1.0) -> jax.Array:
        """(n,) log densities of values (n, d) given the condition (c,) [nats].

        Args:
            temperature: variance of the normals that the flows begin with; below 1 they are narrower than was learned.
        """
        told = jax.vmap(
            lambda weights: jax.vmap(
                lambda value: _log_prob(self._member(weights), value, condition, temperature)
            )(values)
        )(self.weights)
        return jax.nn.logsumexp(told, axis=0) - jnp.log(len(told))

    @eqx.filter_jit
    def sample(self, key: jax.Array, draws: int, condition: jax.Array) -> jax.Array:
        """(draws, d), in turn from each flow."""
        members = len(jax.tree.leaves(self.weights)[0])
        rounds = -(-draws // members)

        def drawn(weights, key):
            bijection, dimensions = self._member(weights)
            noise = jax.random.normal(key, (rounds, dimensions))
            return jax.vmap(lambda one: bijection.transform(one, condition))(noise)

        found = jax.vmap(drawn)(self.weights, jax.random.split(key, members))
        return jnp.swapaxes(found, 0, 1).reshape(rounds * members, -1)[:draws]

    def _member(self, weights):
        return _bijection(weights, self.fixed)


def trained(
    values: np.ndarray,
    conditions: np.ndarray,
    shape: Shape,
    training: Training,
    seed: int,
    name: str,
) -> Flows:
    """Flows of values (n, d) given conditions (n, c); the same seed and name, the same flows."""
    random = generator(seed, name, "flows")
    count = len(values)
    last = count - max(1, round(SET_ASIDE * count))
    # The generator of keys and the training itself follow what JAX is set to.
    with counted_off(), jax.enable_x64(False):
        template, fixed = _new(shape)
        weights = jax.tree.map(lambda leaf: _first(leaf, training.members, random), template)
        rows = random.permuted(np.tile(np.arange(count), (training.members, 1)), axis=1)
        keys = jax.random.split(random_key(key_integer(seed, name, "epochs")), training.members)
        found = _trained(
            weights,
            fixed,
            rows[:, :last],
            rows[:, last:],
            keys,
            _single(values),
            _single(conditions),
            training,
        )
    # Outside: within it there are no doubles.
    return Flows(jax.tree.map(lambda leaf: np.asarray(leaf).astype(float), found), fixed)


def normal_scores(fractions: np.ndarray) -> np.ndarray:
    """Of fractions (...,) of a box, ends included: what is uniform there becomes what a flow begins with."""
    return ndtri(np.clip(fractions, 2.0**-53, 1.0 - 2.0**-53))


@cache
def _new(shape: Shape) -> tuple[PyTree, PyTree]:
    """A flow's weights, and all else of it: one for all of a shape, so that what was compiled is found again."""
    with extra("fitting"):  # imported here: it takes seconds
        import paramax
        from flowjax.bijections import RationalQuadraticSpline
        from flowjax.distributions import StandardNormal
        from flowjax.flows import masked_autoregressive_flow

    flow = masked_autoregressive_flow(
        random_key(0),
        base_dist=StandardNormal((shape.dimensions,)),  # type: ignore[call-arg]  # of its own __init__
        transformer=RationalQuadraticSpline(knots=shape.knots, interval=REACH),
        cond_dim=shape.conditions,
        flow_layers=shape.layers,
        nn_width=shape.width,
    )
    return eqx.partition(
        flow, eqx.is_inexact_array, is_leaf=lambda leaf: isinstance(leaf, paramax.NonTrainable)
    )


def _first(leaf, members, random):
    """Weights (members, ...) as wide as the square root of what enters a unit; biases, of two axes, are zero."""
    if leaf.ndim == 2:
        return np.zeros((members, *leaf.shape), np.float32)
    return _single(random.uniform(-1.0, 1.0, (members, *leaf.shape)) / np.sqrt(leaf.shape[-1]))


def _single(values):
    return np.asarray(values, np.float32)


def _bijection(weights, fixed):
    """From noise to values, and of how many."""
    with extra("fitting"):
        import paramax

    flow = paramax.unwrap(eqx.combine(weights, fixed))
    return flow.bijection, flow.shape[0]


def _log_prob(member, value, condition, temperature):
    bijection, _ = member
    noise, slope = bijection.inverse_and_log_det(value, condition)
    return slope + jnp.sum(jax.scipy.stats.norm.logpdf(noise, scale=jnp.sqrt(temperature)))


@eqx.filter_jit
def _trained(weights, fixed, learned, set_aside, keys, values, conditions, training):
    learn = partial(_learned, fixed, jnp.asarray(values), jnp.asarray(conditions), training)
    return jax.vmap(learn)(weights, learned, set_aside, keys)


def _learned(fixed, values, conditions, training, weights, learned, set_aside, key):
    with extra("fitting"):
        import optax

    first, rebuilt = ravel_pytree(weights)
    # As many draws a step as leave fewer than `in_epoch` of them out.
    in_epoch = -(-len(learned) // training.batch)
    optimizer = optax.adam(optax.cosine_decay_schedule(training.learning_rate, training.steps))

    def loss(vector, rows):
        member = _bijection(rebuilt(vector), fixed)
        told = jax.vmap(lambda row: _log_prob(member, values[row], conditions[row], 1.0))(rows)
        return -jnp.mean(told)

    def step(carry, rows):
        vector, state = carry
        updates, state = optimizer.update(jax.grad(loss)(vector, rows), state)
        return (vector + updates, state), None

    def epoch(carry):
        number, vector, state, best, lowest, last = carry
        order = jax.random.permutation(jax.random.fold_in(key, number), learned)
        batches = order[: len(order) // in_epoch * in_epoch].reshape(in_epoch, -1)
        (vector, state), _ = jax.lax.scan(step, (vector, state), batches)
        found = loss(vector, set_aside)
        best = jnp.where(found < lowest, vector, best)
        last = jnp.where(found < lowest, number, last)
        return number + 1, vector, state, best, jnp.minimum(found, lowest), last

    def goes_on(carry):
        number, *_, last = carry
        fruitless = (number - last) * in_epoch
        return (number * in_epoch < training.steps) & (fruitless <= training.patience + in_epoch)

    start = 0, first, optimizer.init(first), first, jnp.asarray(jnp.inf, first.dtype), 0
    _, _, _, best, _, _ = jax.lax.while_loop(goes_on, epoch, start)
    return rebuilt(best)
