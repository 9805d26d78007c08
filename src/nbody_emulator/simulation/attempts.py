"""Runs integrated until their energy holds: a run whose error is too large is repeated with finer steps.

What is halved is the integrator's own affair: the leapfrog's step, or the accuracy that chooses steps.

Runs go one after another through one compiled function, or in chunks of a fixed width, padded with copies.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import jax
import numpy as np

from nbody_emulator.settings.integration import Integration
from nbody_emulator.simulation.arguments import setting_names
from nbody_emulator.simulation.conditions import Conditions
from nbody_emulator.simulation.integration import Trajectory, integrate, integrate_many
from nbody_emulator.simulation.pieces import EnergyWarning
from nbody_emulator.simulation.register import INTEGRATORS

Keywords = dict[str, Any]
"""Arguments of `integrate`, by name."""


class Attempt(NamedTuple):
    """A finished run: the trajectory that was kept and how it came about.

    Attributes:
        trajectory: of this attempt.
        settings: the integrator's, lengths of steps in crossing times, as they were in this attempt.
        refined: the one of them that is halved.
        halvings: how often it had been halved.
    """

    trajectory: Trajectory
    settings: dict[str, float]
    refined: str
    halvings: int


def run_all(
    conditions: Sequence[Conditions],
    integration: Integration,
    report: Callable[[int], None],
    refinements: int = 0,
) -> list[Attempt | None]:
    """Integrate every run; None for one that cannot start, its initial conditions not being finite.

    An attempt is abandoned once its energy error exceeds `energy_tolerance`; the one after the last halving
    is followed to its end, or through `most_steps`, and kept whatever its error. Where `refinements` are asked
    for, what is kept is an attempt after so many more halvings. `report(done)` is told how many runs are done.
    """
    attempts = _until_energy_holds(conditions, integration, report)
    return [
        _attempt([run], integration, attempt.halvings + refinements, True)[0]
        if attempt and refinements
        else attempt
        for run, attempt in zip(conditions, attempts, strict=True)
    ]


def _until_energy_holds(
    conditions: Sequence[Conditions], integration: Integration, report: Callable[[int], None]
) -> list[Attempt | None]:
    attempts: list[Attempt | None] = [None] * len(conditions)
    pending = [index for index, run in enumerate(conditions) if run.finite]
    done = len(conditions) - len(pending)
    for halvings in range(integration.halvings + 1):
        is_last = halvings == integration.halvings
        failed = []
        for chunk in _chunks(pending, conditions, integration.batch_width):
            tried = _attempt([conditions[index] for index in chunk], integration, halvings, is_last)
            for index, attempt in zip(chunk, tried, strict=True):
                if is_last or attempt.trajectory.energy_error <= integration.energy_tolerance:
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


def _attempt(
    chosen: list[Conditions], integration: Integration, halvings: int, is_last: bool
) -> list[Attempt]:
    """Integrate these runs, at most a chunk, once."""
    integrator = INTEGRATORS.load(integration.integrator)
    settings = integration.of(setting_names(integrator))
    settings[integrator.refined] /= 2**halvings
    method: Keywords = {
        "integrator": integration.integrator,
        "abandon_above": np.inf if is_last else integration.energy_tolerance,
        "most_steps": integration.most_steps,
    }
    rows = [_arguments(run, settings, integrator.in_crossing_times) for run in chosen]
    with warnings.catch_warnings():
        # What a run's energy error means is for `status` to say, once all has been tried.
        warnings.simplefilter("ignore", EnergyWarning)
        if integration.batch_width == 1:
            trajectories = [integrate(**row, **method) for row in rows]
        else:
            trajectories = _integrate_chunk(rows, integration.batch_width, method)
    return [Attempt(trajectory, settings, integrator.refined, halvings) for trajectory in trajectories]


def _integrate_chunk(rows: list[Keywords], width: int, method: Keywords) -> list[Trajectory]:
    """Integrate these runs side by side in `width` lanes, the idle ones filled with copies of the last."""
    lanes = rows + [rows[-1]] * (width - len(rows))
    together = integrate_many(**jax.tree.map(lambda *lane: np.stack(lane), *lanes), **method)
    return [jax.tree.map(lambda field, lane=lane: field[lane], together) for lane in range(len(rows))]


def _arguments(run: Conditions, settings: dict[str, float], in_crossing_times: tuple[str, ...]) -> Keywords:
    lengths = {key: settings[key] * run.crossing_time for key in in_crossing_times if key in settings}
    return {
        **run.stars._asdict(),
        "times": run.times,
        "softening": run.softening,
        "tide": run.tide,
        "mergers": run.mergers,
        **settings,
        **lengths,
    }
