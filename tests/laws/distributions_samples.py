"""One distribution of each class, of three correlated outputs where it can have a correlation."""

import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.emulators.distributions.autoregressive import AbstractChain, Autoregressive
from nbody_emulator.emulators.distributions.draws import Draws
from nbody_emulator.emulators.distributions.gaussian import Gaussian
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.distributions.johnson_copula import JohnsonCopula
from nbody_emulator.emulators.distributions.mixture import Mixture
from nbody_emulator.emulators.distributions.normal_mixture import NormalMixture
from nbody_emulator.emulators.random_keys import random_key
from nbody_emulator.streams import generator

RANDOM = generator(9, "distributions")
OUTPUTS, COMPONENTS = 3, 4
TRIANGLE = jnp.array([[0.8, 0.0, 0.0], [0.5, 0.6, 0.0], [-0.3, 0.4, 1.1]])
MEANS = jnp.asarray(RANDOM.normal(size=(COMPONENTS, OUTPUTS)))
VARIANCES = jnp.asarray(RANDOM.uniform(0.1, 2.0, size=(COMPONENTS, OUTPUTS)))
LOG_WEIGHTS = jnp.log(jnp.array([0.1, 0.2, 0.3, 0.4]))

INDEPENDENT = IndependentGaussian(MEANS[0], VARIANCES[0], 0.3 * VARIANCES[0])
GAUSSIAN = Gaussian(MEANS[1], TRIANGLE, 0.2 * TRIANGLE @ TRIANGLE.T)
EACH_GAUSSIAN = jax.vmap(lambda mean, scale: GAUSSIAN.affine(mean, jnp.sqrt(scale)))(MEANS, VARIANCES)

CORRELATION_TRIL = jnp.array([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [-0.48, 0.6, 0.64]])
SPREADS = jnp.array([0.6, 0.3, 0.45])
JOHNSON = JohnsonCopula.of_moments(
    MEANS[2],
    VARIANCES[2],
    jnp.array([-0.5, 0.2, 0.0]),
    jnp.array([0.6, 0.3, 0.45]),
    CORRELATION_TRIL,
    0.1 * jnp.eye(OUTPUTS),
)


class LinearChain(AbstractChain):
    """Mixtures whose means are linear in the outputs before: joint mixtures of Gaussians.

    Attributes:
        slopes: (q, q) of which the triangle below the diagonal is used.
        levels: (q, k) of the components.
        deviations: (q,) of all components.
    """

    slopes: jax.Array
    levels: jax.Array
    deviations: jax.Array

    def __call__(self, place, values):
        levels, deviation = self.levels[place], self.deviations[place]
        means = levels + jnp.sum(self.slopes[place, :place] * values[:place])
        weights = jnp.linspace(1.0, 2.0, len(levels))
        log_weights = jnp.log(weights / weights.sum())
        return NormalMixture(log_weights, means, jnp.full_like(means, deviation**2))


def chained(slopes, levels, deviations) -> Autoregressive:
    """Of these chains, a leading axis for each member; the last output comes first in them."""
    chains = LinearChain(*map(jnp.asarray, (slopes, levels, deviations)))
    ones = jnp.ones(OUTPUTS)
    return Autoregressive(chains, jnp.eye(OUTPUTS)[::-1], 0.0 * ones, ones, ones)


SLOPES = np.array([[[0.0, 0.0, 0.0], [0.6, 0.0, 0.0], [-0.4, 0.5, 0.0]]] * 2) * [[[1.0]], [[0.8]]]
LEVELS = np.array([[[-0.5, 0.7], [0.3, -0.4], [0.1, 0.9]], [[-0.3, 0.6], [0.2, -0.6], [0.0, 1.1]]])
DEVIATIONS = np.array([[0.7, 0.8, 0.6], [0.8, 0.7, 0.6]])

DISTRIBUTIONS = {
    "independent": INDEPENDENT,
    "gaussian": GAUSSIAN,
    "mixture of independent": Mixture(LOG_WEIGHTS, IndependentGaussian(MEANS, VARIANCES, 0.3 * VARIANCES)),
    "mixture of gaussians": Mixture(LOG_WEIGHTS, EACH_GAUSSIAN),
    "johnson copula": JOHNSON,
    "autoregressive": chained(SLOPES, LEVELS, DEVIATIONS),
    "draws": Draws(GAUSSIAN.sample(random_key(3), 60) ** 3 / 4.0, 0.1 * jnp.eye(OUTPUTS)),
}
