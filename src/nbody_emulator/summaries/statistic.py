"""What every statistic declares: how it is measured, in what unit, under what name, and when it exists."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from nbody_emulator.summaries.snapshot import Snapshot


@dataclass(frozen=True)
class Axis:
    """A dimension of a statistic beyond run and time, with its coordinate values."""

    name: str
    values: tuple[float, ...]
    units: str
    long_name: str


@dataclass(frozen=True)
class Statistic:
    """A function of one snapshot, with the metadata its variable carries in a file.

    Attributes:
        variable: name of the variable in the summary.
        units: CF units of the values.
        long_name: what is measured, with its definition where more than one is in use.
        minimum_bound_stars: with fewer bound stars the statistic does not exist, and is NaN.
        is_fraction: whether it lies between 0 and 1, both included.
        is_size: whether it is a length, which the softening blurs: below that it does not exist, and is NaN.
        can_be_zero: whether it is 0 in ordinary clusters, so that it has no logarithm.
        measure: the function; it may rely on `minimum_bound_stars` and on finite numbers.
        axis: the further dimension of an array-valued statistic.
        attributes: constants of the definition, stored with the variable.
    """

    variable: str
    units: str
    long_name: str
    minimum_bound_stars: int
    measure: Callable[[Snapshot], float | np.ndarray]
    is_fraction: bool = False
    is_size: bool = False
    can_be_zero: bool = False
    axis: Axis | None = None
    attributes: Mapping[str, float] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value for one snapshot."""
        return () if self.axis is None else (len(self.axis.values),)

    def __call__(self, snapshot: Snapshot) -> np.ndarray:
        """The value on one snapshot; NaN where the state is not finite or the statistic does not exist."""
        if not snapshot.is_finite or snapshot.bound_stars < self.minimum_bound_stars:
            return np.full(self.shape, np.nan)
        value = np.asarray(self.measure(snapshot), dtype=float)
        return np.where(value < snapshot.softening, np.nan, value) if self.is_size else value
