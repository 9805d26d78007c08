"""What goes into an emulator and what comes out: parameters with a box, outputs with a transform."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np

from nbody_emulator.arrays import real_numbers
from nbody_emulator.quantities.transforms import TRANSFORMS
from nbody_emulator.settings.parameters import Box

SCALES = ("linear", "log")
"""Scales on which a box may be uniform."""

SNAPSHOT_TOLERANCE = 1e-6
"""How far, as a share of the duration, an output may be from its snapshot: a person writes 1/3 with six digits."""

ROUNDING = 1e-9
"""By which a fraction of a box may lie outside [0, 1]."""


@dataclass(frozen=True)
class Parameter:
    """A varied parameter: a box from `minimum` to `maximum` in `unit`, uniform on a linear or log `scale`.

    Raises:
        ValueError: it has no such scale, or its box has no inside.
    """

    name: str
    unit: str
    minimum: float
    maximum: float
    scale: str

    def __post_init__(self):
        _check_words("parameter", self.name, self.unit)
        if self.scale not in SCALES:
            raise ValueError(
                f"parameter {self.name}: scale must be {' or '.join(SCALES)}, not {self.scale!r}"
            )
        for end in ("minimum", "maximum"):
            value = getattr(self, end)
            if not is_finite_number(value):
                raise ValueError(f"parameter {self.name}: {end} must be a finite number, not {value!r}")
            object.__setattr__(self, end, plain_number(value))
        if self.minimum >= self.maximum:
            raise ValueError(
                f"parameter {self.name}: minimum {self.minimum} must be below maximum {self.maximum}"
            )
        if self.scale == "log" and self.minimum <= 0.0:
            raise ValueError(
                f"parameter {self.name}: minimum {self.minimum} has no logarithm; raise it, or write scale linear"
            )

    def holds(self, values: np.ndarray) -> np.ndarray:
        """True where values (...,) lie in the box, ends included, but for the rounding of a conversion of units."""
        slack = 4.0 * np.finfo(float).eps
        low, high = (end + sign * slack * abs(end) for end, sign in ((self.minimum, -1), (self.maximum, 1)))
        return (values >= low) & (values <= high)

    def to_unit_interval(self, values: np.ndarray) -> np.ndarray:
        """Map values (...,) from the box to [0, 1], uniform on the parameter's scale."""
        low, high = self._axis(self.minimum), self._axis(self.maximum)
        return (self._axis(real_numbers(self.name, values, self.unit)) - low) / (high - low)

    def from_unit_interval(self, fractions: np.ndarray) -> np.ndarray:
        """Map fractions (...,) in [0, 1] to values inside the box.

        Raises:
            ValueError: a fraction is none, by more than rounding.
        """
        fractions = real_numbers(f"fractions of {self.name}", fractions, "1")
        outside = (fractions < -ROUNDING) | (fractions > 1.0 + ROUNDING)
        if np.any(outside):
            raise ValueError(
                f"fractions of {self.name} must lie between 0 and 1, not at {fractions[outside].flat[0]:g}"
            )
        low, high = self._axis(self.minimum), self._axis(self.maximum)
        axis = low + fractions * (high - low)
        return np.clip(np.exp(axis) if self.scale == "log" else axis, self.minimum, self.maximum)

    def _axis(self, values):
        return np.log(values) if self.scale == "log" else np.asarray(values, dtype=float)


@dataclass(frozen=True)
class Covariate(Parameter):
    """A number beside the parameters that is known of every run before it begins, and spreads evenly on its `scale`.

    It has no box, for what is drawn can be anything: its box holds every number that the scale has.

    Attributes:
        is_of_star: whether it is of one star, and not of the whole cluster.

    Raises:
        ValueError: there is no such scale.
    """

    is_of_star: bool = False

    @staticmethod
    def of(name: str, unit: str, scale: str, is_of_star: bool = False) -> "Covariate":
        """The covariate of this name, in this unit, on this scale."""
        return Covariate(name, unit, 0.0 if scale == "log" else -math.inf, math.inf, scale, is_of_star)

    def __post_init__(self):
        if self.scale not in SCALES:
            raise ValueError(
                f"covariate {self.name}: scale must be {' or '.join(SCALES)}, not {self.scale!r}"
            )

    def holds(self, values: np.ndarray) -> np.ndarray:
        """True where values (...,) are numbers that its scale has."""
        return np.isfinite(values) & (values > self.minimum)

    def to_unit_interval(self, values: np.ndarray) -> np.ndarray:
        """The middle (...,) for every value: without a box none lies farther out than another."""
        return np.where(np.isnan(values), np.nan, 0.5)

    def from_unit_interval(self, fractions: np.ndarray) -> np.ndarray:
        """One (...,), which both scales have."""
        return np.ones(np.shape(fractions))


def cluster_columns(parameters: Sequence[Parameter]) -> int:
    """How many of these inputs, which come first, are of the whole cluster and not of single stars."""
    return sum(not (isinstance(each, Covariate) and each.is_of_star) for each in parameters)


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

    Raises:
        ValueError: there is no such transform, or the resolution is no number.
    """

    name: str
    statistic: str
    time: float
    unit: str
    transform: str
    resolution: float

    def __post_init__(self):
        _check_words("output", self.name, self.unit)
        if self.transform not in TRANSFORMS:
            raise ValueError(
                f"output {self.name}: transform must be one of {', '.join(TRANSFORMS)}, not {self.transform!r}"
            )
        if not (is_finite_number(self.resolution) and self.resolution >= 0.0):
            raise ValueError(
                f"output {self.name}: resolution must be a number from 0 on, not {self.resolution!r}"
            )
        if not (is_finite_number(self.time) and 0.0 <= self.time <= 1.0):
            raise ValueError(
                f"output {self.name}: time must be a share of the run between 0 and 1, not {self.time!r}"
            )
        for field in ("resolution", "time"):
            object.__setattr__(self, field, plain_number(getattr(self, field)))

    def suits(self, values: np.ndarray) -> np.ndarray:
        """True where the transform has an answer for values (...,)."""
        # Below zero a logit would still answer within half a step, and beyond one too.
        inside = np.isfinite(values)
        if self.transform == "logit":
            inside &= (values >= 0.0) & (values <= 1.0)
        with np.errstate(all="ignore"):
            return inside & np.isfinite(self.forward(values))

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Transformed values, bare or of any library's units; NaN where the output does not exist."""
        values = real_numbers(self.name, values, self.unit)
        return TRANSFORMS[self.transform].forward(values, self.resolution)

    def inverse(self, transformed: np.ndarray) -> np.ndarray:
        """Values in `unit` from transformed ones."""
        transformed = real_numbers(f"transformed {self.name}", transformed, "1")
        return TRANSFORMS[self.transform].inverse(transformed, self.resolution)

    def log_slope(self, values: np.ndarray) -> np.ndarray:
        """Logarithm of the slope of `forward` at values (...,).

        What is added to the log density of a transformed value to get that of the value itself, in 1/`unit`.
        """
        values = real_numbers(self.name, values, self.unit)
        return np.log(TRANSFORMS[self.transform].slope(values, self.resolution))


def _check_words(kind: str, name: object, unit: object) -> None:
    if not (isinstance(name, str) and name.strip()):
        article = "an" if kind == "output" else "a"
        raise ValueError(f"{article} {kind}'s name must be a word, not {name!r}")
    if not isinstance(unit, str):
        raise ValueError(f"{kind} {name}: unit must be a word such as 'pc', or '1', not {unit!r}")


def free_parameters(boxes: Mapping[str, Box], units: Mapping[str, str]) -> tuple[Parameter, ...]:
    """The parameters that vary, in these boxes and units, sorted by name."""
    return tuple(
        Parameter(name, units[name], box.minimum, box.maximum, box.scale)
        for name, box in sorted(boxes.items())
    )


def is_finite_number(value: object) -> bool:
    """Whether `value` is a real, finite number (and not a boolean)."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def plain_number(value: Real) -> int | float:
    """The number as Python's own, whose text is the same for every library's."""
    return value if isinstance(value, int | float) else float(value)
