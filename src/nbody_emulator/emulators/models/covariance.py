"""The covariance of a Gaussian process: a stationary kernel with a length per input, a prior mean, and
noise.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from tinygp import kernels

import nbody_emulator.double_precision  # noqa: F401

KERNELS = {
    "matern52": kernels.Matern52(),
    "matern32": kernels.Matern32(),
    "squared_exponential": kernels.ExpSquared(),
}
"""Stationary kernels of unit variance and unit length, as functions of one distance."""

MEANS = {
    "linear": kernels.Constant(1.0) + kernels.DotProduct(),
    "constant": kernels.Constant(1.0),
}
"""Prior means as kernels: a level of variance 1, and slopes of variance 1, in scaled units."""


class Form(eqx.Module):
    """Which kernel and which prior mean, as numbers: one compiled function then serves every candidate.

    For this process alone: files hold the names.

    Attributes:
        kernel: () position in `KERNELS`.
        mean: () position in `MEANS`.
    """

    kernel: jax.Array
    mean: jax.Array

    @staticmethod
    def named(kernel: str, mean: str) -> "Form":
        """The form with these names.

        Raises:
            ValueError: a name is not known.
        """
        return Form(_position(KERNELS, "kernel", kernel), _position(MEANS, "mean", mean))


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

    def between(self, form: Form, first: jax.Array, second: jax.Array) -> jax.Array:
        """(n, m) covariance of the noiseless function at inputs (n, d) and (m, d)."""
        # The lengths enter by one product with all squared differences: the gradient of tinygp's own pairwise
        # evaluation is summed in an order that depends on the number of cores.
        squared = (first[:, None] - second[None]) ** 2 @ jnp.exp(-2.0 * self.log_length)
        apart = squared > 0.0
        distance = jnp.where(apart, jnp.sqrt(jnp.where(apart, squared, 1.0)), 0.0)
        stationary = _choose(KERNELS, form.kernel, distance.reshape(-1, 1), jnp.zeros((1, 1)))
        return jnp.exp(self.log_variance) * stationary.reshape(distance.shape) + _choose(
            MEANS, form.mean, first, second
        )

    def noise(self, inputs: jax.Array) -> jax.Array:
        """(...,) variance of the noise at inputs (..., d)."""
        return jnp.exp(self.noise_level + inputs @ self.noise_slopes)


def _position(register, kind, name):
    if name not in register:
        raise ValueError(f"no {kind} is called {name!r}; there are {', '.join(register)}")
    return jnp.int32(list(register).index(name))


def _choose(register, position, first, second):
    # Checkpointed: otherwise the gradient keeps an (n, n) array for every branch, taken or not.
    branches = [jax.checkpoint(kernel.__call__) for kernel in register.values()]
    return jax.lax.switch(position, branches, first, second)
