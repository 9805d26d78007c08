"""What a head is: the network it takes, and what the network's numbers are charged for a run."""

from abc import abstractmethod
from typing import Any, ClassVar, Protocol

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.emulators.distributions.distribution import AbstractDistribution
from nbody_emulator.emulators.models.perceptron import draw_perceptron


class TrainedNetwork(Protocol):
    """A network that can be trained: its arrays are its leaves."""

    def narrowed(self, width: int) -> Any:
        """With its first `width` hidden units alone; leaves may carry leading axes."""

    def weights_alone(self) -> Any:
        """Ones in place of its weights, which decay, and zeros in place of its biases, which do not."""


class AbstractReading(eqx.Module):
    """Reads a network's numbers as a distribution. Without arrays of its own."""

    @abstractmethod
    def distribution(self, numbers: jax.Array) -> AbstractDistribution:
        """Of the scaled outputs, from the numbers (m,)."""


class AbstractHead(eqx.Module):
    """Without arrays of its own. A run is charged one loss or several, one for each output for instance."""

    width_rounded_to: ClassVar[int] = 32
    """Hidden units up to the next multiple share a compilation."""

    @property
    def is_shown_anew(self) -> bool:
        """Whether networks are shown the runs in another way in every epoch, `shown`."""
        return False

    @property
    @abstractmethod
    def first_biases(self) -> np.ndarray:
        """(m,) of the network's last layer, where training starts: as many as the numbers it has to give."""

    def draw(self, inputs: int, units: jax.Array, depth: int, key: jax.Array) -> Any:
        """The `TrainedNetwork` that training starts from, of this many inputs and hidden layers, with `units` (width,)
        ones for those in use.
        """
        biases = self.first_biases
        drawn = draw_perceptron(inputs, len(units), depth, len(biases), units, key)
        return eqx.tree_at(lambda network: network.layers[-1].bias, drawn, jnp.asarray(biases))

    def numbers(self, network: Any, inputs: jax.Array, targets: jax.Array, units: jax.Array) -> jax.Array:
        """What the network says of a run in training; most are not shown its `targets`."""
        del targets
        return network(inputs, units)

    def shown(self, inputs: jax.Array, key: jax.Array) -> jax.Array:
        """The inputs (n, d) of one epoch of training, where these are shown anew."""
        del key
        return inputs

    @abstractmethod
    def charged(self, observed: np.ndarray) -> np.ndarray:
        """Which losses (n, r) runs are charged in which these outputs (n, q) were observed."""

    @abstractmethod
    def losses(
        self, numbers: jax.Array, targets: jax.Array, observed: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        """The losses (r,) of one run, and the factors (r,) by which they are followed in training.

        Args:
            numbers: of the network.
            targets: (q,) scaled, anything finite where missing.
            observed: (q,) one where there is a target, else zero.
        """
