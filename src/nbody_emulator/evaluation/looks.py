"""Many looks at once: how many numbers lie outside their bands, and how far off the worst region is."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

import numpy as np

from nbody_emulator.evaluation.null_bands import shares, upper_band
from nbody_emulator.evaluation.nulls import Pair
from nbody_emulator.evaluation.treatments import Treated, TreatedOutput

ROUNDING = 1e-9
"""A share on the edge of its band is inside, however it was added up."""


@dataclass(frozen=True)
class Count:
    """How many of `looks` numbers lie outside the bands that hold 95 % of perfect predictions each.

    Attributes:
        expected: mean number under perfection, less than one in twenty since shares are counts.
        at_most: what 95 % of perfect predictions do not exceed, dependence of the looks included.
    """

    outside: int
    looks: int
    expected: float
    at_most: float


@dataclass(frozen=True)
class Worst:
    """The region and level whose coverage is farthest from what perfection shows there on average.

    Attributes:
        distance: in standard deviations of what perfection shows.
        at_most: what the largest distance of 95 % of perfect predictions does not exceed.
    """

    region: str
    level: float
    distance: float
    at_most: float


def counts(treated: Treated, levels: np.ndarray, chosen: np.ndarray) -> dict[str, Count]:
    """Of the `chosen` rows (n,) the numbers at L levels, by kind.

    Of one output `central`, the L coverages, and `one_sided`, the 2 L shares below and above the intervals; of whole
    runs `region`, the L coverages of joint regions.
    """
    null, asked = treated.null, tuple(levels)
    perfect = shares(null, asked, chosen)
    covered = treated.covered(levels)[chosen].mean(axis=0)
    central = _count(covered, perfect.coverage, null.coverage(asked, chosen))
    if not isinstance(treated, TreatedOutput):
        return {"region": central}
    beyond = np.concatenate([side[chosen].mean(axis=0) for side in treated.sides(levels)])
    low, high = (np.tile(end, 2) for end in perfect.tail)
    drawn = np.concatenate(null.sides(asked, chosen), axis=1)
    return {"central": central, "one_sided": _count(beyond, (low, high), drawn)}


def added(found: Iterable[Count]) -> Count:
    """All of them together, as if what they look at depended on each other as much as it can: then ends add up."""
    return Count(*(sum(numbers) for numbers in zip(*map(astuple, found), strict=True)))


def worst_region(treated: Treated, levels: np.ndarray, regions: Mapping[str, np.ndarray]) -> Worst:
    """Of regions (n,) by name, of which at least one holds a row."""
    inhabited = {name: chosen for name, chosen in regions.items() if chosen.any()}
    covered = treated.covered(levels)
    drawn = treated.null.regions(tuple(levels), np.stack(list(inhabited.values())))
    seen = np.stack([covered[chosen].mean(axis=0) for chosen in inhabited.values()])
    expected, deviation = drawn.mean(axis=0), np.maximum(drawn.std(axis=0), ROUNDING)
    distance = np.where(np.abs(seen - expected) < ROUNDING, 0.0, np.abs(seen - expected) / deviation)
    place, level = np.unravel_index(np.argmax(distance), distance.shape)
    largest = np.max(np.abs(drawn - expected) / deviation, axis=(1, 2))
    return Worst(list(inhabited)[place], float(levels[level]), float(distance.max()), upper_band(largest))


def _count(seen: np.ndarray, band: Pair, drawn: np.ndarray) -> Count:
    outside = _outside(drawn, band).sum(axis=1)
    return Count(int(_outside(seen, band).sum()), len(seen), float(outside.mean()), upper_band(outside))


def _outside(values: np.ndarray, band: Pair) -> np.ndarray:
    return (values < band[0] - ROUNDING) | (values > band[1] + ROUNDING)
