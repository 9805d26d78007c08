"""Which family to use: the simplest within one standard error of the best, on cross-validation alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nbody_emulator.evaluation.rows import by_family
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import over_folds
from nbody_emulator.evaluation.whole_runs import whole_runs
from nbody_emulator.identity.seen_points import TRAINING_ROLE
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


def compare(losses: Sequence[np.ndarray], standard_error: Callable[[np.ndarray], float]) -> Comparison:
    """Compare families by their mean loss, run by run on the same runs.

    Args:
        losses: one array (n,) a family, from the simplest family to the most complex.
        standard_error: of a mean, from values (n,).

    The best family has the lowest mean (the simpler one of equals). Recommended is the simplest family whose
    paired difference to the best is at most one standard error of that difference. A family with a missing
    or infinite score is never recommended unless all are.
    """
    score = np.array([loss.mean() for loss in losses])
    best = int(np.argmin(np.where(np.isfinite(score), score, np.inf)))
    with np.errstate(invalid="ignore"):  # between two that are infinite
        paired = [loss - losses[best] for loss in losses]
    difference = np.array([values.mean() for values in paired])
    error = np.array([standard_error(values) for values in paired])
    within = (difference <= error) | (np.arange(len(losses)) == best)
    return Comparison(
        score=score,
        score_error=np.array([standard_error(loss) for loss in losses]),
        difference=difference,
        difference_error=error,
        best=best,
        recommended=int(np.argmax(within)),
    )


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """Families by rank (0 the simplest): nll and its difference to the best, with errors; one is recommended.

    nll is the primary endpoint, joint and out of fold: what is said of a whole run, its state and all its outputs
    together, in nats over the number of outputs (`whole_runs.WholeRuns`). Standard errors are Nadeau-Bengio's over the
    folds.
    """
    families = by_family(sources.all("predictions"), protocol.families)
    runs = [whole_runs(each, each, [TRAINING_ROLE]) for each in families.values()]
    folds = runs[0].fold
    found = compare([each.joint for each in runs], lambda values: over_folds(values, folds))
    return comparison_table(list(families), found)


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
