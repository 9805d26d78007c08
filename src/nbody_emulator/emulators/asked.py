"""The points that an emulator was asked at, as they were asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nbody_emulator.arrays import axes, by_name
from nbody_emulator.emulators.applicability import Applicability
from nbody_emulator.emulators.box import fractions_of, refuse_outside, stack_parameters, within
from nbody_emulator.quantities.quantity import Parameter


@dataclass(frozen=True, eq=False)
class Asked:
    """Points in parameter space.

    Attributes:
        parameters: d of them, in the order of the last axis of `values`.
        values: (..., d) in the parameters' own units.
        axes: name and labels, None if it has none, of each axis before the last.
        applicability: what tells how far the points are from the training runs; None if nothing does.
    """

    parameters: tuple[Parameter, ...]
    values: np.ndarray
    axes: tuple[tuple[str, np.ndarray | None], ...]
    applicability: Applicability | None

    @staticmethod
    def of(
        parameters: Sequence[Parameter], given: Mapping[str, Any], applicability: Applicability | None = None
    ) -> "Asked":
        """The points that a person gave, by name; what is wrong with them is told as `stack_parameters` does."""
        parameters = tuple(parameters)
        names = [each.name for each in parameters]
        named = by_name(given, names, "parameters")
        values = stack_parameters(parameters, named)
        return Asked(
            parameters, values, axes({name: named[name] for name in names}, values.shape[:-1]), applicability
        )

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the points."""
        return self.values.shape[:-1]

    @property
    def inside(self) -> np.ndarray:
        """(...) whether a point lies in the box, its edges included."""
        return np.asarray(within(self.parameters, self.values).all(axis=-1))

    def refuse_outside(self) -> None:
        """Raise ValueError unless all points lie in the box."""
        count = len(self.parameters)
        inside = within(self.parameters, self.values)
        refuse_outside(self.parameters, self.values.reshape(-1, count), inside.reshape(-1, count))

    @property
    def fractions(self) -> np.ndarray:
        """(..., d) of the box, from 0 to 1 inside it, on the parameters' own scales; NaN without a logarithm."""
        return fractions_of(self.parameters, self.values)

    @property
    def nearest(self) -> np.ndarray:
        """(..., d) the nearest points in the box."""
        low, high = np.array([(each.minimum, each.maximum) for each in self.parameters]).T
        return np.clip(self.values, low, high)

    @property
    def distance(self) -> np.ndarray:
        """(...) to the nearest point in the box, in units of its width along each parameter; 0 inside."""
        fractions = self.fractions
        excess = fractions - np.clip(fractions, 0.0, 1.0)
        return np.where(self.inside, 0.0, np.sqrt(np.sum(excess**2, axis=-1)))
