"""Cross-validation: a family fitted once without each fold, every training run predicted by the fit without it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.fitting import fit
from nbody_emulator.emulators.record import record_of_folds
from nbody_emulator.emulators.rows import predict_out_of_fold

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.tables import Table


def cross_validate(table: "Table", specification: Mapping) -> tuple["xr.Dataset", "xr.Dataset"]:
    """predictions.nc of the training runs, each by the fit that has not seen it, and fitting.nc, the fits' records.

    Args:
        table: training runs in blocks.
        specification: as for `fit`, and `folds`, the indices of each fold's blocks.

    Raises:
        ValueError: as `fit`; or a run is in no fold or in several.
    """
    records, seen = [], []

    def emulators() -> Iterator[Emulator]:
        for number, held_out in enumerate(specification["folds"]):
            stream = [*specification["stream"], f"fold-{number}"]
            emulator, record = fit(without(table, held_out), {**specification, "stream": stream})
            records.append(record)
            seen.append(emulator.facts.seen)
            yield emulator

    return predict_out_of_fold(emulators(), table), record_of_folds(records, seen)


def without(table: "Table", blocks: list[int]) -> "Table":
    """The rows of all other blocks."""
    return table.select(~np.isin(table.blocks, blocks))
