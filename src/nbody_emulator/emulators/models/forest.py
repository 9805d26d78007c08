"""A random forest per output."""

import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.models.trees import AbstractTrees, arrays_of, fewest_in_a_leaf, stacked
from nbody_emulator.emulators.training import TrainingSet
from nbody_emulator.extras import extra
from nbody_emulator.streams import key_integer

_NODES_ROUNDED_TO = 256


class ForestModel(AbstractTrees):
    """The answer is the mean of all trees.

    The model variance is that of one tree's leaf mean: trees that disagree make it an upper bound.

    Attributes:
        weight: the sum of the squared weights that the training runs have in the mean of a leaf: of the squares
            of how often the bootstrap drew each, over the square of their sum.
    """

    weight: jax.Array

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        leaves = self.leaves(inputs)[..., None]
        mean = jnp.mean(jnp.take_along_axis(self.value, leaves, axis=2), axis=(1, 2))
        weight = jnp.mean(jnp.take_along_axis(self.weight, leaves, axis=2), axis=(1, 2))
        return IndependentGaussian(mean, jnp.ones_like(mean), weight.astype(mean.dtype))

    @staticmethod
    def of(training: TrainingSet, trees: int, leaf: int, key: int) -> "ForestModel":
        """Grow one forest for each output on its own observed rows, with at least `leaf` runs in a leaf."""
        forests = []
        for output, targets in enumerate(training.targets.T):
            seen = np.isfinite(targets)
            seed = key_integer(key, "forest", output) % 2**32
            forests.append(_grow(training.inputs[seen], targets[seen], trees, leaf, seed))
        nodes = max(len(tree["feature"]) for forest in forests for tree in forest)
        return ForestModel(**stacked(forests, nodes + -nodes % _NODES_ROUNDED_TO))


def _grow(inputs, targets, trees, leaf, seed):
    with extra("fitting"):  # imported here: a saved forest does not need it
        from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(
        n_estimators=trees,
        min_samples_leaf=fewest_in_a_leaf(leaf, len(targets)),
        random_state=seed,
        n_jobs=1,
    )
    forest.fit(inputs, targets)
    drawn = (np.bincount(chosen, minlength=len(targets)) for chosen in forest.estimators_samples_)
    members = zip(forest.estimators_, drawn, strict=True)
    return [{**arrays_of(member), "weight": _weight(member, inputs, times)} for member, times in members]


def _weight(member, inputs, times_drawn):
    tree, leaves = member.tree_, member.apply(inputs)
    squares = np.bincount(leaves, weights=times_drawn**2, minlength=tree.node_count)
    return (squares / tree.weighted_n_node_samples**2).astype(np.float32)
