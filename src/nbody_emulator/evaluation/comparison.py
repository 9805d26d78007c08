"""Which family to use: the simplest within one standard error of the best, on cross-validation alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.losses import negative_log_likelihood
from nbody_emulator.evaluation.rows import by_family, outputs_of, spread_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import mean_of_means, over_folds
from nbody_emulator.settings.protocol import Protocol


@dataclass(frozen=True)
class Comparison:
    """Each family against the best, in the given order; arrays (families,)."""

    score: np.ndarray
    score_error: np.ndarray
    difference: np.ndarray
    difference_error: np.ndarray
    best: int
    recommended: int


def compare(losses: Sequence[np.ndarray], present: np.ndarray, standard_error) -> Comparison:
    """Compare families by their mean loss over outputs, row by row on the same rows.

    Args:
        losses: one array (n, q) a family, from the simplest family to the most complex.
        present: which outputs exist in which rows, (n, q).
        standard_error: of a mean, from (values (n, q), present (n, q)).

    The best family has the lowest mean (the simpler one of equals). Recommended is the simplest family whose
    paired difference to the best is at most one standard error of that difference. A family with a missing
    or infinite score is never recommended unless all are.
    """
    score = np.array([mean_of_means(loss, present) for loss in losses])
    best = int(np.argmin(np.where(np.isfinite(score), score, np.inf)))
    paired = [loss - losses[best] for loss in losses]
    difference = np.array([mean_of_means(values, present) for values in paired])
    error = np.array([standard_error(values, present) for values in paired])
    within = (difference <= error) | (np.arange(len(losses)) == best)
    return Comparison(
        score=score,
        score_error=np.array([standard_error(loss, present) for loss in losses]),
        difference=difference,
        difference_error=error,
        best=best,
        recommended=int(np.argmax(within)),
    )


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """Families by rank (0 the simplest): nll and its difference to the best, with errors; one is recommended.

    nll is the primary endpoint: the mean over outputs of the out-of-fold negative log likelihood of
    target / spread [nats]. Standard errors are Nadeau-Bengio's over the folds.
    """
    families = by_family(sources.all("predictions"), protocol.families)
    first = next(iter(families.values()))
    role, folds = text_or_number(first["role"]), first["fold"].values
    training = role == "training"
    outputs = outputs_of(first)
    losses, present = loss_matrices(families, first, outputs, training)
    found = compare(losses, present, lambda values, exists: over_folds(values, folds[training], exists))
    return comparison_table(list(families), found)


def loss_matrices(
    families: Mapping[str, xr.Dataset], unsealed: xr.Dataset, outputs: Sequence[str], chosen: np.ndarray
) -> tuple[list[np.ndarray], np.ndarray]:
    """Each family's scaled nll (n, outputs) in the `chosen` rows, and which of them exist.

    An output without spread, or that could not be learned, exists in none.

    `unsealed` holds the training rows whose spread scales each output.
    """
    spreads = np.array([spread_of(unsealed, output) for output in outputs])
    first = next(iter(families.values()))
    targets = _matrix(first, "target", outputs)[chosen]
    present = np.isfinite(targets + spreads) & first["usable"].values.astype(bool)[chosen, None]
    present &= np.isfinite(_matrix(first, "mean", outputs)[chosen])
    losses = []
    for predictions in families.values():
        log_density = _matrix(predictions, "log_density", outputs)[chosen]
        losses.append(negative_log_likelihood(log_density, spreads))
    return losses, present


def comparison_table(families: Sequence[str], found: Comparison) -> pd.DataFrame:
    """The comparison as a tidy table, one row a family in order of rank."""
    return pd.DataFrame(
        {
            "family": families,
            "rank": range(len(families)),
            "nll": found.score,
            "nll_standard_error": found.score_error,
            "difference": found.difference,
            "difference_standard_error": found.difference_error,
            "recommended": np.arange(len(families)) == found.recommended,
        }
    )


def _matrix(predictions: xr.Dataset, name: str, outputs: Sequence[str]) -> np.ndarray:
    return predictions[name].sel(output=list(outputs)).transpose("row", "output").values
