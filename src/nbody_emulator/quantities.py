"""What goes into an emulator and what comes out: parameters with a box, outputs with a transform."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nbody_emulator.parameters import PARAMETERS
from nbody_emulator.transforms import TRANSFORMS


@dataclass(frozen=True)
class Parameter:
    """A varied parameter: a box from `minimum` to `maximum` in `unit`, uniform on a linear or log `scale`."""

    name: str
    unit: str
    minimum: float
    maximum: float
    scale: str

    def to_unit_interval(self, values: np.ndarray) -> np.ndarray:
        """Map values (...,) from the box to [0, 1], uniform on the parameter's scale."""
        low, high = self._axis(self.minimum), self._axis(self.maximum)
        return (self._axis(values) - low) / (high - low)

    def from_unit_interval(self, fractions: np.ndarray) -> np.ndarray:
        """Map fractions (...,) in [0, 1] to values inside the box."""
        low, high = self._axis(self.minimum), self._axis(self.maximum)
        axis = low + np.asarray(fractions) * (high - low)
        return np.clip(np.exp(axis) if self.scale == "log" else axis, self.minimum, self.maximum)

    def _axis(self, values):
        return np.log(values) if self.scale == "log" else np.asarray(values, dtype=float)


@dataclass(frozen=True)
class Output:
    """A summary statistic at one time, as an emulator sees it: transformed, on the whole real line.

    Attributes:
        name: the output's name in tables and figures.
        statistic: the variable of the summary it is read from.
        time: fraction of the run's duration at which it is read.
        unit: unit of the untransformed values.
        transform: a name in `transforms.TRANSFORMS`.
        resolution: the smallest step the untransformed output can take (used by the logit, else unused).
    """

    name: str
    statistic: str
    time: float
    unit: str
    transform: str
    resolution: float

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Transformed values; NaN where the output does not exist."""
        return TRANSFORMS[self.transform].forward(np.asarray(values, dtype=float), self.resolution)

    def inverse(self, transformed: np.ndarray) -> np.ndarray:
        """Values in `unit` from transformed ones."""
        return TRANSFORMS[self.transform].inverse(np.asarray(transformed, dtype=float), self.resolution)


def parameter_units(units: Mapping[str, str]) -> dict[str, str]:
    """The unit of every parameter a configuration may give, when lengths are written in `units["length"]`."""
    return {name: kind.unit or units["length"] for name, kind in PARAMETERS.items()}


def free_parameters(
    parameters: Mapping[str, dict | float], units: Mapping[str, str]
) -> tuple[Parameter, ...]:
    """The varied parameters of a configuration, sorted by name; plain numbers are fixed and left out.

    `units` maps each parameter's name to its unit, as `parameter_units` gives them.
    """
    return tuple(
        Parameter(name, units[name], box["minimum"], box["maximum"], box["scale"])
        for name, box in sorted(parameters.items())
        if isinstance(box, Mapping)
    )


def is_finite_number(value: object) -> bool:
    """Whether `value` is a real, finite number (and not a boolean)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
