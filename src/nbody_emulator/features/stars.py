"""The stars themselves, as a model is given them: in a frame that has no scale, slots of missing stars empty.

Lengths are in half-mass radii, velocities in velocity dispersions, masses in shares of the whole, potentials in squared
velocity dispersions: what a cluster's scales are, features say.
"""

import numpy as np

from nbody_emulator.features.start import Start
from nbody_emulator.quantities.quantity import Covariate

QUANTITIES = ("mass", "x", "y", "z", "vx", "vy", "vz", "potential")
"""Of each star, in this order; a mass of 0 is an empty slot."""


def star_values(start: Start, slots: int) -> np.ndarray:
    """(slots, 8) the quantities of every star, heaviest first, and zeros in slots that the cluster has no star for.

    Raises:
        ValueError: the cluster has more stars than there are slots, or no scale: all stars at rest or at one place.
    """
    stars = len(start.masses)
    if stars > slots:
        raise ValueError(f"a cluster of {stars} stars has no place among {slots} slots")
    speed, length = start.velocity_dispersion, start.half_mass_radius
    if not (speed > 0.0 and length > 0.0):
        raise ValueError("stars that are all at rest, or half of whose mass is in one place, have no scale")
    columns = [
        start.shares[:, None],
        start.centered_positions / length,
        start.centered_velocities / speed,
        start.potential[:, None] / speed**2,
    ]
    return np.pad(np.concatenate(columns, axis=1), ((0, slots - stars), (0, 0)))


def star_covariates(slots: int) -> tuple[Covariate, ...]:
    """The inputs of emulators that these are, star by star."""
    return tuple(
        Covariate.of(f"star_{number + 1}_{quantity}", "1", "linear", is_of_star=True)
        for number in range(slots)
        for quantity in QUANTITIES
    )
