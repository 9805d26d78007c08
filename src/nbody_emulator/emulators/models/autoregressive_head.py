"""Networks of a chain of outputs: each reads the inputs and the outputs before its own as a mixture of Gaussians.

Source of the idea: Uria, Murray & Larochelle 2013 (RNADE, NeurIPS 26); of the mixtures: Bishop 1994 (Mixture density
networks, NCRG/94/004).
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.emulators.distributions.autoregressive import AbstractChain
from nbody_emulator.emulators.distributions.distribution import Outputs
from nbody_emulator.emulators.distributions.normal_mixture import NormalMixture
from nbody_emulator.emulators.models.head import AbstractHead
from nbody_emulator.emulators.models.perceptron import Perceptron, draw_perceptron

LOWEST_LOG_DEVIATION, HIGHEST_LOG_DEVIATION = -4.0, 2.0

MOST_EARLIER = 5.0
"""Of an earlier output that a network is shown, in standard deviations: beyond it has seen no run."""


class Conditionals(AbstractChain):
    """Of one member at one point.

    Attributes:
        networks: of each place, stacked on the first axis of every leaf.
        inputs: (d,) scaled.
    """

    networks: Perceptron
    inputs: jax.Array

    def __call__(self, place: int, values: Outputs) -> NormalMixture:
        network = jax.tree.map(lambda leaf: leaf[place], self.networks)
        return mixture_of(network(jnp.concatenate([self.inputs, earlier(values, place)])))


class AutoregressiveHead(AbstractHead):
    """One loss for each output, of runs in which it and all before it were observed.

    Attributes:
        outputs: how many.
        components: Gaussians in each mixture.
    """

    outputs: int = eqx.field(static=True)
    components: int = eqx.field(static=True)

    @property
    def first_biases(self) -> np.ndarray:
        """(q, m) means apart, so that components differ."""
        apart = np.linspace(-1.0, 1.0, self.components) if self.components > 1 else np.zeros(1)
        nothing = np.zeros(self.components)
        return np.tile(np.concatenate([nothing, apart, nothing]), (self.outputs, 1))

    def draw(self, inputs: int, units: jax.Array, depth: int, key: jax.Array) -> Perceptron:
        def one(key, biases):
            drawn = draw_perceptron(inputs + self.outputs - 1, len(units), depth, len(biases), units, key)
            return eqx.tree_at(lambda network: network.layers[-1].bias, drawn, biases)

        return jax.vmap(one)(jax.random.split(key, self.outputs), jnp.asarray(self.first_biases))

    def numbers(
        self, network: Perceptron, inputs: jax.Array, targets: jax.Array, units: jax.Array
    ) -> jax.Array:
        """(q, m), each of the run's own earlier outputs."""
        shown = jnp.stack([earlier(targets, place) for place in range(self.outputs)])
        return jax.vmap(lambda one, shown: one(jnp.concatenate([inputs, shown]), units))(network, shown)

    def charged(self, observed: np.ndarray) -> np.ndarray:
        return np.cumprod(observed, axis=1).astype(bool)

    def losses(
        self, numbers: jax.Array, targets: jax.Array, observed: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        """Negative log densities."""
        del observed
        mixtures = jax.vmap(mixture_of)(numbers)
        densities = jax.vmap(lambda mixture, target: mixture.log_prob(target))(mixtures, targets)
        return -densities, jnp.ones(self.outputs)


def earlier(values: Outputs, place: int) -> jax.Array:
    """(q - 1,) what the network of this place is shown of the outputs `values` (q,): zeros from its own on."""
    shown = jnp.clip(values[:-1], -MOST_EARLIER, MOST_EARLIER)
    return jnp.where(np.arange(len(values) - 1) < place, shown, 0.0)


def mixture_of(numbers: jax.Array) -> NormalMixture:
    """Numbers (m,): logarithms of weights up to a constant, means and log deviations."""
    logits, means, log_deviations = jnp.split(numbers, 3)
    clipped = jnp.clip(log_deviations, LOWEST_LOG_DEVIATION, HIGHEST_LOG_DEVIATION)
    return NormalMixture(jax.nn.log_softmax(logits), means, jnp.exp(2.0 * clipped))
