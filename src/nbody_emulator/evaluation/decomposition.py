"""A loss of many fits as the sum of its parts, with the errors that few points and few fits leave."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nbody_emulator.evaluation.standard_errors import freedom_of_moves, interval

RESAMPLES = 1000

PointTerms = Callable[[np.ndarray], np.ndarray]
"""Each design point's contribution (terms, J) to the parts and the whole, by the fits of these numbers (k,)."""


class Terms(NamedTuple):
    """Names of what a loss is made of.

    Attributes:
        parts: they add up to the whole.
        whole: the loss.
        positive: those that cannot be negative, whose intervals are laid on the logarithm.
        of_runs: the parts that no fit enters.
    """

    parts: tuple[str, ...]
    whole: str
    positive: frozenset[str]
    of_runs: frozenset[str]

    @property
    def names(self) -> tuple[str, ...]:
        """The parts, then the whole."""
        return (*self.parts, self.whole)


@dataclass(frozen=True)
class Decomposition:
    """The terms by name, their errors and 95 % intervals, and what they were estimated from."""

    terms: Terms
    values: dict[str, float]
    standard_errors: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    fits: int
    points: int

    @property
    def closing_error(self) -> float:
        """The sum of the parts less the whole: rounding, and nothing else."""
        return sum(self.values[name] for name in self.terms.parts) - self.values[self.terms.whole]


def decomposed(terms: Terms, of_points: PointTerms, fits: int, random: np.random.Generator) -> Decomposition:
    """The means of the terms over the design points.

    Args:
        terms: their names, in the order of the rows of `of_points`.
        of_points: by any choice among `fits` fits.
        random: draws the bootstrap over design points.

    Standard errors add, in squares, a bootstrap over design points and a delete-one jackknife over fits:
    every point is seen by the same fits, so that points alone would not show how few fits there are.
    Below three fits the jackknife has nothing to go by, and the errors it enters are NaN.
    """
    found = of_points(np.arange(fits))
    by_points, by_fits = _bootstrap(found, random), _jackknife(of_points, fits, len(terms.names))
    by_fits[[name in terms.of_runs for name in terms.names]] = 0.0
    error = np.sqrt(by_points + by_fits)
    values = dict(zip(terms.names, found.mean(axis=1).tolist(), strict=True))
    errors = dict(zip(terms.names, error.tolist(), strict=True))
    freedom = dict(zip(terms.names, _freedom(found, by_points, by_fits, fits), strict=True))
    return Decomposition(
        terms=terms,
        values=values,
        standard_errors=errors,
        intervals={
            name: interval(values[name], errors[name], freedom[name], name in terms.positive)
            for name in terms.names
        },
        fits=fits,
        points=found.shape[1],
    )


def unknown(terms: Terms, fits: int, points: int) -> Decomposition:
    """Of too few fits or points to tell anything: all terms are NaN."""
    nan = dict.fromkeys(terms.names, float("nan"))
    return Decomposition(terms, nan, nan, dict.fromkeys(nan, (float("nan"), float("nan"))), fits, points)


def with_replicates(exists: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows that exist at design points with several such, and the point (0, 1, ...) of each of them.

    Args:
        exists: (n,) whether a row has what is decomposed.
        groups: (n,) its design point.
    """
    index = np.unique(groups[exists], return_inverse=True)[1]
    several = np.bincount(index)[index] > 1 if len(index) else np.zeros(0, dtype=bool)
    chosen = np.flatnonzero(exists)[several]
    return chosen, np.unique(groups[chosen], return_inverse=True)[1]


def _bootstrap(terms: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Variance of the terms' means when the J design points are drawn anew, (terms,)."""
    points = terms.shape[1]
    weights = random.multinomial(points, np.full(points, 1 / points), size=RESAMPLES) / points
    return np.var(weights @ terms.T, axis=0, ddof=1)


def _freedom(terms: np.ndarray, by_points: np.ndarray, by_fits: np.ndarray, fits: int) -> np.ndarray:
    """Degrees of freedom of the errors whose squares are the sums of these (terms,), by Satterthwaite's formula."""
    of_points = np.array([freedom_of_moves(row - row.mean()) for row in terms])
    return (by_points + by_fits) ** 2 / (by_points**2 / of_points + by_fits**2 / max(fits - 1, 1))


def _jackknife(of_points: PointTerms, fits: int, terms: int) -> np.ndarray:
    """Variance of the terms' means over the fits, by leaving out one fit at a time, (terms,)."""
    if fits < 3:
        return np.full(terms, np.nan)
    left_out = [of_points(np.delete(np.arange(fits), fit)).mean(axis=1) for fit in range(fits)]
    return (fits - 1) * np.var(left_out, axis=0)
