"""Runs of any number of stars in a few fixed sizes, for a program is compiled anew for each size.

A run's size is a function of its own number of stars alone, so that its bits know nothing of its neighbours. The
slots left over hold no mass: they pull nobody, and have no energy. They rest in the turning frame at distinct
places along the orbit, the one direction in which nothing but the cluster pulls, so far away that no star comes
near and no integrator has to care.
"""

from collections.abc import Sequence

import numpy as np

from nbody_emulator.simulation.initial_conditions import InitialConditions
from nbody_emulator.simulation.tide import Tide

SLOTS = 64
"""Runs of one block have multiples of this as sizes: 200 stars then cost up to 1.6 times as much, 1000 1.1 times."""

SPACING_PC = 1e6
"""Distance of an empty slot from the cluster and from the next."""


def padded(stars: InitialConditions, tide: Tide, multiple: int = SLOTS) -> InitialConditions:
    """The stars, and empty slots until their number is a multiple of `multiple`."""
    empty = -len(stars.masses) % multiple
    nothing = np.zeros(empty)
    along = SPACING_PC * np.arange(1, empty + 1)
    slots = InitialConditions(
        masses=nothing,
        positions=np.stack([nothing, along, nothing], axis=1),
        velocities=np.stack([-tide.angular_speed * along, nothing, nothing], axis=1),
    )
    return InitialConditions(*(np.concatenate(parts) for parts in zip(stars, slots, strict=True)))


def stack(arrays: Sequence[np.ndarray], axis: int, fill: float) -> np.ndarray:
    """Arrays that differ in length along `axis` alone as one, a row each, the shorter ones filled up."""
    longest = max(array.shape[axis] for array in arrays)
    rows = []
    for array in arrays:
        widths = [(0, 0)] * array.ndim
        widths[axis] = (0, longest - array.shape[axis])
        rows.append(np.pad(array, widths, constant_values=fill))
    return np.stack(rows)
