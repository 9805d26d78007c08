"""The covariance of a Gaussian process: a stationary kernel with a length per input, a prior mean, and
noise.
"""

from collections.abc import Callable, Mapping

import equinox as eqx
import jax
import jax.numpy as jnp
from tinygp import kernels

import nbody_emulator.double_precision  # noqa: F401


def _of_distances(kernel: kernels.Stationary) -> Callable[[jax.Array], jax.Array]:
    """The kernel as a function of distances (n, m): tinygp evaluates it between a place on a line and its origin."""
    return jnp.vectorize(lambda distance: kernel.evaluate(distance, 0.0))  # type: ignore[arg-type] # takes numbers too


KERNELS = {
    "matern52": _of_distances(kernels.Matern52()),
    "matern32": _of_distances(kernels.Matern32()),
    "squared_exponential": _of_distances(kernels.ExpSquared()),
}
"""Stationary kernels of unit variance and unit length, as functions of distances (n, m)."""

MEANS = {
    "linear": kernels.Constant(1.0) + kernels.DotProduct(),
    "constant": kernels.Constant(1.0),
}
"""Prior means as kernels of inputs (n, d) and (m, d): a level of variance 1, slopes of variance 1, in scaled units."""


class KernelAndMean(eqx.Module):
    """Which kernel and which prior mean, as numbers: one compiled function then serves every candidate.

    For this process alone: files hold the names.

    Attributes:
        kernel: () position in `KERNELS`.
        mean: () position in `MEANS`.
    """

    kernel: jax.Array
    mean: jax.Array

    @staticmethod
    def named(kernel: str, mean: str) -> "KernelAndMean":
        """The functions with these names.

        Raises:
            ValueError: a name is not known.
        """
        return KernelAndMean(_position(KERNELS, "kernel", kernel), _position(MEANS, "mean", mean))


class Covariance(eqx.Module):
    """k(x, x') = exp(log_variance) kernel(x / length, x' / length) + mean's kernel; noise exp(level + slopes
    . x).

    Attributes:
        log_variance: () logarithm of the variance of the function around its prior mean.
        log_length: (d,) logarithm of the length along each scaled input.
        noise_level: () logarithm of the noise variance at the centre of the training runs.
        noise_slopes: (d,) its slopes in the scaled inputs.
    """

    log_variance: jax.Array
    log_length: jax.Array
    noise_level: jax.Array
    noise_slopes: jax.Array

    def between(self, functions: KernelAndMean, first: jax.Array, second: jax.Array) -> jax.Array:
        """(n, m) covariance of the noiseless function at inputs (n, d) and (m, d)."""
        stationary = _choose(KERNELS, functions.kernel, self._distances(first, second))
        return jnp.exp(self.log_variance) * stationary + _choose(MEANS, functions.mean, first, second)

    def _distances(self, first, second):
        """(n, m) distances in units of the lengths, with gradient zero where a point meets itself."""
        # The lengths enter by one product with all squared differences: the gradient of tinygp's own pairwise
        # evaluation is summed in an order that depends on the number of cores, and takes longer
        # (`benchmarks/process_likelihood.py`).
        squared = (first[:, None] - second[None]) ** 2 @ jnp.exp(-2.0 * self.log_length)
        apart = squared > 0.0
        return jnp.where(apart, jnp.sqrt(jnp.where(apart, squared, 1.0)), 0.0)

    def noise(self, inputs: jax.Array) -> jax.Array:
        """(...,) variance of the noise at inputs (..., d)."""
        return jnp.exp(self.noise_level + inputs @ self.noise_slopes)


def _position(register, kind, name):
    if name not in register:
        raise ValueError(f"no {kind} is called {name!r}; there are {', '.join(register)}")
    return jnp.int32(list(register).index(name))


def _choose(register: Mapping[str, Callable], position: jax.Array, *arguments: jax.Array) -> jax.Array:
    """What the function at this position of the register makes of the arguments."""
    # Checkpointed: otherwise the gradient keeps an (n, n) array for every branch, taken or not.
    branches = [jax.checkpoint(function) for function in register.values()]
    return jax.lax.switch(position, branches, *arguments)
