"""What the length of the step does to the outputs: runs repeated at half the step parameter, from the same stars."""

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.pooled_noise import pooled_noise
from nbody_emulator.evaluation.rows import outputs_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.settings.protocol import Protocol

KEYS = ["group", "replicate"]


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a repeated run and output, by output and in the dataset's order.

    Columns: output, group, replicate, target and repeated_target (transformed; NaN where the output does not
    exist), scatter (standard deviation between seeds of one design point, pooled over the noise set), shift
    ((repeated_target - target) / scatter), energy_error and repeated_energy_error.
    """
    dataset, repeated = sources.one("dataset"), sources.one("repeated")
    tables = [_rows(output, dataset, repeated) for output in outputs_of(dataset)]
    return pd.concat(tables, ignore_index=True)


def shifts(table: pd.DataFrame) -> pd.DataFrame:
    """By output: mean shift with its standard error, and root mean square shift, in units of the scatter."""
    by_output = table.groupby("output")["shift"]
    return pd.DataFrame(
        {
            "runs": by_output.count(),
            "mean": by_output.mean(),
            "standard_error": by_output.std(ddof=1) / np.sqrt(by_output.count()),
            "rms": by_output.agg(lambda shift: np.sqrt(np.mean(shift**2))),
        }
    )


def _rows(output: str, dataset: xr.Dataset, repeated: xr.Dataset) -> pd.DataFrame:
    first, second = (_targets(runs, output) for runs in (_of_role(dataset, "training"), repeated))
    pairs = second.merge(first, on=KEYS, suffixes=("_repeated", ""), validate="one_to_one")
    if len(pairs) != len(second):
        raise ValueError(f"{len(second) - len(pairs)} repeated runs have no original among the training runs")
    scatter = _scatter(dataset, output)
    return pd.DataFrame(
        {
            "output": output,
            **{key: pairs[key] for key in KEYS},
            "target": pairs["target"],
            "repeated_target": pairs["target_repeated"],
            "scatter": scatter,
            "shift": (pairs["target_repeated"] - pairs["target"]) / scatter,
            "energy_error": pairs["energy_error"],
            "repeated_energy_error": pairs["energy_error_repeated"],
        }
    )


def _targets(runs: xr.Dataset, output: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": text_or_number(runs["group"]),
            "replicate": runs["replicate"].values,
            "target": runs["target"].sel(output=output).values,
            "energy_error": runs["energy_error"].values,
        }
    )


def _of_role(dataset: xr.Dataset, role: str) -> xr.Dataset:
    return dataset.isel(run=np.asarray(text_or_number(dataset["role"])) == role)


def _scatter(dataset: xr.Dataset, output: str) -> float:
    noise = _of_role(dataset, "noise")
    pooled = pooled_noise(noise["target"].sel(output=output).values, text_or_number(noise["group"]))
    return float(np.sqrt(pooled.variance))
