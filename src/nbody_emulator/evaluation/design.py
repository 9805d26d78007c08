"""Where the design points lie, set by set, and which of them gave usable runs."""

import pandas as pd

from nbody_emulator.evaluation.parameter_columns import run_parameters
from nbody_emulator.evaluation.rows import text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.settings.protocol import Protocol


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a design point, in the dataset's order.

    Columns: set, role, group, usable (whether all its runs are), parameters.
    """
    dataset = sources.one("dataset")
    runs = pd.DataFrame({name: text_or_number(dataset[name]) for name in ("set", "role", "group")})
    runs["usable"] = dataset["usable"].values.astype(bool)
    runs = pd.concat([runs, run_parameters(dataset)], axis=1)
    runs["usable"] = runs.groupby("group")["usable"].transform("all")
    return runs.drop_duplicates("group", ignore_index=True)
