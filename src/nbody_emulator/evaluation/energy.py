"""The audit of every run: energy error, step, and the outputs that did not exist."""

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.parameter_columns import run_parameters
from nbody_emulator.evaluation.rows import outputs_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.quantities.runs_table import status_words
from nbody_emulator.settings.protocol import Protocol

MEASURED = ("energy_error", "step_fraction", "halvings", "step_floor_hits")
LIMITS = ("energy_tolerance", "unusable_above")
"""What runs have that are integrated here."""


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a run, in the dataset's order.

    Columns: set, role, group, replicate, perturbation, status (a word), energy_error, step_fraction, halvings,
    step_floor_hits, energy_tolerance and unusable_above (the limits it was held to), missing_outputs (names of
    the outputs a usable run lacks, separated by spaces), parameters. Runs of another simulator have no errors, steps
    and limits.
    """
    dataset = sources.one("dataset")
    runs = pd.DataFrame({name: text_or_number(dataset[name]) for name in ("set", "role", "group")})
    for name in ("replicate", "perturbation"):
        runs[name] = dataset[name].values
    runs["status"] = status_words(dataset)
    for name in MEASURED:
        if name in dataset:
            runs[name] = dataset[name].values
    for limit in LIMITS:
        if getattr(protocol, limit) is not None:
            runs[limit] = getattr(protocol, limit)
    runs["missing_outputs"] = _missing_outputs(dataset, outputs_of(dataset))
    return pd.concat([runs, run_parameters(dataset)], axis=1)


def _missing_outputs(dataset: xr.Dataset, outputs: list[str]) -> list[str]:
    targets = dataset["target"].sel(output=outputs).transpose("run", "output").values
    usable = dataset["usable"].values.astype(bool)
    missing = np.isnan(targets) & usable[:, None]
    return [" ".join(name for name, absent in zip(outputs, row, strict=True) if absent) for row in missing]
