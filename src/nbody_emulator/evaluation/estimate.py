"""A number with what its error is made of: how each row moves it, and what comes from elsewhere."""

from dataclasses import dataclass

import numpy as np

from nbody_emulator.evaluation.standard_errors import (
    fold_count,
    freedom_over_groups,
    interval,
    over_folds,
    over_groups,
)


@dataclass(frozen=True)
class Estimate:
    """A score, with what its standard error is made of (delta method).

    Attributes:
        value: pooled over all rows.
        influence: (n,); to first order the score varies as the mean of these does.
        other_variance: squared error that comes from other runs than these rows.
        positive: whether the value cannot be negative, so that its interval is laid on its logarithm.
    """

    value: float
    influence: np.ndarray
    other_variance: float = 0.0
    positive: bool = False

    def over_folds(self, folds: np.ndarray) -> dict[str, float]:
        """Value, standard_error, lower and upper (95 %), of rows held out in `folds` (n,)."""
        return self._with(over_folds(self.influence, folds), fold_count(folds) - 1)

    def over_groups(self, groups: np.ndarray) -> dict[str, float]:
        """The same where the design points `groups` (n,) are independent, and not the rows of one."""
        return self._with(over_groups(self.influence, groups), freedom_over_groups(self.influence, groups))

    def _with(self, error: float, freedom: float) -> dict[str, float]:
        error = float(np.hypot(error, np.sqrt(self.other_variance)))
        return with_interval(float(self.value), error, freedom, self.positive)


def mean_estimate(values: np.ndarray, positive: bool = False) -> Estimate:
    """A plain mean of `values` (n,)."""
    return Estimate(values.mean(), values, positive=positive)


def with_interval(value: float, error: float, freedom: float, positive: bool) -> dict[str, float]:
    """Value, standard_error, and lower and upper, the 95 % interval."""
    lower, upper = interval(value, error, freedom, positive)
    return {"value": value, "standard_error": error, "lower": lower, "upper": upper}
