"""What independent Gaussians of a mean and a variance say of a target, for synthetic predictions."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.prediction import Prediction
from nbody_emulator.emulators.prediction_variables import functionals_of, variables_of
from nbody_emulator.levels import probabilities_of
from nbody_emulator.quantities.quantity import Output
from nbody_emulator.settings.protocol import TableSettings
from nbody_emulator.settings.units import Units

PROTOCOL_OF_THE_MEAN = TableSettings(
    table="",
    seed=1,
    families=("mean",),
    levels=(0.68, 0.90, 0.95),
    units=Units(),
    energy_tolerance=1e-5,
    unusable_above=1e-2,
)
"""By what tables of one family, the mean, judge."""

LEVELS = (0.68, 0.90, 0.95)


def gaussian_prediction(mean, variance, names: Sequence[str]) -> Prediction:
    """Of outputs that always exist and of fits that are sure of their mean, at the points of arrays (..., q)."""
    outputs = tuple(Output(name, name, 1.0, "1", "identity", 0.0) for name in names)
    mean, variance = np.broadcast_arrays(*np.broadcast_arrays(mean, variance))
    certain = IndependentGaussian(mean, variance, np.zeros_like(variance))
    return Prediction(outputs, certain, np.ones_like(mean), np.ones(len(outputs)))


def scored(predictions: xr.Dataset, levels: Sequence[float] = LEVELS) -> xr.Dataset:
    """With what Gaussians of their mean and variance say of their target."""
    dims = predictions["mean"].dims
    target, mean, variance = (
        each.transpose(*dims).values.astype(float)
        for each in xr.broadcast(*(predictions[name] for name in ("target", "mean", "variance")))
    )
    prediction = gaussian_prediction(mean, variance, predictions["output"].values.astype(str))
    found = variables_of(functionals_of(prediction, target), dims[:-1])
    probabilities = probabilities_of(levels)
    quantiles = np.stack([prediction.transformed_quantile(each) for each in probabilities], axis=-1)
    return predictions.assign(found | {"quantile": ((*dims, "probability"), quantiles)}).assign_coords(
        probability=probabilities
    )
