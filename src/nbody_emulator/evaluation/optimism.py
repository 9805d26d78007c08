"""How much better a search makes its own choice look: the score by which it was chosen beside that on unseen runs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.estimate import with_interval
from nbody_emulator.evaluation.rows import FULL_MODEL, by_family, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import nadeau_bengio
from nbody_emulator.identity.seen_points import TRAINING_ROLE
from nbody_emulator.settings.protocol import Protocol


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a family, in order of rank: folds, candidates, inner, outer, optimism with its standard_error, lower and
    upper (95 %).

    inner is the score of the chosen candidate in the inner folds, by which it was chosen, outer that of the final fit
    on the outer fold, which neither has seen: joint negative log density of the outputs that there are, in nats over
    the number of outputs, each in units of its spread in the training part. optimism is inner minus outer, paired by
    fold: negative where the search flatters its choice, positive where fits to fewer runs, as those in the inner folds
    are, lose more than that. Standard errors are Nadeau-Bengio's.
    """
    families = by_family(sources.all("predictions"), protocol.families)
    records = [record for record in sources.all("fittings") if int(record["fold"]) != FULL_MODEL]
    rows = []
    for family, predictions in families.items():
        own = [record for record in records if record.attrs["family"] == family]
        rows.append({"family": family, **_optimism(own, predictions)})
    return pd.DataFrame(rows)


def _optimism(records: Sequence[xr.Dataset], predictions: xr.Dataset) -> dict:
    inner = np.array([float(record["inner_score"][int(record["chosen"])]) for record in records])
    outer = np.array([outer_score(predictions, int(record["fold"])) for record in records])
    paired, folds = inner - outer, len(records)
    error = nadeau_bengio(paired, 1 / max(folds - 1, 1))
    found = with_interval(float(paired.mean()), error, folds - 1, positive=False)
    return {
        "folds": folds,
        "candidates": int(np.isfinite(records[0]["inner_score"].values).sum()),
        "inner": inner.mean(),
        "outer": outer.mean(),
        "optimism": found.pop("value"),
        **found,
    }


def outer_score(predictions: xr.Dataset, fold: int) -> float:
    """The same score as the search's, of the training runs held out in this fold, by the fit without them."""
    usable = predictions["usable"].values.astype(bool) & (
        text_or_number(predictions["role"]) == TRAINING_ROLE
    )
    rows = predictions.isel(row=usable)
    target, mean = (rows[name].transpose("row", "output").values for name in ("target", "mean"))
    held_out = rows["fold"].values == fold
    # As the scaler has it: over the rows of the fold's training part.
    spread = np.array([np.std(column[np.isfinite(column)]) for column in target[~held_out].T])
    learned = np.isfinite(mean[held_out]).any(axis=0)
    there = np.isfinite(target[held_out]) & learned
    observed = there.any(axis=1)
    scales = np.where(there, np.log(np.where(spread > 0, spread, 1.0)), 0.0).sum(axis=1)
    density = rows["joint_log_density"].values[held_out] + scales
    return -float(np.mean(density[observed])) / max(int(learned.sum()), 1)
