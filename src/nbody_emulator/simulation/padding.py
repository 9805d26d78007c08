"""Runs padded to a few fixed numbers of stars, because JAX compiles a program anew for every shape of its arrays.

A run's size is a function of its own number of stars alone, so that its bits know nothing of its neighbours. The
slots left over are empty: they have no mass, and a mask, `present`, tells them from tracers, which have none either
and move. Whatever stood in an empty slot, it is put aside: at rest in the rotating frame, along the orbit, the one
direction in which nothing but the cluster pulls, at a place of its own beyond all stars, so that no star comes near.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nbody_emulator.simulation.shapes import MassColumn, PositionColumns, PresentColumn, VelocityColumns
from nbody_emulator.simulation.stars import InitialConditions
from nbody_emulator.simulation.tide import Tide

SLOTS = 64
"""Runs of one block have multiples of this as sizes: 200 stars then cost up to 1.6 times as much, 1000 1.1 times."""

SPACING_PC = 1e6
"""Distance of an empty slot from all stars and from the next."""


class Slots(NamedTuple):
    """Stars in slots, of which some may be empty: `present` (N,) tells which hold a star, the rest as its stars."""

    masses: MassColumn
    positions: PositionColumns
    velocities: VelocityColumns
    present: PresentColumn


def padded(
    stars: InitialConditions, tide: Tide, multiple: int = SLOTS, present: PresentColumn | None = None
) -> Slots:
    """The stars, and empty slots until their number is a multiple of `multiple`; all empty ones put aside.

    `present` (N,) tells which of those given are stars; all by default.
    """
    count = len(stars.masses)
    slots = -count % multiple
    present = np.pad(np.ones(count, bool) if present is None else present, (0, slots))
    masses = np.where(present, np.pad(stars.masses, (0, slots)), 0.0)
    positions, velocities = (np.pad(vectors, ((0, slots), (0, 0))) for vectors in stars[1:])
    aside, here = _places_aside(present, positions), present[:, None]
    carried = tide.angular_speed * aside[:, [1, 0, 2]] * [-1.0, 1.0, 0.0]
    return Slots(masses, np.where(here, positions, aside), np.where(here, velocities, carried), present)


def _places_aside(present: PresentColumn, positions: PositionColumns) -> PositionColumns:
    """Positions (N, 3) [pc] aside, where the slots that hold no star are to be."""
    reach = np.max(np.abs(np.where(present[:, None], positions, 0.0)))
    along = reach + SPACING_PC * np.cumsum(~present)
    nothing = np.zeros_like(along)
    return np.stack([nothing, along, nothing], axis=1)


def stack(arrays: Sequence[np.ndarray], axis: int, fill: float) -> np.ndarray:
    """Arrays that differ in length along `axis` alone as one, a row each, the shorter ones filled up."""
    longest = max(array.shape[axis] for array in arrays)
    rows = []
    for array in arrays:
        widths = [(0, 0)] * array.ndim
        widths[axis] = (0, longest - array.shape[axis])
        rows.append(np.pad(array, widths, constant_values=fill))
    return np.stack(rows)
