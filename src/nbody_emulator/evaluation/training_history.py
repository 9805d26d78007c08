"""Loss against epochs of every member of the network ensemble, in every fold."""

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.sources import Sources

COLUMNS = ["fold", "member", "epoch", "training_loss", "validation_loss", "best_epoch"]


def make(sources: Sources, specification: dict) -> pd.DataFrame:
    """One row a fold (-1: the fit on all blocks), member and epoch; epochs that were not run are left out."""
    del specification
    tables = [_history(record) for record in sources.fittings]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)


def _history(record: xr.Dataset) -> pd.DataFrame:
    training = record["training_loss"].transpose("member", "epoch").values
    validation = record["validation_loss"].transpose("member", "epoch").values
    member, epoch = np.indices(training.shape)
    table = pd.DataFrame(
        {
            "fold": int(record["fold"]),
            "member": member.ravel(),
            "epoch": epoch.ravel(),
            "training_loss": training.ravel(),
            "validation_loss": validation.ravel(),
            "best_epoch": record["best_epoch"].values[member.ravel()],
        }
    )
    return table.dropna(subset=["training_loss", "validation_loss"], how="all")
