"""Predictions of runs as variables of a dataset: the functionals that are kept of their distributions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.emulators.functionals import NORMAL_SCORES
from nbody_emulator.emulators.prediction import Prediction

if TYPE_CHECKING:
    import xarray as xr

BY_OUTPUT = {
    "mean": "predicted mean of the transformed output",
    "variance": "total predictive variance of the transformed output",
    "epistemic_variance": "part of the variance that more training runs would remove",
    "log_density": "logarithm of the predicted density at the target",
    "pit": "predicted probability below the target",
    "normal_score": "standard normal's quantile of the predicted probability below the target",
    "crps": "continuous ranked probability score of the prediction at the target",
    "existence": "predicted probability that a run has the output at all",
}
BY_ROW = {
    "survival": "predicted probability that a run has any output at all",
    "state_log_prob": "logarithm of the predicted probability that a run has just the outputs that are there",
    "joint_log_density": "logarithm of the joint predicted density at the targets that are there",
    "energy_score": "energy score of the outputs that are there, each over its spread in the training runs",
    "hpd_level": "predicted probability of the smallest region of highest density that holds the targets",
    "mahalanobis": "distance of the targets that are there from the mean in units of the predicted covariance",
}


def functionals_of(prediction: Prediction, targets: np.ndarray) -> dict[str, np.ndarray]:
    """By name what stands in BY_OUTPUT, (n, q), and BY_ROW, (n,), of runs with these targets (n, q)."""
    return prediction.transformed_functionals(targets)._asdict()


def variables_of(
    found: Mapping[str, np.ndarray], leading: tuple[str, ...] = ("row",)
) -> dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, str]]]:
    """The functionals as variables over the axes `leading`, and `output` where they are of each output."""
    dimensions = dict.fromkeys(BY_OUTPUT, (*leading, "output")) | dict.fromkeys(BY_ROW, leading)
    return {
        name: (dimensions[name], found[name], {"long_name": long_name, "units": "1"})
        for name, long_name in (BY_OUTPUT | BY_ROW).items()
    }


def quantiles_of(prediction: Prediction) -> "xr.DataArray":
    """The quantile function of the transformed outputs, over `normal_score`."""
    import xarray as xr  # imported here: using an emulator does not need it

    meaning = "standard normal's quantile of the probability below the quantile"
    return xr.DataArray(
        prediction.transformed_quantile_function,
        {
            "normal_score_of_quantile": (
                "quantile_place",
                list(NORMAL_SCORES),
                {"long_name": meaning, "units": "1"},
            )
        },
        ("row", "output", "quantile_place"),
        attrs={"long_name": "predicted quantile of the transformed output", "units": "1"},
    )
