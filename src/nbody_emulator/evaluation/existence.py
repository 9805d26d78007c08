"""Does a run have the output at all? What was predicted of that, scored on the training role, out of fold."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.estimate import Estimate, mean_estimate
from nbody_emulator.evaluation.rows import by_family, outputs_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.identity.seen_points import TRAINING_ROLE
from nbody_emulator.settings.protocol import Protocol

COLUMNS = ["value", "standard_error", "lower", "upper"]


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """By family, output and metric: family, output, metric, value, standard_error, lower, upper (95 %), runs.

    Over the usable training runs whose fold learned the output. share: of them have it; brier: mean squared distance of
    the predicted probability from 0 or 1; nll: mean negative logarithm of the probability of what happened [nats].
    brier_of_share and nll_of_share are what the other folds' share would have scored: what a prediction has to beat.
    Standard errors are Nadeau-Bengio's over the folds.
    """
    rows = []
    for family, predictions in by_family(sources.all("predictions"), protocol.families).items():
        for output in outputs_of(predictions):
            rows += [(family, output, *row) for row in _scores(predictions, output)]
    return pd.DataFrame(rows, columns=["family", "output", "metric", *COLUMNS, "runs"])


def _scores(predictions: xr.Dataset, output: str) -> Iterator[tuple]:
    at_output = predictions.sel(output=output)
    predicted, fold = at_output["existence"].values, predictions["fold"].values
    judged = (text_or_number(predictions["role"]) == TRAINING_ROLE) & np.isfinite(predicted)
    judged &= predictions["usable"].values.astype(bool)
    predicted, fold = predicted[judged], fold[judged]
    exists = np.isfinite(at_output["target"].values[judged])
    for metric, estimate in _estimates(predicted, exists, _share_elsewhere(exists, fold)).items():
        yield metric, *estimate.over_folds(fold).values(), len(exists)


def _estimates(predicted: np.ndarray, exists: np.ndarray, share: np.ndarray) -> dict[str, Estimate]:
    return {
        "share": mean_estimate(exists.astype(float)),
        "brier": mean_estimate((predicted - exists) ** 2),
        "nll": mean_estimate(_negative_logarithm(predicted, exists)),
        "brier_of_share": mean_estimate((share - exists) ** 2),
        "nll_of_share": mean_estimate(_negative_logarithm(share, exists)),
    }


def _share_elsewhere(exists: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """For each row the share of the other folds' rows that have the output, with half a row added to either side."""
    index = np.unique(fold, return_inverse=True)[1]
    having, rows = np.bincount(index, exists), np.bincount(index)
    return ((having.sum() - having + 0.5) / (rows.sum() - rows + 1.0))[index]


def _negative_logarithm(probability: np.ndarray, happened: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):  # who was sure and wrong has lost infinitely much
        return -np.log(np.where(happened, probability, 1.0 - probability))
