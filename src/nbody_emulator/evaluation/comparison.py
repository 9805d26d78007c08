"""Which family to use, and what it costs: the simplest within one standard error of the best, on cross-validation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.evaluation.rows import FULL_MODEL, by_family
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import over_folds
from nbody_emulator.evaluation.whole_runs import noise_trial, single_fits, whole_runs, whole_runs_of_trial
from nbody_emulator.identity.seen_points import TRAINING_ROLE
from nbody_emulator.settings.protocol import Protocol

BYTES_PER_MEGABYTE = 1e6


@dataclass(frozen=True)
class Comparison:
    """Each family against the best, in the given order; arrays (families,).

    Attributes:
        score, score_error: mean loss, and its error over the rows.
        difference: to the best family.
        row_error: of the difference, over the rows: other runs, and other training runs.
        seed_error: of the difference, by how far another random seed would move either family's one fit in use.
        difference_error: of both.
        best, recommended: places of these families.
    """

    score: np.ndarray
    score_error: np.ndarray
    difference: np.ndarray
    row_error: np.ndarray
    seed_error: np.ndarray
    difference_error: np.ndarray
    best: int
    recommended: int


def compare(
    losses: Sequence[np.ndarray],
    standard_error: Callable[[np.ndarray], float],
    seed_variances: Sequence[float],
) -> Comparison:
    """Compare families by their mean loss, run by run on the same runs.

    Args:
        losses: one array (n,) a family, from the simplest family to the most complex.
        standard_error: of a mean, from values (n,).
        seed_variances: of each family's mean loss from one fit to all training runs to another with another seed.

    What is to be used is one fit of each family, made with one seed. A mean over fits to many folds, whose seeds all
    differ, estimates what to expect of it; the fit itself lies off that by its own seed, which no fold has seen. So the
    squares of the two errors add up, and no scatter counts twice.

    The best family has the lowest mean (the simpler one of equals). Recommended is the simplest family whose
    paired difference to the best is at most one standard error of that difference. A family with a missing
    or infinite score is never recommended unless all are.
    """
    score = np.array([loss.mean() for loss in losses])
    best = int(np.argmin(np.where(np.isfinite(score), score, np.inf)))
    with np.errstate(invalid="ignore"):  # between two that are infinite
        paired = [loss - losses[best] for loss in losses]
    difference = np.array([values.mean() for values in paired])
    others = np.arange(len(losses)) != best
    row_error = np.array([standard_error(values) for values in paired])
    seed_error = np.where(others, np.sqrt(np.array(seed_variances) + seed_variances[best]), 0.0)
    error = np.hypot(row_error, seed_error)
    within = (difference <= error) | ~others
    return Comparison(
        score=score,
        score_error=np.array([standard_error(loss) for loss in losses]),
        difference=difference,
        row_error=row_error,
        seed_error=seed_error,
        difference_error=error,
        best=best,
        recommended=int(np.argmax(within)),
    )


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """Families by rank (0 the simplest): nll and its difference to the best, with errors; what they cost; one is
    recommended.

    nll is the primary endpoint, joint and out of fold: what is said of a whole run, its state and all its outputs
    together, in nats over the number of outputs (`whole_runs.WholeRuns`). difference_standard_error is made of
    difference_fold_standard_error, Nadeau-Bengio's over the folds, and difference_seed_standard_error, from the scatter
    of the same score of the noise runs between fits to all training runs with `seeds` different seeds. tied: whether
    the difference to the best is within its standard error. numbers and megabytes are those of the saved emulator,
    has_gradients whether a sampler can follow its slopes.
    """
    families = by_family(sources.all("predictions"), protocol.families)
    runs = [whole_runs(each, each, [TRAINING_ROLE]) for each in families.values()]
    folds = runs[0].fold
    scores = [seed_scores(each, sources.all("seeds")) for each in families.values()]
    found = compare(
        [each.joint for each in runs],
        lambda values: over_folds(values, folds),
        [float(np.var(each, ddof=1)) for each in scores],
    )
    return comparison_table(list(families), found, list(map(len, scores)), _costs(sources.all("fittings")))


def seed_scores(predictions: xr.Dataset, trials: Sequence[xr.Dataset]) -> np.ndarray:
    """The primary endpoint of the noise runs by a family's fits to all training runs, one a seed, the first in use.

    Args:
        predictions: of the family.
        trials: of all families, each of fits to all training runs on other random streams.
    """
    family = predictions.attrs["family"]
    own = [noise_trial(predictions), *(each for each in trials if each.attrs["family"] == family)]
    fits = [fit for trial in own for fit in single_fits(trial)]
    return np.array([whole_runs_of_trial(fit, predictions).joint.mean() for fit in fits])


def comparison_table(
    families: Sequence[str], found: Comparison, seeds: Sequence[int], costs: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    """The comparison as a tidy table, one row a family in order of rank."""
    return pd.DataFrame(
        {
            "family": families,
            "rank": range(len(families)),
            "nll": found.score,
            "nll_standard_error": found.score_error,
            "difference": found.difference,
            "difference_standard_error": found.difference_error,
            "difference_fold_standard_error": found.row_error,
            "difference_seed_standard_error": found.seed_error,
            "seeds": seeds,
            "tied": (found.difference <= found.difference_error) | (np.arange(len(families)) == found.best),
            "numbers": [costs[family]["numbers"] for family in families],
            "megabytes": [costs[family]["megabytes"] for family in families],
            "has_gradients": [FAMILIES.load(family).has_gradients for family in families],
            "recommended": np.arange(len(families)) == found.recommended,
        }
    )


def _costs(records: Sequence[xr.Dataset]) -> dict[str, dict[str, float]]:
    """By family what its emulator takes to keep, from the record of the fit to all training runs."""
    return {
        record.attrs["family"]: {
            "numbers": int(record["numbers"]),
            "megabytes": float(record["file_size"]) / BYTES_PER_MEGABYTE,
        }
        for record in records
        if int(record["fold"]) == FULL_MODEL
    }
