"""Loss against epochs of every member of every ensemble of networks, in every fold."""

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.settings.protocol import Protocol

MOST_EPOCHS = 60
"""Rows of one member: dense at first, where losses fall, then ever further apart."""

COLUMNS = ["family", "fold", "member", "epoch", "training_loss", "validation_loss", "best_epoch"]


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a family, fold (-1: the fit on all blocks), member and epoch, of `MOST_EPOCHS` at most.

    Epochs that were not run are left out, and so are families that are not fitted by epochs.
    """
    del protocol
    tables = [_history(record) for record in sources.all("fittings") if "epoch" in record.dims]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)


def _history(record: xr.Dataset) -> pd.DataFrame:
    epochs = _epochs(record.sizes["epoch"])
    losses = (
        record[name].transpose("member", "epoch").values for name in ("training_loss", "validation_loss")
    )
    training, validation = (loss[:, epochs] for loss in losses)
    member, epoch = np.broadcast_arrays(np.arange(len(training))[:, None], epochs)
    table = pd.DataFrame(
        {
            "family": record.attrs["family"],
            "fold": int(record["fold"]),
            "member": member.ravel(),
            "epoch": epoch.ravel(),
            "training_loss": training.ravel(),
            "validation_loss": validation.ravel(),
            "best_epoch": record["best_epoch"].values[member.ravel()],
        }
    )
    return table.dropna(subset=["training_loss", "validation_loss"], how="all")


def _epochs(count: int) -> np.ndarray:
    """The first epoch, the last and some between, evenly spaced in the logarithm."""
    return np.unique(np.geomspace(1, count, MOST_EPOCHS).round().astype(int)) - 1
