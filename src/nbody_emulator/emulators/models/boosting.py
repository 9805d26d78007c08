"""Gradient boosted trees per output (Friedman 2001): each is grown on what those before it left over."""

import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.models.trees import AbstractTrees, arrays_of, fewest_in_a_leaf, stacked
from nbody_emulator.emulators.training import TrainingSet
from nbody_emulator.extras import extra
from nbody_emulator.streams import generator, key_integer

_LEAF_RUNS = 5
"""Fewest runs in a leaf: one run alone is to make no leaf, however late it is asked about."""

_NODES_ROUNDED_TO = 64

_PROBES = 64
"""Columns of noise from which the leverage is found: to 6 %, sqrt(2 / 640), where the runs fix ten numbers, and better
where they fix more."""


class BoostingModel(AbstractTrees):
    """The answer is the mean of the training targets and the sum of all trees, each times the learning rate.

    Attributes:
        start: (q,) that mean.
        rate: () the learning rate.
        leverage: (q,) the sum of the squared weights that the training targets have in an answer, with all questions
            that the trees ask taken as given: its mean over the training runs.
    """

    start: jax.Array
    rate: jax.Array
    leverage: jax.Array

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        leaves = self.leaves(inputs)[..., None]
        left_over = jnp.sum(jnp.take_along_axis(self.value, leaves, axis=2), axis=(1, 2))
        mean = self.start + self.rate * left_over
        return IndependentGaussian(mean, jnp.ones_like(mean), self.leverage)

    @staticmethod
    def of(training: TrainingSet, trees: int, depth: int, rate: float, key: int) -> "BoostingModel":
        """Grow `trees` of at most this depth, one after the other, for each output on its own observed rows."""
        ensembles, starts, leverages = [], [], []
        for output, targets in enumerate(training.targets.T):
            seen = np.isfinite(targets)
            names = (key, "boosting", output)
            machine = _boosted(training.inputs[seen], targets[seen], trees, depth, rate, key_integer(*names))
            ensembles.append([arrays_of(member) for member in machine.estimators_[:, 0]])
            starts.append(np.mean(targets[seen]))
            noise = generator(*names, "probes").standard_normal((seen.sum(), _PROBES))
            leverages.append(_leverage(machine.apply(training.inputs[seen]), noise, rate))
        nodes = max(len(tree["feature"]) for ensemble in ensembles for tree in ensemble)
        return BoostingModel(
            **stacked(ensembles, nodes + -nodes % _NODES_ROUNDED_TO),
            start=jnp.asarray(np.array(starts)),
            rate=jnp.asarray(rate),
            leverage=jnp.asarray(np.array(leverages)),
        )


def _boosted(inputs, targets, trees, depth, rate, seed):
    with extra("fitting"):  # imported here: saved trees do not need it
        from sklearn.ensemble import GradientBoostingRegressor

    machine = GradientBoostingRegressor(
        n_estimators=trees,
        max_depth=depth,
        learning_rate=rate,
        min_samples_leaf=fewest_in_a_leaf(_LEAF_RUNS, len(targets)),
        random_state=seed % 2**32,
    )
    return machine.fit(inputs, targets)


def _leverage(leaves: np.ndarray, noise: np.ndarray, rate: float) -> float:
    """The mean square of the answers to noise of unit variance, which is what their squared weights sum to.

    Args:
        leaves: (n, trees) where each tree puts the training runs.
        noise: (n, columns) targets, to which the same trees are fitted.
    """
    answers = np.broadcast_to(noise.mean(axis=0), noise.shape)
    for tree in leaves.T:
        places, counts = np.unique(tree, return_inverse=True, return_counts=True)[1:]
        sums = np.zeros((len(counts), noise.shape[1]))
        np.add.at(sums, places, noise - answers)
        answers = answers + rate * (sums / counts[:, None])[places]
    return float(np.mean(answers**2))
