"""Regression trees grown by scikit-learn, kept as arrays that are walked by gathers: of forests, and of boosting."""

from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401

_LEAF = -1

TreeArrays = Mapping[str, np.ndarray]
"""Of one tree: (nodes,) by name."""


class AbstractTrees(eqx.Module):
    """Trees as arrays (outputs, trees, nodes), depth first: the left child of a node is the node after it.

    Attributes:
        feature: the input that a node asks about, -1 in a leaf.
        threshold: go left if the input, rounded to float32, is at most this; see `_rounded_down`.
        right: the right child.
        value: what the tree answers in the node.
    """

    feature: jax.Array
    threshold: jax.Array
    right: jax.Array
    value: jax.Array

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


def fewest_in_a_leaf(wanted: int, runs: int) -> int:
    """As many runs as are wanted in every leaf, or half of them where there are few."""
    return min(wanted, max(runs // 2, 1))


def arrays_of(member: Any) -> TreeArrays:
    """One of scikit-learn's fitted trees, as the arrays of `AbstractTrees`."""
    tree = member.tree_
    is_leaf = tree.children_left == -1
    return {
        "feature": np.where(is_leaf, _LEAF, tree.feature).astype(np.int8),
        "threshold": np.where(is_leaf, 0.0, _rounded_down(tree.threshold)).astype(np.float32),
        "right": np.where(is_leaf, 0, tree.children_right).astype(np.int32),
        "value": tree.value[:, 0, 0],
    }


def stacked(ensembles: Sequence[Sequence[TreeArrays]], nodes: int) -> dict[str, jax.Array]:
    """The arrays (outputs, trees, nodes) by name, of one ensemble for each output; what is no node is a leaf."""

    def filled(name, values):
        empty = _LEAF if name == "feature" else 0
        return np.concatenate([values, np.full(nodes - len(values), empty, values.dtype)])

    def stack(name):
        return np.stack([[filled(name, tree[name]) for tree in ensemble] for ensemble in ensembles])

    return {name: jnp.asarray(stack(name)) for name in ensembles[0][0]}


def _rounded_down(threshold):
    """The largest float32 not above each float64 threshold: no float32 input falls between the two."""
    nearest = threshold.astype(np.float32)
    return np.where(nearest > threshold, np.nextafter(nearest, np.float32(-np.inf)), nearest)
