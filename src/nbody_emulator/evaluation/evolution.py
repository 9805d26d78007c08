"""How clusters evolve: Lagrangian radii against time for three runs, from one that shrinks to one that swells."""

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.parameter_columns import run_parameters
from nbody_emulator.evaluation.rows import text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.settings.protocol import Protocol
from nbody_emulator.settings.units import Units
from nbody_emulator.units import conversion

RADII = "lagrangian_radius"
QUANTILES = (0.1, 0.5, 0.9)
"""Runs are shown whose middle radius grew by these quantiles of the growth in the training set."""


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a shown run, mass fraction and time, and the run's parameters.

    Columns: quantile (of the middle radius' growth), group, age, mass_fraction (of the bound mass), radius,
    parameters; those with a unit, which is the experiment's, in their headers. Empty if the experiment does not
    measure Lagrangian radii, or no usable training run kept them to the end.
    """
    dataset, units = sources.one("dataset"), protocol.units
    assert units is not None  # there is such a table of clusters alone
    chosen = _chosen(dataset) if RADII in dataset else []
    if not chosen:
        return pd.DataFrame(columns=list(_columns(units)))
    parameters = run_parameters(dataset)
    tables = [
        _evolution(dataset.isel(run=index), quantile, units).assign(**parameters.iloc[index])
        for quantile, index in chosen
    ]
    return pd.concat(tables, ignore_index=True)


def _columns(units: Units) -> tuple[str, ...]:
    return ("quantile", "group", f"age [{units.time}]", "mass_fraction", f"radius [{units.length}]")


def _chosen(dataset: xr.Dataset) -> list[tuple[float, int]]:
    """(quantile, index of the run) among the usable training runs that kept a bound core to the end."""
    radii = dataset[RADII].transpose("run", "time", "mass_fraction").values
    middle = radii[:, :, radii.shape[2] // 2]
    growth = middle[:, -1] / middle[:, 0]
    shown = dataset["usable"].values & (np.array(text_or_number(dataset["role"])) == "training")
    candidates = np.flatnonzero(shown & np.isfinite(growth))
    order = candidates[np.argsort(growth[candidates], kind="stable")]
    if not len(order):
        return []
    return [(quantile, int(order[round(quantile * (len(order) - 1))])) for quantile in QUANTILES]


def _evolution(run: xr.Dataset, quantile: float, units: Units) -> pd.DataFrame:
    radii = run[RADII].transpose("mass_fraction", "time")
    fractions, ages = np.meshgrid(radii["mass_fraction"].values, run["age"].values, indexing="ij")
    ages, lengths = conversion("Myr", units)[1] * ages, conversion("pc", units)[1] * radii.values
    values = (quantile, str(run["group"].values), ages.ravel(), fractions.ravel(), lengths.ravel())
    return pd.DataFrame(dict(zip(_columns(units), values, strict=True)))
