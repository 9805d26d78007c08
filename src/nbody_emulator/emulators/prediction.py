"""A predicted distribution: Gaussians of the transformed outputs, or mixtures of them, read off in physical units."""

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from statistics import NormalDist

import numpy as np

from nbody_emulator.arrays import real_numbers
from nbody_emulator.emulators import mixture
from nbody_emulator.emulators.words import names_of, with_unit
from nbody_emulator.quantities import Output

REPR_LEVEL = 0.68
"""Of the intervals in which a single prediction is printed."""


@dataclass(frozen=True, repr=False)
class Prediction:
    """An equal mixture of k Gaussians of each transformed output at each input point; one for most families.

    Attributes:
        outputs: the q outputs, in the order of the last axis.
        means, variances: (k, ..., q) of the components, in transformed units and their squares.
        model_variance: (..., q) the part of the variance that more training runs would remove.
    """

    outputs: tuple[Output, ...]
    means: np.ndarray
    variances: np.ndarray
    model_variance: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """(..., q) in transformed units."""
        return mixture.moments(self.means, self.variances)[0]

    @property
    def variance(self) -> np.ndarray:
        """(..., q) total predictive variance of one new run, in transformed units squared."""
        return mixture.moments(self.means, self.variances)[1]

    @property
    def names(self) -> tuple[str, ...]:
        """The outputs' names, in the order of the last axis."""
        return tuple(output.name for output in self.outputs)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        """Over the outputs' names, as a mapping does."""
        return iter(self.names)

    def __repr__(self) -> str:
        if self.model_variance.ndim > 1:
            shape = " x ".join(map(str, self.model_variance.shape[:-1]))
            return f"Prediction(at {shape} points: {names_of(self.outputs)})"
        low, high = self.interval(REPR_LEVEL)
        parts = [
            with_unit(f"{name} = {median:.4g} [{below:.4g}, {above:.4g}]", output.unit)
            for name, output, median, below, above in zip(
                self.names, self.outputs, self.median, low, high, strict=True
            )
        ]
        return f"Prediction({'; '.join(parts)}; medians and {REPR_LEVEL:.0%} intervals)"

    @property
    def standard_deviation(self) -> np.ndarray:
        """(..., q) square root of the total variance, in transformed units."""
        return np.sqrt(self.variance)

    @property
    def median(self) -> np.ndarray:
        """(..., q) the median in each output's own unit (transforms are monotonic, so medians carry over)."""
        return self._physical(mixture.quantile(0.0, self.means, self.variances))

    def interval(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper ends (..., q), in each output's own unit, of the central interval of probability
        `level`.

        Raises:
            ValueError: `level` is not between 0 and 1.
        """
        if not (isinstance(level, Real) and 0.0 < level < 1.0):
            raise ValueError(f"the level of an interval must lie between 0 and 1, not {level}")
        reach = NormalDist().inv_cdf(0.5 + 0.5 * level)
        ends = (mixture.quantile(end, self.means, self.variances) for end in (-reach, reach))
        low, high = map(self._physical, ends)
        return low, high

    def log_density(self, target: np.ndarray) -> np.ndarray:
        """(..., q) logarithm of each transformed output's density at `target` (..., q) [nats]."""
        return mixture.log_density(_numbers(target), self.means, self.variances)

    def z(self, target: np.ndarray) -> np.ndarray:
        """(..., q) the standard normal's quantile of the probability below `target`: of a single Gaussian the
        standardized residual.
        """
        return mixture.normal_quantile(_numbers(target), self.means, self.variances)

    def crps(self, target: np.ndarray) -> np.ndarray:
        """(..., q) the continuous ranked probability score at `target`, in transformed units."""
        return mixture.crps(_numbers(target), self.means, self.variances)

    def __getitem__(self, name: str) -> "Prediction":
        """The prediction of one output alone, its last axis of length 1."""
        if name not in self.names:
            raise KeyError(f"no output {name!r}; there are {', '.join(self.names)}")
        place = self.names.index(name)
        chosen = slice(place, place + 1)
        return Prediction(
            self.outputs[chosen],
            self.means[..., chosen],
            self.variances[..., chosen],
            self.model_variance[..., chosen],
        )

    def _physical(self, transformed):
        columns = [output.inverse(transformed[..., index]) for index, output in enumerate(self.outputs)]
        return np.stack(columns, axis=-1)


def _numbers(target):
    """Transformed targets through the door: of no unit."""
    return real_numbers("target", target, "1")
