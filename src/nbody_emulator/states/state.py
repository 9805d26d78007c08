"""One state of a cluster, and what is asked of one that comes from a file."""

from typing import Any, NamedTuple

import numpy as np

from nbody_emulator.settings.error import refuse, shown

FEWEST = 2
"""Stars of a cluster."""

MASS, LENGTH, VELOCITY = "Msun", "pc", "pc Myr-1"
"""Units of a state."""


class State(NamedTuple):
    """Masses (N,) [Msun], positions (N, 3) [pc] and velocities (N, 3) [pc/Myr]."""

    masses: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray


def check_state(key: str, state: State) -> None:
    """Refuse what is no cluster; stars are counted from 1, in the order of the file.

    Raises:
        ConfigurationError: `key`, what is wrong with which star, and the remedy.
    """
    if len(state.masses) < FEWEST:
        refuse(key, f"holds {len(state.masses)} stars", f"give {FEWEST} at least")
    for name, values in state._asdict().items():
        _refuse_any(
            key, ~np.isfinite(values), values, f"of its {name} is not finite", "mend it or leave it out"
        )
    remedy = "leave out tracers and what has merged"
    _refuse_any(key, state.masses <= 0.0, state.masses, "of its masses is not positive", remedy)
    first, second = _at_one_place(state.positions)
    if second:
        problem = f"the stars {first} and {second} are at one place"
        refuse(key, problem, "move one, or put one star of both masses there")


def _refuse_any(key: str, wrong: np.ndarray, values: np.ndarray, problem: str, remedy: str) -> None:
    if wrong.any():
        place: Any = np.unravel_index(np.argmax(wrong), wrong.shape)
        refuse(key, f"{shown(float(values[place]))} of star {place[0] + 1} {problem}", remedy)


def _at_one_place(positions: np.ndarray) -> tuple[int, int]:
    """Numbers of the first two stars that are; zeros where none are."""
    _, first, place = np.unique(positions, axis=0, return_index=True, return_inverse=True)
    others = np.flatnonzero(first[np.ravel(place)] != np.arange(len(positions)))
    if not len(others):
        return 0, 0
    return int(first[np.ravel(place)[others[0]]]) + 1, int(others[0]) + 1
