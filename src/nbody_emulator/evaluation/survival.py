"""Which state does a run end in? What was predicted of that, scored on the training role, out of fold."""

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
WHOLE_RUN = "all"
"""`output` of the scores of survival itself."""


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """By family, output and metric: family, output, metric, value, standard_error, lower, upper (95 %), runs.

    The output "all" is survival, over the usable training runs: whether a run has any output. Under an output's name
    stands whether a run that survives has that output, over those whose fold learned it.

    share: of the runs that answer yes; brier: mean squared distance of the predicted probability from 0 or 1; nll: mean
    negative logarithm of the probability of what happened [nats]; auc: the probability that of a yes and a no the yes
    had the higher prediction. brier_of_share and nll_of_share are what the other folds' share would have scored: what a
    prediction has to beat. Standard errors are Nadeau-Bengio's over the folds.
    """
    rows = []
    for family, predictions in by_family(sources.all("predictions"), protocol.families).items():
        judged = text_or_number(predictions["role"]) == TRAINING_ROLE
        runs = predictions.isel(row=judged & predictions["usable"].values.astype(bool))
        for name, found in _scores(runs):
            rows += [(family, name, *row) for row in found]
    return pd.DataFrame(rows, columns=["family", "output", "metric", *COLUMNS, "runs"])


def _scores(runs: xr.Dataset) -> Iterator[tuple[str, Iterator[tuple]]]:
    outputs = outputs_of(runs)
    exists = np.isfinite(runs["target"].sel(output=outputs).transpose("row", "output").values)
    survived, fold = exists.any(axis=1), runs["fold"].values
    yield WHOLE_RUN, _of_question(runs["survival"].values, survived, fold)
    for output, having in zip(outputs, exists.T, strict=True):
        given_survival = runs["existence"].sel(output=output).values / runs["survival"].values
        asked = survived & np.isfinite(given_survival)
        yield output, _of_question(given_survival[asked], having[asked], fold[asked])


def _of_question(predicted: np.ndarray, yes: np.ndarray, fold: np.ndarray) -> Iterator[tuple]:
    """Scores of predicted probabilities (n,) of the answers `yes` (n,)."""
    if len(yes) == 0:
        return
    share = share_elsewhere(yes, fold)
    estimates = {
        "share": mean_estimate(yes.astype(float)),
        "brier": mean_estimate((predicted - yes) ** 2),
        "nll": mean_estimate(negative_logarithm(predicted, yes)),
        "auc": _area_under_curve(predicted, yes),
        "brier_of_share": mean_estimate((share - yes) ** 2),
        "nll_of_share": mean_estimate(negative_logarithm(share, yes)),
    }
    for metric, estimate in estimates.items():
        yield metric, *estimate.over_folds(fold).values(), len(yes)


def _area_under_curve(predicted: np.ndarray, yes: np.ndarray) -> Estimate:
    """Of the receiver operating characteristic; NaN where all answers are the same.

    Source of the influence: DeLong, DeLong & Clarke-Pearson 1988 (Biometrics 44, 837).
    """
    if yes.all() or not yes.any():
        return Estimate(np.nan, np.full(len(yes), np.nan))
    positive, negative = np.sort(predicted[yes]), np.sort(predicted[~yes])
    below = _rank(negative, predicted[yes]) / len(negative)
    above = 1.0 - _rank(positive, predicted[~yes]) / len(positive)
    area = below.mean()
    influence = np.empty(len(yes))
    influence[yes] = area + (below - area) * len(yes) / yes.sum()
    influence[~yes] = area + (above - area) * len(yes) / (~yes).sum()
    return Estimate(area, influence)


def _rank(ordered: np.ndarray, values: np.ndarray) -> np.ndarray:
    """How many of `ordered` lie below each of the `values`, an equal one counted half."""
    return 0.5 * (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right"))


def share_elsewhere(yes: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """For each row the share of the other folds' rows that answer yes, with half a row added to either side."""
    index = np.unique(fold, return_inverse=True)[1]
    having, rows = np.bincount(index, yes), np.bincount(index)
    return ((having.sum() - having + 0.5) / (rows.sum() - rows + 1.0))[index]


def negative_logarithm(probability: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """(n,) of the probability of what happened or did not [nats]."""
    with np.errstate(divide="ignore"):  # who was sure and wrong has lost infinitely much
        return -np.log(np.where(happened, probability, 1.0 - probability))
