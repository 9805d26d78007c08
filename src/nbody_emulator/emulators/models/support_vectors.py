"""Support vector regression, by scikit-learn (LIBSVM), with a Gaussian kernel."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.training import TrainingSet
from nbody_emulator.extras import extra

_VECTORS_ROUNDED_TO = 64
"""So that training sets of near-equal size share a compilation."""

_TOLERANCE = 1e-5
"""Of the conditions at the optimum, in standard deviations of the output. At scikit-learn's 1e-3 some runs are taken to
be on the edge of the tube that are not."""


class SupportVectorsModel(eqx.Module):
    """mean = intercept + sum over s of dual_s exp(-gamma |x - vector_s|^2).

    Attributes:
        vectors: (q, s, d) scaled inputs of the runs that are on the edge of the tube or outside it; zeros where an
            output has fewer than the others.
        dual: (q, s) what each adds; zero there.
        intercept: (q,).
        gamma: () inverse square of the kernel's length.
        leverage: (q,) runs on the edge of the tube over all runs. Those alone hold the answer: with them it moves as
            much as their targets do, and with the others, moved a little, not at all. The mean over the training runs
            of the derivative of the answer by the run's own target is this share (Gunter & Zhu 2007, Neural
            Computation 19, 1633).
    """

    vectors: jax.Array
    dual: jax.Array
    intercept: jax.Array
    gamma: jax.Array
    leverage: jax.Array

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        distance = jnp.sum((self.vectors - inputs) ** 2, axis=2)
        mean = self.intercept + jnp.sum(self.dual * jnp.exp(-self.gamma * distance), axis=1)
        return IndependentGaussian(mean, jnp.ones_like(mean), self.leverage)

    @staticmethod
    def of(training: TrainingSet, tube: float, cost: float, gamma: float) -> "SupportVectorsModel":
        """Fit every output to its own observed rows.

        Args:
            tube: residuals up to this cost nothing.
            cost: of a residual of 1 beyond it, beside half the squared norm of the function.
            gamma: inverse square of the kernel's length, times the number of inputs.
        """
        gamma /= training.inputs.shape[1]
        observed = zip(training.observed.T, training.targets.T, strict=True)
        fits = [
            _fit_one(training.inputs[seen], targets[seen], tube, cost, gamma) for seen, targets in observed
        ]
        most = max(len(dual) for _, dual, _, _ in fits)
        most += -most % _VECTORS_ROUNDED_TO
        vectors, dual, intercept, leverage = zip(*fits, strict=True)
        return SupportVectorsModel(
            jnp.asarray(np.stack([_filled(each, most) for each in vectors])),
            jnp.asarray(np.stack([_filled(each, most) for each in dual])),
            jnp.asarray(np.array(intercept)),
            jnp.asarray(gamma),
            jnp.asarray(np.array(leverage)),
        )


def _fit_one(inputs, targets, tube, cost, gamma):
    """Support vectors (s, d), their duals (s,), the intercept and the leverage of one output."""
    with extra("fitting"):  # imported here: a saved emulator does not need it
        from sklearn.svm import SVR

    machine = SVR(kernel="rbf", C=cost, epsilon=tube, gamma=gamma, tol=_TOLERANCE).fit(inputs, targets)
    dual = machine.dual_coef_[0]
    # LIBSVM sets the dual of a run outside the tube to the bound itself.
    on_the_edge = np.sum(np.abs(dual) < cost)
    return machine.support_vectors_, dual, machine.intercept_[0], on_the_edge / len(targets)


def _filled(rows, count):
    return np.concatenate([rows, np.zeros((count - len(rows), *rows.shape[1:]))])
