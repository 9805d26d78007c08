"""A Gaussian of each output, as two numbers: its mean and the logarithm of its variance."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.models.head import AbstractHead, AbstractReading

VARIANCE_POWER = 0.5
"""Weight variance^0.5 of each run in the gradient (beta-NLL, Seitzer et al. 2022): without it a run that is
fitted badly is explained away by a large variance, which costs 0.01-0.05 nats on 80 runs. The recorded losses
are the plain ones."""

_LOWEST_LOG_VARIANCE, _HIGHEST_LOG_VARIANCE = -12.0, 6.0


class GaussianHead(AbstractHead, AbstractReading):
    """All means, then all log variances; one loss for each output.

    Attributes:
        outputs: how many.
    """

    outputs: int = eqx.field(static=True)

    @property
    def first_biases(self) -> np.ndarray:
        return np.zeros(2 * self.outputs)

    def distribution(self, numbers: jax.Array) -> IndependentGaussian:
        mean, log_variance = jnp.split(numbers, 2)
        variance = jnp.exp(jnp.clip(log_variance, _LOWEST_LOG_VARIANCE, _HIGHEST_LOG_VARIANCE))
        # What more runs would remove of a member's own variance is not known.
        return IndependentGaussian(mean, variance, jnp.zeros_like(mean))

    def charged(self, observed: np.ndarray) -> np.ndarray:
        return observed

    def losses(
        self, numbers: jax.Array, targets: jax.Array, observed: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        """Negative log densities up to a constant."""
        del observed
        gaussian = self.distribution(numbers)
        losses = 0.5 * (jnp.log(gaussian.variance) + (targets - gaussian.mean) ** 2 / gaussian.variance)
        return losses, jax.lax.stop_gradient(gaussian.variance) ** VARIANCE_POWER
