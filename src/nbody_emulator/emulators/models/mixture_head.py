"""A mixture of Gaussians of all outputs together, each written as a chain: every output given those before it.

In a component the mean of an output is linear in the residuals of the outputs before it, and its spread is its own: the
factor of the component's precision, whose density needs no factorization. Source of the idea: Bishop 1994 (Mixture
density networks, NCRG/94/004); with full covariance in this form, Williams 1996 (Neural Computation 8, 843).
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp

from nbody_emulator.emulators.distributions.gaussian import Gaussian
from nbody_emulator.emulators.distributions.mixture import Mixture
from nbody_emulator.emulators.models.head import AbstractHead, AbstractReading

_LOWEST_LOG_DEVIATION, _HIGHEST_LOG_DEVIATION = -4.0, 2.0


class MixtureHead(AbstractHead, AbstractReading):
    """One loss for a run: of its outputs up to the first that is missing, which are to come last.

    Attributes:
        outputs: how many.
        components: Gaussians in the mixture.
    """

    outputs: int = eqx.field(static=True)
    components: int = eqx.field(static=True)

    @property
    def first_biases(self) -> np.ndarray:
        """Means apart, so that components differ."""
        of_component = 1 + 2 * self.outputs + self.outputs * (self.outputs - 1) // 2
        biases = np.zeros((self.components, of_component))
        apart = np.linspace(-1.0, 1.0, self.components) if self.components > 1 else np.zeros(1)
        biases[:, 1 : 1 + self.outputs] = apart[:, None]
        return biases.ravel()

    def distribution(self, numbers: jax.Array) -> Mixture:
        log_weights, means, log_deviations, slopes = self._parts(numbers)

        def triangle(log_deviations, slopes):
            # Residuals e and standard normals z: (1 - slopes) e = deviations z.
            chain = jnp.eye(self.outputs) - slopes
            return jax.scipy.linalg.solve_triangular(chain, jnp.diag(jnp.exp(log_deviations)), lower=True)

        triangles = jax.vmap(triangle)(log_deviations, slopes)
        return Mixture(log_weights, Gaussian(means, triangles, jnp.zeros_like(triangles)))

    def charged(self, observed: np.ndarray) -> np.ndarray:
        return observed[:, :1]

    def losses(
        self, numbers: jax.Array, targets: jax.Array, observed: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        """The negative log density over the number of outputs, up to a constant."""
        log_weights, means, log_deviations, slopes = self._parts(numbers)
        residuals = targets - means
        z = (residuals - jnp.einsum("kij,kj->ki", slopes, residuals)) * jnp.exp(-log_deviations)
        terms = -0.5 * z**2 - log_deviations
        density = logsumexp(log_weights + jnp.sum(terms * jnp.cumprod(observed), axis=1))
        return -density[None] / self.outputs, jnp.ones(1)

    def _parts(self, numbers):
        """Log weights (k,), means and log deviations (k, q), and slopes (k, q, q) below the diagonal."""
        outputs = self.outputs
        of_component = numbers.reshape(self.components, -1)
        ends = [1, 1 + outputs, 1 + 2 * outputs]
        logits, means, log_deviations, below = jnp.split(of_component, ends, axis=1)
        rows, columns = np.tril_indices(outputs, -1)
        slopes = jnp.zeros((self.components, outputs, outputs)).at[:, rows, columns].set(below)
        clipped = jnp.clip(log_deviations, _LOWEST_LOG_DEVIATION, _HIGHEST_LOG_DEVIATION)
        return jax.nn.log_softmax(logits[:, 0]), means, clipped, slopes
