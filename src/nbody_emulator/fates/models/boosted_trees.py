"""Trees grown by scikit-learn, kept as arrays that are walked by gathers."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.extras import extra
from nbody_emulator.fates.known_stars import KnownStars
from nbody_emulator.fates.preparation import Prepared

_FEWEST_IN_A_LEAF = 20

_RIDGE = 1.0
"""Of the squared values of leaves: where all stars of a leaf are alike, only this keeps its odds finite."""

_FIELDS = {
    "feature": ("feature_idx", np.int32),
    "threshold": ("num_threshold", float),
    "missing_go_left": ("missing_go_to_left", bool),
    "left": ("left", np.int32),
    "right": ("right", np.int32),
    "is_leaf": ("is_leaf", bool),
    "value": ("value", float),
}
"""Field of ours -> column of scikit-learn's nodes, and its type."""


class BoostedTreesModel(eqx.Module):
    """All arrays (trees, nodes) but the start; what is no node is a leaf that says nothing.

    Attributes:
        start: () log odds before any tree.
        feature, threshold: go left if this input is at most that.
        missing_go_left: whether stars without this input do.
        left, right: the children.
        is_leaf, value: where a walk ends, and what it adds to the log odds.
    """

    start: jax.Array
    feature: jax.Array
    threshold: jax.Array
    missing_go_left: jax.Array
    left: jax.Array
    right: jax.Array
    is_leaf: jax.Array
    value: jax.Array

    def __call__(self, prepared: Prepared) -> jax.Array:
        trees = jnp.arange(len(self.feature))

        def of_star(inputs):
            def step(nodes):
                asked = inputs[self.feature[trees, nodes]]
                goes_left = jnp.where(
                    jnp.isnan(asked),
                    self.missing_go_left[trees, nodes],
                    asked <= self.threshold[trees, nodes],
                )
                below = jnp.where(goes_left, self.left[trees, nodes], self.right[trees, nodes])
                return jnp.where(self.is_leaf[trees, nodes], nodes, below)

            ends = jax.lax.while_loop(
                lambda nodes: ~jnp.all(self.is_leaf[trees, nodes]),
                step,
                jnp.zeros(len(trees), dtype=jnp.int32),
            )
            return jnp.sum(self.value[trees, ends])

        return self.start + jax.vmap(of_star)(prepared.of_each)

    @staticmethod
    def of(known: KnownStars, trees: int, leaves: int, rate: float, key: int) -> "BoostedTreesModel":
        """Grow `trees` of at most so many leaves, one after the other."""
        with extra("fitting"):  # imported here: saved trees do not need it
            from sklearn.ensemble import HistGradientBoostingClassifier

        answers = known.answers
        if answers.all() or not answers.any():
            # All alike, there is nothing to be asked: one tree that is a leaf.
            odds = known.share / (1.0 - known.share)
            return BoostedTreesModel(jnp.log(jnp.asarray(odds)), **_stacked([_leaf()], 1))
        machine = HistGradientBoostingClassifier(
            learning_rate=rate,
            max_iter=trees,
            max_leaf_nodes=leaves,
            min_samples_leaf=_FEWEST_IN_A_LEAF,
            l2_regularization=_RIDGE,
            early_stopping=False,
            random_state=key % 2**32,
        ).fit(_with_something(known.inputs), answers)
        # The fitted trees have no public face; a test holds our walk through them to what the machine itself says.
        grown = [tree.nodes for (tree,) in machine._predictors]
        start = jnp.asarray(float(np.ravel(machine._baseline_prediction)[0]))
        return BoostedTreesModel(start, **_stacked(grown, 2 * leaves - 1))


def _with_something(inputs: np.ndarray) -> np.ndarray:
    """The inputs (m, d), zero throughout where all are missing: of such a column nothing can be asked."""
    return np.where(np.isnan(inputs).all(axis=0), 0.0, inputs)


def _leaf() -> Any:
    kinds = dict(_FIELDS.values())
    nodes = np.zeros(1, dtype=list(kinds.items()))
    nodes["is_leaf"] = 1
    return nodes


def _stacked(grown: list[Any], most: int) -> dict[str, jax.Array]:
    """Arrays (trees, nodes) by name, with room for as many nodes as there may be: one program then serves every fit."""

    def stack(name: str) -> jax.Array:
        column, kind = _FIELDS[name]
        empty = name == "is_leaf"
        rows = [
            np.pad(nodes[column].astype(kind), (0, most - len(nodes)), constant_values=empty)
            for nodes in grown
        ]
        return jnp.asarray(np.stack(rows))

    return {name: stack(name) for name in _FIELDS}
