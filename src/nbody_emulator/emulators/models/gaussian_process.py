"""A Gaussian process per output: tinygp's kernels with one length per input, noise that is log-linear in the
inputs.

Prior means are a constant, or a constant and slopes, both as Gaussian priors in the kernel. Everything but kernel and
mean follows from the marginal likelihood (Rasmussen & Williams 2006, equation 2.30).
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.models.covariance import Covariance, KernelAndMean
from nbody_emulator.emulators.training import TrainingSet, padded

_ROWS_ROUNDED_TO = 64


class GaussianProcessModel(eqx.Module):
    """The conditioned processes of all outputs.

    Attributes:
        kernel, mean: names of kernel and prior mean, the same for all outputs.
        covariance: covariances of the q outputs, stacked on the first axis of every leaf.
        inputs: (n, d) scaled training inputs, zeros in rows that only fill up a round number.
        dual: (q, n) inverse covariance matrix times targets; zero where a target is missing.
        whitening: (q, n, n) inverse Cholesky factor of the covariance matrix: its use is a product, not a
            solve.
    """

    kernel: str = eqx.field(static=True)
    mean: str = eqx.field(static=True)
    covariance: Covariance
    inputs: jax.Array
    dual: jax.Array
    whitening: jax.Array

    def __check_init__(self):
        KernelAndMean.named(
            self.kernel, self.mean
        )  # refuses a name that is not known, before anything is asked of it

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        functions = KernelAndMean.named(self.kernel, self.mean)

        def one_output(covariance, dual, whitening):
            similarity = covariance.between(functions, self.inputs, inputs[None])[:, 0]
            prior = covariance.between(functions, inputs[None], inputs[None])[0, 0]
            # Rounding can bring the difference a hair below zero.
            model_variance = jnp.maximum(prior - jnp.sum((whitening @ similarity) ** 2), 0.0)
            return similarity @ dual, model_variance + covariance.noise(inputs), model_variance

        return IndependentGaussian(*eqx.filter_vmap(one_output)(self.covariance, self.dual, self.whitening))

    @staticmethod
    def of(
        training: TrainingSet,
        kernel: str,
        mean: str,
        rows: tuple[int, int | None],
        length: float | None,
        key: int,
    ) -> "GaussianProcessModel":
        """Maximum marginal likelihood for each output on its own observed rows, then conditioning on all of them.

        Args:
            rows: from how many the covariance is fitted first, and then; all if None.
            length: along all scaled inputs; fitted if None.
        """
        # Needs SciPy, which using a process does not.
        from nbody_emulator.emulators.models.marginal_likelihood import condition, fit_covariance

        functions = KernelAndMean.named(kernel, mean)
        learned = padded(training.select(np.any(training.observed, axis=1)), _ROWS_ROUNDED_TO)
        limits = (rows[0], rows[1] or len(learned.inputs))
        conditioned = []
        for output, targets in enumerate(learned.targets.T):
            stream = (key, "output", output)
            covariance = fit_covariance(functions, learned.inputs, targets, limits, length, stream)
            conditioned.append((covariance, *condition(functions, covariance, learned.inputs, targets)))
        covariances, duals, whitenings = zip(*conditioned, strict=True)
        stacked = jax.tree.map(_stacked, *covariances)
        inputs = jnp.asarray(learned.inputs)
        return GaussianProcessModel(kernel, mean, stacked, inputs, _stacked(*duals), _stacked(*whitenings))


def _stacked(*leaves):
    # By NumPy, which does not compile for every new shape.
    return jnp.asarray(np.stack(leaves))
