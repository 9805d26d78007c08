"""What independent Gaussians of a mean and a variance say of a target, for synthetic predictions."""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
import xarray as xr
from scipy.stats import norm

from nbody_emulator.emulators.asked import Asked
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.functionals import NORMAL_SCORES
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.emulators.prediction_variables import functionals_of, variables_of
from nbody_emulator.emulators.transformed_prediction import TransformedPrediction
from nbody_emulator.evaluation.rows import Rows
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


LOG_ODDS = 4.0
MOST_FOLDS = 10
"""Of any synthetic cross-validation."""

SCORES = np.array(NORMAL_SCORES)


def gaussian_prediction(mean, variance, names: Sequence[str]) -> TransformedPrediction:
    """Of outputs that are seldom missing and of fits that are sure of their mean, at the points of arrays (..., q)."""
    outputs = tuple(Output(name, name, 1.0, "1", "identity", 0.0) for name in names)
    mean, variance = np.broadcast_arrays(*np.broadcast_arrays(mean, variance))
    count = len(outputs)
    return TransformedPrediction(
        outputs=outputs,
        outcome=_likely,
        points=IndependentGaussian(mean, variance, np.zeros_like(variance)),
        known=np.ones(mean.shape[:-1], dtype=bool),
        scale=np.ones(count),
        places=tuple(range(count)),
        asked=Asked((), np.empty((*mean.shape[:-1], 0)), (), None),
    )


def _likely(distribution: IndependentGaussian) -> Outcome:
    """Of a run that most likely survives with all its outputs."""
    return Outcome(jnp.array(LOG_ODDS), jnp.full_like(distribution.mean, LOG_ODDS), distribution)


def scored(predictions: xr.Dataset) -> xr.Dataset:
    """With what Gaussians of their mean and variance say of their target."""
    dims = predictions["mean"].dims
    target, mean, variance = (
        each.transpose(*dims).values.astype(float)
        for each in xr.broadcast(*(predictions[name] for name in ("target", "mean", "variance")))
    )
    prediction = gaussian_prediction(mean, variance, predictions["output"].values.astype(str))
    found = variables_of(functionals_of(prediction, target), dims[:-1])
    quantiles = ((*dims, "quantile_place"), prediction.transformed_quantile_function)
    # As if all fits had found the same.
    of_folds = ((*dims, "held_out_fold"), np.repeat(mean[..., None], MOST_FOLDS, axis=-1))
    return predictions.assign(found | {"quantile": quantiles, "fold_mean": of_folds}).assign_coords(
        normal_score_of_quantile=("quantile_place", list(NORMAL_SCORES))
    )


def gaussian_rows(mean, deviation, target, calibration: int) -> Rows:
    """Predicted by Gaussians; the first rows are of the calibration role, the others judge."""
    count = len(target)
    z = (target - mean) / deviation
    return Rows(
        mean=mean,
        standard_deviation=deviation,
        target=target,
        log_density=norm.logpdf(z) - np.log(deviation),
        pit=norm.cdf(z),
        normal_score=z,
        crps=np.full(count, np.nan),
        fold=np.full(count, -1),
        group=np.arange(count).astype(str),
        role=np.repeat(["calibration", "noise"], [calibration, count - calibration]),
        inputs=np.zeros((count, 0)),
        survival=np.ones(count),
        quantile=mean[:, None] + deviation[:, None] * SCORES,
        fold_mean=np.full((count, 1), np.nan),
        quantile_scores=SCORES,
    )
