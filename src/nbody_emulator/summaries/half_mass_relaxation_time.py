"""Half-mass relaxation time: how long encounters take to redistribute the bound stars' energies.

Published values at one number of stars differ by a factor of two with gamma, the number in the Coulomb logarithm:
0.4 (Spitzer), 0.11 (equal masses: Giersz & Heggie 1994, MNRAS 268, 257), 0.02 (a spectrum of masses). Ours is
0.11 for every mass function, and is stored with the variable. Softening, which weakens encounters, is not in it.
"""

import math

import numpy as np

from nbody_emulator.summaries.mass_profile import radii_holding
from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

GAMMA = 0.11

FEWEST_STARS = math.ceil(math.e / GAMMA)
"""With fewer the Coulomb logarithm is below 1, and the theory void."""


def half_mass_relaxation_time(snapshot: Snapshot) -> float:
    """0.138 N r_h^(3/2) / ((G M)^(1/2) ln(gamma N)) of the N bound stars of total mass M [Myr].

    Source: Spitzer & Hart (1971), ApJ 164, 399; Spitzer (1987), equation 2-63.
    """
    stars, mass = snapshot.bound_stars, np.sum(snapshot.bound_masses)
    radius = radii_holding(snapshot, (0.5,))[0]
    crossing = np.sqrt(radius**3 / (GRAVITATIONAL_CONSTANT * mass))
    return 0.138 * stars * crossing / math.log(GAMMA * stars)


STATISTIC = Statistic(
    variable="half_mass_relaxation_time",
    units="Myr",
    long_name="half-mass relaxation time of the bound stars (Spitzer & Hart 1971)",
    minimum_bound_stars=FEWEST_STARS,
    measure=half_mass_relaxation_time,
    attributes={"gamma": GAMMA},
)
