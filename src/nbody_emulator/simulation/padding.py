"""Runs padded to a few fixed numbers of stars, because JAX compiles a program anew for every shape of its arrays.

A run's size is a function of its own number of stars alone, so that its bits know nothing of its neighbours. The
slots left over hold no mass: they pull nobody, and have no energy. Wherever a slot without mass was said to be, it
is put aside: at rest in the rotating frame, along the orbit, the one direction in which nothing but the cluster
pulls, at a place of its own beyond all stars, so that no star comes near and no integrator has to care.
"""

from collections.abc import Sequence
from types import ModuleType

import numpy as np

from nbody_emulator.simulation.initial_conditions import InitialConditions
from nbody_emulator.simulation.tide import Tide

SLOTS = 64
"""Runs of one block have multiples of this as sizes: 200 stars then cost up to 1.6 times as much, 1000 1.1 times."""

SPACING_PC = 1e6
"""Distance of an empty slot from all stars and from the next."""


def padded(stars: InitialConditions, tide: Tide, multiple: int = SLOTS) -> InitialConditions:
    """The stars, and empty slots until their number is a multiple of `multiple`; all without mass put aside."""
    slots = -len(stars.masses) % multiple
    masses = np.pad(stars.masses, (0, slots))
    positions, velocities = (np.pad(vectors, ((0, slots), (0, 0))) for vectors in stars[1:])
    aside, empty = places_aside(masses, positions, np), (masses == 0.0)[:, None]
    carried = tide.angular_speed * aside[:, [1, 0, 2]] * [-1.0, 1.0, 0.0]
    return InitialConditions(masses, np.where(empty, aside, positions), np.where(empty, carried, velocities))


def places_aside(masses, positions, arrays: ModuleType):
    """Positions (N, 3) [pc] aside, where those stars that have no mass (N,) are to be; `arrays` is numpy or JAX's.

    A star whose mass is not a number is no empty slot.
    """
    empty = masses == 0.0
    reach = arrays.max(arrays.abs(arrays.where(empty[:, None], 0.0, positions)))
    along = reach + SPACING_PC * arrays.cumsum(empty)
    nothing = arrays.zeros_like(along)
    return arrays.stack([nothing, along, nothing], axis=1)


def stack(arrays: Sequence[np.ndarray], axis: int, fill: float) -> np.ndarray:
    """Arrays that differ in length along `axis` alone as one, a row each, the shorter ones filled up."""
    longest = max(array.shape[axis] for array in arrays)
    rows = []
    for array in arrays:
        widths = [(0, 0)] * array.ndim
        widths[axis] = (0, longest - array.shape[axis])
        rows.append(np.pad(array, widths, constant_values=fill))
    return np.stack(rows)
