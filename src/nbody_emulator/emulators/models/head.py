"""What a head is: it reads the numbers of a network as a distribution, and says what they are charged for a run."""

from abc import abstractmethod

import equinox as eqx
import jax
import numpy as np

from nbody_emulator.emulators.distributions.distribution import AbstractDistribution


class AbstractHead(eqx.Module):
    """Without arrays of its own. A run is charged one loss or several, one for each output for instance."""

    @property
    @abstractmethod
    def first_biases(self) -> np.ndarray:
        """(m,) of the network's last layer, where training starts: as many as the numbers it has to give."""

    @abstractmethod
    def distribution(self, numbers: jax.Array) -> AbstractDistribution:
        """Of the scaled outputs (q,), from numbers (m,)."""

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
