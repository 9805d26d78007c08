"""A family fitted to all training runs, and once without each fold, to predict every one of them unseen."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.fold_emulators import saved_each
from nbody_emulator.emulators.learnable import fit_learnable
from nbody_emulator.emulators.record import record_of_folds
from nbody_emulator.emulators.rows import FULL_MODEL, predict_out_of_fold
from nbody_emulator.settings.rows import Fitting

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.quantities.tables import Table


def cross_validated_fit(
    table: "Table", how: Fitting, folds: Sequence[Sequence[int]], kept: str | Path | None = None
) -> tuple[Emulator, "xr.Dataset", "xr.Dataset"]:
    """The emulator; out_of_fold.nc, the predictions of its training runs by fits without them; fitting.nc, the records
    of all these fits.

    Args:
        table: training runs in blocks.
        how: as for `fit`.
        folds: the indices of each fold's blocks.
        kept: the file that the emulators fitted without each fold are written into, if any.

    Raises:
        ValueError: as `fit`; or a run is in no fold or in several.
    """
    records = {}

    def fitted(rows: "Table", split: str, fold: int) -> Emulator:
        stream = (*how.stream, split)
        emulator, records[fold] = fit_learnable(rows, how.changed(stream=stream))
        return emulator

    def without_each_fold() -> Iterator[Emulator]:
        for fold, held_out in enumerate(folds):
            yield fitted(without(table, held_out), f"fold-{fold}", fold)

    of_folds = without_each_fold()
    predictions = predict_out_of_fold(of_folds if kept is None else saved_each(of_folds, kept), table)
    return fitted(table, "all", FULL_MODEL), predictions, record_of_folds(records)


def without(table: "Table", blocks: Sequence[int]) -> "Table":
    """The rows of all other blocks."""
    return table.select(~np.isin(table.blocks, blocks))
