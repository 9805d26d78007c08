"""What perfect predictions would show, judged on as many rows that were made in the same way: by simulation.

A prediction is perfect if the z of its runs are independent standard normal. Rows whose intervals were set by one
another are not independent any more, and what they show scatters less; so perfect ones are drawn and treated as the
judged ones were. Of conformal intervals this holds for scores of any distribution, for only their ranks count; where
what sets them is not among what is judged, the law of their coverage is known exactly.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from nbody_emulator.evaluation.conformal import conformal_quantiles, coverage_band
from nbody_emulator.evaluation.cross_fitting import CrossFitting
from nbody_emulator.evaluation.losses import half_width
from nbody_emulator.evaluation.standard_normal import cumulative
from nbody_emulator.levels import ends_of
from nbody_emulator.streams import generator

CONFIDENCE = 0.95
"""Of every band: so many perfect predictions lie in it."""

Pair = tuple[np.ndarray, np.ndarray]


class Null(ABC):
    """Draws of perfect predictions; hashable, so that what is drawn once need not be drawn again."""

    @abstractmethod
    def coverage(self, levels: tuple[float, ...], chosen: np.ndarray | None = None) -> np.ndarray:
        """Observed coverage of the `chosen` (n,) rows, all by default, in each draw, (draws, L)."""

    @abstractmethod
    def tail(self, levels: tuple[float, ...], chosen: np.ndarray | None = None) -> np.ndarray:
        """Share of the `chosen` rows below the intervals, which is drawn like that above them, (draws, L)."""

    @abstractmethod
    def sides(self, levels: tuple[float, ...], chosen: np.ndarray) -> Pair:
        """Shares of the `chosen` rows below and above the intervals, of the same draws, each (draws, L)."""

    @abstractmethod
    def regions(self, levels: tuple[float, ...], regions: np.ndarray) -> np.ndarray:
        """Coverage in each of the `regions` (R, n), which are choices of rows, of the same draws, (draws, R, L)."""

    def coverage_band(self, levels: tuple[float, ...], chosen: np.ndarray) -> Pair:
        """Band (low, high), each (L,), of the coverage at each level by itself."""
        return pointwise_band(self.coverage(levels, chosen))

    @abstractmethod
    def pit(self, bins: int) -> np.ndarray:
        """Densities of the PIT histogram, (draws, bins)."""

    @abstractmethod
    def moments(self) -> Pair:
        """Mean and standard deviation of z, each (draws,)."""


def pointwise_band(drawn: np.ndarray) -> Pair:
    """Band (low, high) of each number by itself, from draws (draws, ...).

    Counts are whole numbers: both ends are such as keep at least 95 % inside.
    """
    outside = 0.5 * (1 - CONFIDENCE)
    return (
        np.quantile(drawn, outside, axis=0, method="lower"),
        np.quantile(drawn, 1 - outside, axis=0, method="higher"),
    )


@dataclass(frozen=True)
class Independent(Null):
    """`count` rows that nothing was set by: their counts are multinomial."""

    count: int
    seed: int
    draws: int = 4000

    def coverage(self, levels, chosen=None):
        return self._below("coverage", levels, chosen)

    def tail(self, levels, chosen=None):
        return self.coverage(tuple(0.5 * (1 - np.array(levels))), chosen)

    def sides(self, levels, chosen):
        lower, upper = ends_of(np.array(levels))
        below = self._below("sides", (*lower, *upper), chosen)
        return below[:, : len(levels)], 1.0 - below[:, len(levels) :]

    def regions(self, levels, regions):
        # As if they shared no run: where they do, their worst one is a little less far off than said here.
        drawn = [self._below(f"region-{place}", levels, chosen) for place, chosen in enumerate(regions)]
        return np.stack(drawn, axis=1)

    def pit(self, bins):
        return _multinomial(self, "pit", (1 / bins,) * bins) * bins / max(self.count, 1)

    def moments(self):
        random = generator(self.seed, "null-band", "moments", self.count)
        freedom = max(self.count - 1, 1)
        means = random.normal(size=self.draws) / np.sqrt(max(self.count, 1))
        return means, np.sqrt(random.chisquare(freedom, size=self.draws) / freedom)

    def _below(self, name: str, probabilities: tuple[float, ...], chosen: np.ndarray | None) -> np.ndarray:
        """Share of the chosen rows below each of the probabilities, of uniformly distributed ones."""
        order = np.argsort(probabilities, kind="stable")
        cells = np.clip(np.diff(np.array(probabilities)[order], prepend=0.0, append=1.0), 0.0, 1.0)
        count = self.count if chosen is None else int(np.sum(chosen))
        drawn = np.cumsum(_multinomial(replace(self, count=count), name, tuple(cells))[:, :-1], axis=1)
        return drawn[:, np.argsort(order, kind="stable")] / max(count, 1)


@lru_cache(maxsize=128)
def _multinomial(null: Independent, name: str, cells: tuple[float, ...]) -> np.ndarray:
    """How many of the rows fall into each of the cells, whose probabilities are given, (draws, cells)."""
    random = generator(null.seed, "null-band", name, null.count)
    return random.multinomial(null.count, np.array(cells) / np.sum(cells), size=null.draws)


class Drawn(Null):
    """Rows whose normal scores are drawn, and treated as the judged ones were.

    Attributes:
        count: how many rows.
    """

    count: int

    @abstractmethod
    def scores(self) -> np.ndarray:
        """Normal scores of perfect predictions as treated, (draws, n)."""

    @abstractmethod
    def reaches(self, levels: tuple[float, ...]) -> Iterator[np.ndarray]:
        """Level by level the largest |score| that each interval holds, (draws, n), (draws, 1) or ()."""

    def coverage(self, levels, chosen=None):
        if chosen is None:
            return _coverage(self, levels)
        below, above, count = self._counts(levels, chosen)
        return (count - below - above) / count

    def tail(self, levels, chosen=None):
        return self.sides(levels, np.full(self.count, True) if chosen is None else chosen)[0]

    def sides(self, levels, chosen):
        below, above, count = self._counts(levels, chosen)
        return below / count, above / count

    def regions(self, levels, regions):
        return np.stack([self.coverage(levels, chosen) for chosen in regions], axis=1)

    def pit(self, bins):
        cells = np.clip((bins * cumulative(self.scores())).astype(int), 0, bins - 1)
        return np.stack([(cells == cell).mean(axis=1) for cell in range(bins)], axis=1) * bins

    def moments(self):
        z = self.scores()
        return z.mean(axis=1), z.std(axis=1, ddof=1)

    def _counts(self, levels: tuple[float, ...], chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
        """How many of the chosen rows lie below and above, each (draws, L), and how many there are, but at least 1."""
        return *_counted(self, levels, chosen.tobytes()), max(int(chosen.sum()), 1)


@dataclass(frozen=True)
class CrossFitted(Drawn):
    """Rows whose intervals the calibration rows among them have set."""

    fitting: CrossFitting
    seed: int
    draws: int = 2000

    @property
    def count(self) -> int:  # type: ignore[override]
        return len(self.fitting.parts)


@dataclass(frozen=True)
class Recalibrated(CrossFitted):
    """By a map of quantiles."""

    def scores(self):
        return _recalibrated(self)

    def reaches(self, levels):
        yield from half_width(np.array(levels))


@dataclass(frozen=True)
class Conformal(CrossFitted):
    """By conformal quantiles of a score."""

    def scores(self):
        return _drawn(self.fitting, self.seed, self.draws)

    def reaches(self, levels):
        return self.fitting.reaches(np.abs(self.scores()), np.array(levels))

    def coverage_band(self, levels, chosen):
        setting = self.fitting.independent_of(chosen)
        if setting is None or not np.any(chosen):
            return super().coverage_band(levels, chosen)
        bands = [coverage_band(setting, int(chosen.sum()), level, CONFIDENCE) for level in levels]
        low, high = np.array(bands).T
        return low, high


@dataclass(frozen=True)
class SetBefore(Drawn):
    """`count` rows whose intervals `setting` rows have set that are not among them.

    Perfect predictions are the same from all fits, so that intervals end at conformal quantiles of the setting rows.
    """

    setting: int
    count: int
    seed: int
    draws: int = 2000

    def scores(self):
        return _normals(self.seed, "judged", self.draws, self.count)

    def reaches(self, levels):
        setting = np.abs(_normals(self.seed, "setting", self.draws, self.setting))
        yield from conformal_quantiles(setting, np.array(levels)).T[..., None]

    def coverage_band(self, levels, chosen):
        if not np.any(chosen):
            return super().coverage_band(levels, chosen)
        return _exact_bands(self.setting, levels, chosen)


def _exact_bands(setting: int, levels: tuple[float, ...], chosen: np.ndarray) -> Pair:
    bands = [coverage_band(setting, int(chosen.sum()), level, CONFIDENCE) for level in levels]
    low, high = np.array(bands).T
    return low, high


@lru_cache(maxsize=64)
def _coverage(null: Drawn, levels: tuple[float, ...]) -> np.ndarray:
    score = np.abs(null.scores())
    return np.stack([(score <= reach).mean(axis=1) for reach in null.reaches(levels)], axis=1)


@lru_cache(maxsize=16)
def _hits(null: Drawn, levels: tuple[float, ...]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """By level, which rows lie below and above their interval, (n, draws).

    Rows first, each of them a piece of memory: a stratum is a choice of rows.
    """
    score = np.ascontiguousarray(null.scores().T)
    reaches = [np.transpose(reach) for reach in null.reaches(levels)]
    return (
        [np.ascontiguousarray(score < -reach).view(np.uint8) for reach in reaches],
        [np.ascontiguousarray(score > reach).view(np.uint8) for reach in reaches],
    )


@lru_cache(maxsize=256)
def _counted(null: Drawn, levels: tuple[float, ...], chosen: bytes) -> Pair:
    rows = np.frombuffer(chosen, dtype=bool)
    below, above = (
        np.stack([np.add.reduce(hits[rows], axis=0, dtype=np.int32) for hits in side], axis=1)
        for side in _hits(null, levels)
    )
    return below, above


@lru_cache(maxsize=16)
def _recalibrated(null: Recalibrated) -> np.ndarray:
    drawn = _drawn(null.fitting, null.seed, null.draws)
    return null.fitting.recalibrated(drawn)


@lru_cache(maxsize=16)
def _drawn(fitting: CrossFitting, seed: int, draws: int) -> np.ndarray:
    count = len(fitting.parts)
    return generator(seed, "null-band", "cross-fitted", count).normal(size=(draws, count))


@lru_cache(maxsize=16)
def _normals(seed: int, name: str, draws: int, count: int) -> np.ndarray:
    return generator(seed, "null-band", "set-before", name, count).normal(size=(draws, count))
