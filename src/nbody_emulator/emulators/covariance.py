"""The covariance of a Gaussian process: a stationary kernel with a length per input, a prior mean, and noise."""

import equinox as eqx
import jax
import jax.numpy as jnp
from tinygp import kernels
from tinygp.kernels.distance import L2Distance

import nbody_emulator.double_precision  # noqa: F401

KERNELS = {
    "matern52": lambda: kernels.Matern52(distance=L2Distance()),
    "matern32": lambda: kernels.Matern32(distance=L2Distance()),
    "squared_exponential": lambda: kernels.ExpSquared(),
}
"""Stationary kernels of unit variance and unit length."""

MEANS = {
    "constant": lambda: kernels.Constant(1.0),
    "linear": lambda: kernels.Constant(1.0) + kernels.DotProduct(),
}
"""Prior means as kernels: a level of variance 1, and slopes of variance 1, in scaled units."""


class Covariance(eqx.Module):
    """k(x, x') = amplitude^2 stationary(x / length, x' / length) + mean's kernel; noise exp(level + slopes . x).

    Attributes:
        log_variance: () logarithm of amplitude^2.
        log_length: (d,) logarithm of the length along each scaled input.
        noise_level: () logarithm of the noise variance at the centre of the training runs.
        noise_slopes: (d,) its slopes in the scaled inputs.
        kernel: a name in `KERNELS`.
        mean: a name in `MEANS`.
    """

    log_variance: jax.Array
    log_length: jax.Array
    noise_level: jax.Array
    noise_slopes: jax.Array
    kernel: str = eqx.field(static=True)
    mean: str = eqx.field(static=True)

    def between(self, first: jax.Array, second: jax.Array) -> jax.Array:
        """(n, m) covariance of the noiseless function at inputs (n, d) and (m, d)."""
        shrink = jnp.exp(-self.log_length)
        stationary = KERNELS[self.kernel]()(first * shrink, second * shrink)
        return jnp.exp(self.log_variance) * stationary + MEANS[self.mean]()(first, second)

    def noise(self, inputs: jax.Array) -> jax.Array:
        """(...,) variance of the noise at inputs (..., d)."""
        return jnp.exp(self.noise_level + inputs @ self.noise_slopes)


def empty_covariance(kernel: str, mean: str, inputs: int) -> Covariance:
    """A covariance of unit variance, lengths and noise, to be fitted or filled with saved leaves."""
    return Covariance(jnp.zeros(()), jnp.zeros(inputs), jnp.zeros(()), jnp.zeros(inputs), kernel, mean)
