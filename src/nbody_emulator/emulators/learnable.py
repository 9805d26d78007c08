"""Fits the outputs that can be learned from the runs at hand: one that exists too rarely takes no other with it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.fitting import fit
from nbody_emulator.emulators.training import UnlearnableOutput
from nbody_emulator.settings.rows import Fitting

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.quantities.tables import Table


def fit_learnable(table: "Table", how: Fitting | Mapping) -> tuple[Emulator, "xr.Dataset"]:
    """As `fit`, without the outputs that have too few values here.

    The emulator does not have them; the record's attribute `left_out` says why, as JSON by output's name.

    Raises:
        ValueError: as `fit`; an output has too few values and there is no other.
    """
    left_out: dict[str, str] = {}
    while True:
        try:
            emulator, record = fit(table, how)
        except UnlearnableOutput as error:
            if len(table.outputs) == 1:
                raise
            left_out[error.output] = str(error)
            table = _without_output(table, error.output)
        else:
            return emulator, record.assign_attrs(left_out=json.dumps(left_out, sort_keys=True))


def _without_output(table: "Table", name: str) -> "Table":
    kept = np.array([output.name != name for output in table.outputs])
    outputs = tuple(output for output in table.outputs if output.name != name)
    return replace(table, outputs=outputs, values=table.values[:, kept], targets=table.targets[:, kept])
