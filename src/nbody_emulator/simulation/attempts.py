"""Runs integrated until their energy holds: a run whose error is too large is repeated at half the step.

Runs go one after another through one compiled function, or in chunks of a fixed width, padded with copies.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import jax
import numpy as np

from nbody_emulator.simulation.conditions import Conditions
from nbody_emulator.simulation.integration import Trajectory, integrate, integrate_many


class Attempt(NamedTuple):
    """A finished run: the trajectory that was kept and how it came about.

    Attributes:
        trajectory: of this attempt.
        step_fraction: longest step allowed in it, in crossing times.
        halvings: how often the step had been halved before it.
    """

    trajectory: Trajectory
    step_fraction: float
    halvings: int


def run_all(
    conditions: Sequence[Conditions], integration: dict, report: Callable[[int], None]
) -> list[Attempt | None]:
    """Integrate every run; None for one that cannot start, its initial conditions not being finite.

    An attempt is abandoned once its energy error exceeds `energy_tolerance`; the one after the last halving
    is followed to its end and kept whatever its error. `report(done)` is told how many runs are done.
    """
    attempts: list[Attempt | None] = [None] * len(conditions)
    pending = [index for index, run in enumerate(conditions) if run.finite]
    done = len(conditions) - len(pending)
    for halvings in range(integration["halvings"] + 1):
        is_last = halvings == integration["halvings"]
        failed = []
        for chunk in _chunks(pending, conditions, integration["batch_width"]):
            tried = _attempt([conditions[index] for index in chunk], integration, halvings, is_last)
            for index, attempt in zip(chunk, tried, strict=True):
                if is_last or attempt.trajectory.energy_error <= integration["energy_tolerance"]:
                    attempts[index] = attempt
                    done += 1
                else:
                    failed.append(index)
            report(done)
        pending = failed
    return attempts


def _chunks(pending: list[int], conditions: Sequence[Conditions], width: int) -> Iterator[list[int]]:
    """Indices in chunks of at most `width`, of runs of one size.

    Runs of like length go together: a chunk waits for its longest.
    """

    def size(index: int) -> int:
        return len(conditions[index].stars.masses)

    if width > 1:
        pending = sorted(pending, key=lambda index: (size(index), conditions[index].crossing_times))
    for _, group in groupby(pending, key=size):
        alike = list(group)
        for start in range(0, len(alike), width):
            yield alike[start : start + width]


def _attempt(chosen: list[Conditions], integration: dict, halvings: int, is_last: bool) -> list[Attempt]:
    """Integrate these runs, at most a chunk, once."""
    fraction = integration["step"] / 2**halvings
    method = {
        "integrator": integration["integrator"],
        "abandon_above": np.inf if is_last else integration["energy_tolerance"],
    }
    if integration["batch_width"] == 1:
        trajectories = [integrate(**_arguments(run, fraction), **method) for run in chosen]
    else:
        trajectories = _integrate_chunk(chosen, integration["batch_width"], fraction, method)
    return [Attempt(trajectory, fraction, halvings) for trajectory in trajectories]


def _integrate_chunk(chosen: list[Conditions], width: int, fraction: float, method: dict) -> list[Trajectory]:
    """Integrate these runs side by side in `width` lanes, the idle ones filled with copies of the last."""
    lanes = chosen + [chosen[-1]] * (width - len(chosen))
    rows = [_arguments(run, fraction) for run in lanes]
    together = integrate_many(**jax.tree.map(lambda *lane: np.stack(lane), *rows), **method)
    return [Trajectory(*(field[lane] for field in together)) for lane in range(len(chosen))]


def _arguments(run: Conditions, fraction: float) -> dict:
    return {
        **run.stars._asdict(),
        "times": run.times,
        "softening": run.softening,
        "tide": run.tide,
        "step": fraction * run.crossing_time,
    }
