"""What an integrator tells about the steps it took."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array


class Account(NamedTuple):
    """Steps taken, and the extremes of the Jacobi energy [Msun pc^2 Myr^-2] wherever stars were synchronized.

    Leapfrog's energy is off by most for the few steps of a close encounter and then comes back. Looking at
    every sixteenth step would miss four tenths of the largest error (`benchmarks/audit_spacing.py`).
    """

    steps: Array
    lowest_energy: Array
    highest_energy: Array

    def largest_change(self, energy: Array) -> Array:
        """The largest |change| from `energy` on the way; NaN if any energy was."""
        return jnp.maximum(self.highest_energy - energy, energy - self.lowest_energy)
