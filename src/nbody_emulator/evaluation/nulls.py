"""What perfect predictions would show, judged on as many rows that were made in the same way: by simulation.

A prediction is perfect if the z of its runs are independent standard normal. Rows whose intervals were set by one
another are not independent any more, and what they show scatters less; so perfect ones are drawn and treated as the
judged ones were. Of conformal intervals this holds for scores of any distribution, for only their ranks count.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from nbody_emulator.evaluation.cross_fitting import CrossFitting
from nbody_emulator.evaluation.losses import half_width
from nbody_emulator.evaluation.standard_normal import cumulative
from nbody_emulator.streams import generator


class Null(ABC):
    """Draws of perfect predictions; hashable, so that what is drawn once need not be drawn again."""

    @abstractmethod
    def coverage(self, levels: tuple[float, ...], chosen: np.ndarray | None = None) -> np.ndarray:
        """Observed coverage of the `chosen` (n,) rows, all by default, in each draw, (draws, L)."""

    @abstractmethod
    def tail(self, levels: tuple[float, ...], chosen: np.ndarray | None = None) -> np.ndarray:
        """Share of the `chosen` rows below the intervals, which is drawn like that above them, (draws, L)."""

    @abstractmethod
    def pit(self, bins: int) -> np.ndarray:
        """Densities of the PIT histogram, (draws, bins)."""

    @abstractmethod
    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of z, each (draws,)."""


@dataclass(frozen=True)
class Independent(Null):
    """`count` rows that nothing was set by: their counts are multinomial."""

    count: int
    seed: int
    draws: int = 4000

    def coverage(self, levels, chosen=None):
        # Up to level p, of uniformly distributed ranks; the order of the levels is theirs.
        order = np.argsort(levels, kind="stable")
        cells = np.clip(np.diff(np.array(levels)[order], prepend=0.0, append=1.0), 0.0, 1.0)
        count = self.count if chosen is None else int(np.sum(chosen))
        drawn = np.cumsum(_multinomial(replace(self, count=count), "coverage", tuple(cells))[:, :-1], axis=1)
        return drawn[:, np.argsort(order, kind="stable")] / max(count, 1)

    def tail(self, levels, chosen=None):
        return self.coverage(tuple(0.5 * (1 - np.array(levels))), chosen)

    def pit(self, bins):
        return _multinomial(self, "pit", (1 / bins,) * bins) * bins / max(self.count, 1)

    def moments(self):
        random = generator(self.seed, "null-band", "moments", self.count)
        freedom = max(self.count - 1, 1)
        means = random.normal(size=self.draws) / np.sqrt(max(self.count, 1))
        return means, np.sqrt(random.chisquare(freedom, size=self.draws) / freedom)


@lru_cache(maxsize=128)
def _multinomial(null: Independent, name: str, cells: tuple[float, ...]) -> np.ndarray:
    """How many of the rows fall into each of the cells, whose probabilities are given, (draws, cells)."""
    random = generator(null.seed, "null-band", name, null.count)
    return random.multinomial(null.count, np.array(cells) / np.sum(cells), size=null.draws)


@dataclass(frozen=True)
class CrossFitted(Null):
    """Rows whose intervals the calibration rows among them have set; `conformal`, or by one factor."""

    fitting: CrossFitting
    conformal: bool
    seed: int
    draws: int = 2000

    def coverage(self, levels, chosen=None):
        return _shares(self, levels, "inside") if chosen is None else _mean(self, levels, "inside", chosen)

    def tail(self, levels, chosen=None):
        return _shares(self, levels, "below") if chosen is None else _mean(self, levels, "below", chosen)

    def pit(self, bins):
        cells = np.clip((bins * cumulative(_treated(self))).astype(int), 0, bins - 1)
        return np.stack([(cells == cell).mean(axis=1) for cell in range(bins)], axis=1) * bins

    def moments(self):
        z = _treated(self)
        return z.mean(axis=1), z.std(axis=1, ddof=1)


@lru_cache(maxsize=64)
def _shares(null: CrossFitted, levels: tuple[float, ...], where: str) -> np.ndarray:
    return np.stack([hits.mean(axis=1) for hits in _hits(null, levels, where)], axis=1)


def _mean(null: CrossFitted, levels: tuple[float, ...], where: str, chosen: np.ndarray) -> np.ndarray:
    counts = [np.add.reduce(hits[chosen], axis=0, dtype=np.int32) for hits in _kept_hits(null, levels, where)]
    return np.stack(counts, axis=1) / max(int(chosen.sum()), 1)


@lru_cache(maxsize=16)
def _kept_hits(null: CrossFitted, levels: tuple[float, ...], where: str) -> list[np.ndarray]:
    """Rows first, each of them a piece of memory: a stratum is a choice of rows."""
    return [np.ascontiguousarray(hits.T).view(np.uint8) for hits in _hits(null, levels, where)]


def _hits(null: CrossFitted, levels: tuple[float, ...], where: str) -> Iterator[np.ndarray]:
    """By level, which rows lie `inside` their interval, or `below` it, (draws, n)."""
    z = _treated(null)
    bounds = null.fitting.quantiles(z, np.array(levels)) if null.conformal else half_width(np.array(levels))
    for bound in bounds:
        yield np.abs(z) <= bound if where == "inside" else z < -bound


@lru_cache(maxsize=16)
def _treated(null: CrossFitted) -> np.ndarray:
    """z of perfect predictions after their treatment, (draws, n)."""
    count = len(null.fitting.parts)
    z = generator(null.seed, "null-band", "cross-fitted", count).normal(size=(null.draws, count))
    return z if null.conformal else z / null.fitting.factors(z)
