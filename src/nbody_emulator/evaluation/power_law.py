"""What is left to learn as a power law of the number of training runs, a n^-b, and the runs that are still needed.

The law is written in what is asked for: N, the number of runs at which the excess has come down to its goal, in place
of the amplitude. Two parameters (N, b), each on a grid, leave nothing to an optimizer, and an answer without an end
("fewer than 80", "not below a million") is an end of the grid rather than a failure.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, stdtrit

from nbody_emulator.evaluation.standard_errors import covariance_of_moves

FURTHEST = 1_000_000
"""Runs beyond which nothing is told: no experiment has more."""

LOG_NEEDED = np.arange(0.0, 2 * np.log(FURTHEST), 0.08)
"""ln N in steps of 8 %, from one run to far beyond what is told, so that the best law is not at the edge."""

EXPONENTS = np.linspace(0.0, 3.0, 61)
"""From a curve that has stopped falling to one steeper than any parametric rate, which is 1."""

REWEIGHTINGS = 4
"""Rounds in which the scatter between training sets is set to the law that was found: settled after three."""

SURPRISING = 0.01
"""Probability of a misfit below which a curve is called no power law."""

SMALLEST_EXPONENT = 1e-9
"""In place of 0, where what doubling the runs gains is told by its limit."""

EXACT = 1e-6
"""Relative error of a goal that is given rather than measured, which keeps its covariance invertible."""


class Measured(NamedTuple):
    """One curve, with what its errors are made of.

    Attributes:
        runs: (K,) the sizes, ascending.
        values: at each size one value a training set.
        sets: at each size the first run and the one after the last of each training set (S, 2), in order of runs.
        moves: (J, K + 1) how far each design point that judges the fits moves the means and the goal.
        goal: what the excess is to come down to, or what doubling the runs is to gain.
    """

    runs: np.ndarray
    values: Sequence[np.ndarray]
    sets: Sequence[np.ndarray]
    moves: np.ndarray
    goal: float


class Law(NamedTuple):
    """The power law of one curve.

    Attributes:
        needed, lower, upper: runs, with the 95 % interval; lower is 0 and upper infinite where nothing bounds them.
        exponent, exponent_lower, exponent_upper: b with its interval, between the ends of `EXPONENTS`.
        runs: (K,) the sizes.
        fitted: (K,) the values that the law gives there.
        scatter: of the excess from one training set to another, over the excess.
        chi_squared, degrees_of_freedom: of the fit.
    """

    needed: float
    lower: float
    upper: float
    exponent: float
    exponent_lower: float
    exponent_upper: float
    runs: np.ndarray
    fitted: np.ndarray
    scatter: float
    chi_squared: float
    degrees_of_freedom: int

    @property
    def holds(self) -> bool:
        """Whether the sizes are as near to a power law as their errors let them be, at one per cent."""
        return self.degrees_of_freedom < 1 or bool(
            chdtrc(self.degrees_of_freedom, self.chi_squared) > SURPRISING
        )


def excess_law(measured: Measured) -> Law:
    """Of values that are an excess: N is where a N^-b is the goal."""
    return _law(measured, np.eye(len(measured.runs)), np.ones(len(EXPONENTS)))


def doubling_law(measured: Measured) -> Law:
    """Of values that come down to a level nobody knows: N is where a N^-b - a (2N)^-b is the goal.

    Fitted to the differences of neighbouring sizes, from which the level is gone.
    """
    count = len(measured.runs)
    differences = np.eye(count - 1, count) - np.eye(count - 1, count, 1)
    law = _law(measured, differences, 1 / -np.expm1(-np.log(2) * _exponents()))
    level = np.mean([values.mean() for values in measured.values]) - law.fitted.mean()
    return law._replace(fitted=level + law.fitted)


def _law(measured: Measured, contrast: np.ndarray, per_goal: np.ndarray) -> Law:
    """By least squares, generalized: means of neighbouring sizes share the points and most of their training runs.

    Args:
        contrast: (m, K) what is fitted, as combinations of the means.
        per_goal: the excess at N over the goal, at each exponent.

    Two errors add up. Over the points that judge, from their moves. Between training sets, relative to the excess:
    fits that are linear in their targets have errors that are means over their runs, and where one training set holds
    another their excesses have the relative covariance r^2 (shared runs)^2 / (n n'), with r the scatter of one. r is
    pooled over all sizes, and so known for those with a single set.

    The intervals are profiles: all N for which the best b is not refused, at Student's t of the fewer of the degrees of
    freedom behind the two errors. An inverse covariance estimated from J points is too large by (J - 1) / (J - p - 2).
    Source: Hartlap, Simon & Schneider 2007 (A&A 464, 399).

    On planted curves these intervals of 95 % hold 92 to 99 %; most misses are too low, for errors estimated from the
    very points weigh those sizes more whose excess came out small.
    """
    means = np.array([values.mean() for values in measured.values])
    full = _extended(contrast)
    data = full @ np.append(means, measured.goal)
    shapes = np.exp(-_exponents()[:, None] * (np.log(measured.runs) - LOG_NEEDED[:, None, None]))
    shapes = per_goal[:, None] * np.minimum(shapes, 1 / EXACT**2)
    basis = np.concatenate([shapes @ contrast.T, np.ones((*shapes.shape[:2], 1))], axis=2)

    points = covariance_of_moves(measured.moves)
    points[-1, -1] = max(points[-1, -1], (EXACT * measured.goal) ** 2)
    overlap, freedom = _overlap(measured), sum(len(values) - 1 for values in measured.values)
    between = np.diag([values.var() / max(len(values) - 1, 1) for values in measured.values])
    for _ in range(REWEIGHTINGS):
        total = points.copy()
        total[:-1, :-1] += between
        misfit, goals = _misfits(data, basis, np.linalg.pinv(full @ total @ full.T, hermitian=True))
        best = np.unravel_index(np.argmin(misfit), misfit.shape)
        fitted = goals[best] * shapes[best]
        scatter = _scatter(measured.values, fitted)
        between = np.nan_to_num(scatter) ** 2 * np.outer(fitted, fitted) * overlap

    reach = _reach(len(measured.moves), freedom, len(data))
    needed, lower, upper = _profile(np.exp(LOG_NEEDED), misfit.min(axis=1), reach)
    exponent, exponent_lower, exponent_upper = _profile(EXPONENTS, misfit.min(axis=0), reach)
    smallest = measured.runs[0]
    return Law(
        needed=float(np.clip(needed, smallest, FURTHEST)),
        lower=lower if lower >= smallest else 0.0,
        upper=upper if upper <= FURTHEST else np.inf,
        exponent=exponent,
        exponent_lower=exponent_lower,
        exponent_upper=exponent_upper,
        runs=measured.runs,
        fitted=fitted,
        scatter=scatter,
        chi_squared=float(misfit.min()),
        # The goal is a datum and a parameter.
        degrees_of_freedom=len(contrast) - 2,
    )


def _exponents() -> np.ndarray:
    return np.maximum(EXPONENTS, SMALLEST_EXPONENT)


def _extended(contrast: np.ndarray) -> np.ndarray:
    """The combinations (m + 1, K + 1) of means and goal: the goal stays as it is."""
    rows, columns = contrast.shape
    full = np.zeros((rows + 1, columns + 1))
    full[:rows, :columns], full[rows, columns] = contrast, 1.0
    return full


def _misfits(data: np.ndarray, basis: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Chi squared at every (N, b) with the best goal, infinite where that is not positive; and these goals."""
    weighted = basis @ weight
    along, square = weighted @ data, np.sum(weighted * basis, axis=-1)
    goals = along / square
    return np.where(goals > 0, data @ weight @ data - along * goals, np.inf), goals


def _overlap(measured: Measured) -> np.ndarray:
    """(K, K) covariance of the means over training sets of equal relative scatter, in units of its square."""
    return np.array(
        [
            [
                np.mean(_shared(one, other) ** 2) / (runs * others)
                for other, others in zip(measured.sets, measured.runs, strict=True)
            ]
            for one, runs in zip(measured.sets, measured.runs, strict=True)
        ]
    )


def _shared(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How many runs each training set of one size (S, 2) shares with each of another (T, 2): (S, T)."""
    last = np.minimum(one[:, None, 1], other[None, :, 1])
    return np.maximum(last - np.maximum(one[:, None, 0], other[None, :, 0]), 0)


def _scatter(values: Sequence[np.ndarray], fitted: np.ndarray) -> float:
    """Between training sets of one size, over the excess there, pooled; NaN where every size has a single set."""
    freedom = sum(len(each) - 1 for each in values)
    squares = sum(np.var(each) * len(each) / excess**2 for each, excess in zip(values, fitted, strict=True))
    return float(np.sqrt(squares / freedom)) if freedom else float("nan")


def _reach(points: int, freedom: int, data: int) -> float:
    """How far chi squared may rise within the interval; without end where too little is known of the errors."""
    spare = points - data - 2
    if freedom < 1 or spare < 1:
        return float("inf")
    return float(stdtrit(min(freedom, points - 1), 0.975)) ** 2 * (points - 1) / spare


def _profile(places: np.ndarray, misfit: np.ndarray, reach: float) -> tuple[float, float, float]:
    """The best place, and the first and last whose misfit (n,) is within `reach` of its own."""
    inside = places[misfit <= misfit.min() + reach]
    return float(places[np.argmin(misfit)]), float(inside[0]), float(inside[-1])
