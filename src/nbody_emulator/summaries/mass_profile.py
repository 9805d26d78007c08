"""The radii that hold given fractions of the bound mass."""

import numpy as np

from nbody_emulator.summaries.snapshot import Snapshot


def radii_holding(snapshot: Snapshot, fractions: tuple[float, ...]) -> np.ndarray:
    """Radii (len(fractions),) [pc] about the bound centre of mass that hold these shares of the bound mass.

    The mass inside a star's radius counts half of the star itself, and is linear in radius from one star to
    the next: the answer moves continuously with the stars; for equal masses the 50 % radius is the median.
    A radius inside the innermost or outside the outermost star is taken to be that star's.
    """
    radii = np.sqrt(np.sum(snapshot.bound_positions**2, axis=1))
    order = np.argsort(radii, kind="stable")
    masses = snapshot.bound_masses[order]
    inside = np.cumsum(masses) - 0.5 * masses
    return np.interp(np.asarray(fractions) * np.sum(masses), inside, radii[order])
