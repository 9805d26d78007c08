"""One distribution of each class, of three correlated outputs where it can have a correlation."""

import jax
import jax.numpy as jnp

from nbody_emulator.emulators.distributions.draws import Draws
from nbody_emulator.emulators.distributions.gaussian import Gaussian
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.distributions.johnson_copula import JohnsonCopula
from nbody_emulator.emulators.distributions.mixture import Mixture
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

DISTRIBUTIONS = {
    "independent": INDEPENDENT,
    "gaussian": GAUSSIAN,
    "mixture of independent": Mixture(LOG_WEIGHTS, IndependentGaussian(MEANS, VARIANCES, 0.3 * VARIANCES)),
    "mixture of gaussians": Mixture(LOG_WEIGHTS, EACH_GAUSSIAN),
    "johnson copula": JOHNSON,
    "draws": Draws(GAUSSIAN.sample(random_key(3), 60) ** 3 / 4.0, 0.1 * jnp.eye(OUTPUTS)),
}
