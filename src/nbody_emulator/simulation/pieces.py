"""A run taken through its times a piece at a time, so that it can be watched and stopped.

While a compiled program runs, Python hears nothing: no Ctrl-C, and no question of how far it has come. So it is asked
for so many steps as take a fraction of a second, again and again. A run is data, and each step knows the run alone:
the pieces change no bit. Nor does the number of times change the program, which is compiled for one.
"""

import warnings
from collections.abc import Callable, Iterable
from time import perf_counter

import jax
import numpy as np

from nbody_emulator.simulation.run import Progress, Run, StoppingLimits, Trajectory
from nbody_emulator.simulation.shapes import Held, RunNumber, TimeColumn

SECONDS = 0.2
"""About how long a piece takes, once its number of steps has been found."""

FIRST_STEPS = 2**8
"""Of the first piece."""

MOST_STEPS = 2**40
"""Of any piece: runs that reach their times without a step are done at once however many they may take."""

LARGEST_ERROR = 1e-2
"""A run whose energy errs by more is told of."""

Report = Callable[[np.ndarray, np.ndarray, np.ndarray], None]
"""Told, after every piece, the time [Myr] reached, the steps taken and the energy error so far; (W,) of many runs."""

Advance = Callable[[Run, np.ndarray, StoppingLimits, int], tuple[Trajectory, Run, Progress]]


class EnergyWarning(UserWarning):
    """A run did not keep its energy."""


def through(
    advance: Advance, run: Run, times: TimeColumn, stopping_limits: StoppingLimits, report: Report | None
) -> tuple[Trajectory, Run]:
    """The run, or the runs in lockstep, taken through `times` (..., T); the last piece to each time tells of it."""
    steps, seen = FIRST_STEPS, []
    for time in np.moveaxis(times, -1, 0):
        is_done = False
        while not is_done:
            begun = perf_counter()
            there, run, progress = advance(run, time, stopping_limits, steps)
            is_done = bool(np.all(progress.is_done))  # waits, and here Ctrl-C is heard
            steps = _next_steps(steps, perf_counter() - begun)
            if report is not None:
                report(*(np.asarray(number) for number in progress[:3]))
        seen.append(jax.tree.map(np.asarray, there))
    return _joined(seen, times.ndim - 1), run


def warn(error: RunNumber) -> None:
    """Tell of energy errors, of one run or of many, that are too large to believe what came out."""
    bad = ~(np.atleast_1d(error) <= LARGEST_ERROR)
    if np.any(bad):
        many = f" in {np.count_nonzero(bad)} of {bad.size} runs" if bad.size > 1 else ""
        message = (
            f"the energy error is {np.max(error):.2g}{many}, above {LARGEST_ERROR:g}: do not trust the positions; "
            "take a smaller accuracy or step, or more softening"
        )
        warnings.warn(message, EnergyWarning, stacklevel=3)


def _next_steps(steps: int, seconds: float) -> int:
    """Twice or half as many steps, where a piece was done too soon or took too long; compiling counts as too long."""
    if seconds < 0.5 * SECONDS:
        return min(2 * steps, MOST_STEPS)
    return max(steps // 2, 1) if seconds > 2.0 * SECONDS else steps


def _joined(seen: list[Trajectory], axis: int) -> Trajectory:
    """The trajectory of all times, along `axis`, from those of one each; what is told once is told by the last."""

    def column(of_each: Iterable[Held]) -> np.ndarray:
        return np.concatenate(list(of_each), axis=axis)

    last, merged = seen[-1], [one.merged for one in seen if one.merged is not None]
    if merged:
        masses, counts = column(each.masses for each in merged), column(each.counts for each in merged)
        last = last._replace(merged=merged[-1]._replace(masses=masses, counts=counts))
    return last._replace(
        positions=column(one.positions for one in seen),
        velocities=column(one.velocities for one in seen),
        energies=column(one.energies for one in seen),
    )
