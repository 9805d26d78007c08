"""A random forest per output, grown by scikit-learn and kept as arrays that are walked by gathers."""

from dataclasses import fields

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.training import TrainingSet
from nbody_emulator.extras import extra
from nbody_emulator.streams import key_integer

_LEAF = -1
_NODES_ROUNDED_TO = 256


class ForestModel(eqx.Module):
    """Trees as arrays (outputs, trees, nodes), depth first: the left child of a node is the node after it.

    The model variance is that of one tree's leaf mean: trees that disagree make it an upper bound.

    Attributes:
        feature: the input that a node asks about, -1 in a leaf.
        threshold: go left if the input, rounded to float32, is at most this; see `_rounded_down`.
        right: the right child.
        value: the mean of the training targets in the node.
        weight: the sum of the squared weights that the training runs have in the mean of a leaf: of the squares
            of how often the bootstrap drew each, over the square of their sum.
    """

    feature: jax.Array
    threshold: jax.Array
    right: jax.Array
    value: jax.Array
    weight: jax.Array

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        leaves = self.leaves(inputs)[..., None]
        mean = jnp.mean(jnp.take_along_axis(self.value, leaves, axis=2), axis=(1, 2))
        weight = jnp.mean(jnp.take_along_axis(self.weight, leaves, axis=2), axis=(1, 2))
        return IndependentGaussian(mean, jnp.ones_like(mean), weight.astype(mean.dtype))

    def leaves(self, inputs: jax.Array) -> jax.Array:
        """(outputs, trees) the leaf in which every tree puts one scaled input vector (d,)."""
        # scikit-learn compares float32 inputs; doing the same makes the two agree exactly.
        inputs = inputs.astype(jnp.float32)

        def one_tree(feature, threshold, right):
            def descend(node):
                goes_left = inputs[feature[node]] <= threshold[node]
                return jnp.where(goes_left, node + 1, right[node])

            return jax.lax.while_loop(lambda node: feature[node] != _LEAF, descend, jnp.int32(0))

        return jax.vmap(jax.vmap(one_tree))(self.feature, self.threshold, self.right)

    @staticmethod
    def of(training: TrainingSet, trees: int, leaf: int, key: int) -> "ForestModel":
        """Grow one forest for each output on its own observed rows, with at least `leaf` runs in a leaf."""
        forests = []
        for output, targets in enumerate(training.targets.T):
            seen = np.isfinite(targets)
            seed = key_integer(key, "forest", output) % 2**32
            forests.append(_grow(training.inputs[seen], targets[seen], trees, leaf, seed))
        nodes = max(len(tree.feature) for forest in forests for tree in forest)
        nodes += -nodes % _NODES_ROUNDED_TO
        return ForestModel(*(_stack(forests, nodes, field.name) for field in fields(ForestModel)))


class _Tree(eqx.Module):
    """One tree of scikit-learn's, in our arrays."""

    feature: np.ndarray
    threshold: np.ndarray
    right: np.ndarray
    value: np.ndarray
    weight: np.ndarray


def _grow(inputs, targets, trees, leaf, seed):
    with extra("fitting"):  # imported here: a saved forest does not need it
        from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(
        n_estimators=trees,
        min_samples_leaf=min(leaf, max(len(targets) // 2, 1)),
        random_state=seed,
        n_jobs=1,
    )
    forest.fit(inputs, targets)
    drawn = (np.bincount(chosen, minlength=len(targets)) for chosen in forest.estimators_samples_)
    return [_arrays(member, inputs, times) for member, times in zip(forest.estimators_, drawn, strict=True)]


def _arrays(member, inputs, times_drawn):
    tree, leaves = member.tree_, member.apply(inputs)
    is_leaf = tree.children_left == -1
    squares = np.bincount(leaves, weights=times_drawn**2, minlength=tree.node_count)
    return _Tree(
        np.where(is_leaf, _LEAF, tree.feature).astype(np.int8),
        np.where(is_leaf, 0.0, _rounded_down(tree.threshold)).astype(np.float32),
        np.where(is_leaf, 0, tree.children_right).astype(np.int32),
        tree.value[:, 0, 0],
        (squares / tree.weighted_n_node_samples**2).astype(np.float32),
    )


def _rounded_down(threshold):
    """The largest float32 not above each float64 threshold: no float32 input falls between the two."""
    nearest = threshold.astype(np.float32)
    return np.where(nearest > threshold, np.nextafter(nearest, np.float32(-np.inf)), nearest)


def _stack(forests, nodes, field):
    empty = {"feature": _LEAF}.get(field, 0)

    def filled(tree):
        values = getattr(tree, field)
        return np.concatenate([values, np.full(nodes - len(values), empty, values.dtype)])

    return jnp.asarray(np.stack([[filled(tree) for tree in forest] for forest in forests]))
