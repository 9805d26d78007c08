"""The hardest binary: the star is one of the two that are bound most to each other."""

import numpy as np

from nbody_emulator.fates.fate import Fate
from nbody_emulator.summaries.hardest_binary_energy import pair_energies
from nbody_emulator.summaries.snapshot import Snapshot


def members(snapshot: Snapshot) -> np.ndarray:
    """(N,) True for both; for nobody where no two bound stars are bound to each other."""
    found = np.zeros(len(snapshot.masses), dtype=bool)
    if snapshot.bound_stars < 2:
        return found
    inverse = snapshot.inverse_distances[np.ix_(snapshot.bound, snapshot.bound)]
    energies = pair_energies(snapshot.bound_masses, snapshot.bound_velocities, inverse)
    pair = np.unravel_index(np.argmax(energies), energies.shape)
    if energies[pair] > 0.0:
        found[np.flatnonzero(snapshot.bound)[list(pair)]] = True
    return found


FATE = Fate(
    happening="is in the hardest binary",
    meaning="of all pairs of bound stars its own has the largest binding energy, as hardest_binary_energy takes it",
    happened=members,
)
