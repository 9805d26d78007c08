"""Mass-segregation ratio: how much closer together the heaviest stars are than others.

That of Allison et al. (2009), MNRAS 395, 1449: the length of the minimum spanning tree of as many random bound
stars, on average, over that of the ten heaviest bound stars. 1 is no segregation, above 1 the heavy stars are
concentrated. Beyond the cluster's shape it needs no centre and no profile.
"""

import numpy as np

from nbody_emulator.streams import generator
from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.summaries.statistic import Statistic

HEAVIEST = 10
"""Stars in a tree, the paper's choice for small clusters."""

SUBSETS = 300
"""Random trees, whose mean is then known to a few parts in a thousand."""


def mass_segregation_ratio(snapshot: Snapshot) -> float:
    """Mean length of a random tree over that of the heaviest stars' tree; NaN if these are not told apart."""
    masses, positions = snapshot.bound_masses, snapshot.bound_positions
    heaviest_first = np.argsort(-masses, kind="stable")
    if masses[heaviest_first[HEAVIEST - 1]] == masses[heaviest_first[HEAVIEST]]:
        return np.nan
    heavy = positions[heaviest_first[:HEAVIEST]]
    # Drawn by rank in radius, which the order of the stars in the file does not change.
    by_radius = positions[np.argsort(np.sum(positions**2, axis=1), kind="stable")]
    return mean_tree_length(by_radius[_subsets(len(masses))]) / mean_tree_length(heavy[None])


def mean_tree_length(groups: np.ndarray) -> float:
    """Mean length [pc] of the minimum spanning trees of groups (S, K, 3) of stars, by one forest of them all."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    count, size = groups.shape[:2]
    first, second = np.triu_indices(size, k=1)
    lengths = np.sqrt(np.sum((groups[:, first] - groups[:, second]) ** 2, axis=2))
    offsets = size * np.arange(count)[:, None]
    edges = ((offsets + first).ravel(), (offsets + second).ravel())
    forest = minimum_spanning_tree(coo_array((lengths.ravel(), edges), shape=(count * size, count * size)))
    return float(np.sum(forest.data)) / count


def _subsets(stars: int) -> np.ndarray:
    """Indices (SUBSETS, HEAVIEST), distinct in each row; the same in every snapshot of as many stars."""
    shuffled = generator(0, "mass-segregation-ratio", stars).random((SUBSETS, stars))
    return np.argpartition(shuffled, HEAVIEST, axis=1)[:, :HEAVIEST]


STATISTIC = Statistic(
    variable="mass_segregation_ratio",
    units="1",
    long_name="length of the minimum spanning tree of random bound stars, on average, over that of the heaviest "
    "bound stars (Allison et al. 2009)",
    minimum_bound_stars=2 * HEAVIEST,
    measure=mass_segregation_ratio,
    attributes={"stars_in_a_tree": HEAVIEST, "random_trees": SUBSETS},
)
