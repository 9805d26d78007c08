"""How clusters evolve: Lagrangian radii of all training runs against time, and of thirds of each parameter's box."""

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.rows import text_or_number
from nbody_emulator.evaluation.softening import softening_length
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.strata import thirds
from nbody_emulator.quantities.coordinates import parameters_in
from nbody_emulator.settings.protocol import Protocol
from nbody_emulator.settings.units import Units
from nbody_emulator.units import conversion

RADII = "lagrangian_radius"

QUANTILES = (0.05, 0.16, 0.5, 0.84, 0.95)


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a part of the training runs, mass fraction and snapshot.

    Columns: stratum (all, or a third of a parameter's box, equal on its own scale), mass_fraction (of the bound mass),
    age (median of the runs), q05 to q95 (quantiles of the radius over the runs that still have one), softening (missing
    where it is not one length), softened (share of them whose radius is below it), runs (that have a radius), count
    (all of them); age, radii and softening in the experiment's units, which stand in their headers. Empty if the
    experiment does not measure Lagrangian radii, or no usable training run has any.
    """
    dataset, units = sources.one("dataset"), protocol.units
    assert units is not None  # there is such a table of clusters alone
    columns = _columns(units)
    if RADII not in dataset:
        return pd.DataFrame(columns=columns)
    shown = dataset["usable"].values & (np.array(text_or_number(dataset["role"])) == "training")
    runs = dataset.isel(run=shown)
    softening = softening_length(dataset, units.length)
    rows = [
        (stratum, float(fraction), *row)
        for stratum, chosen in _strata(runs).items()
        for fraction in runs["mass_fraction"].values
        for row in _of_snapshots(runs.isel(run=chosen).sel(mass_fraction=fraction), units, softening)
    ]
    return pd.DataFrame(rows, columns=columns)


def _columns(units: Units) -> list[str]:
    lengths = [
        f"{name} [{units.length}]"
        for name in (*(f"q{100 * level:02.0f}" for level in QUANTILES), "softening")
    ]
    return ["stratum", "mass_fraction", f"age [{units.time}]", *lengths, "softened", "runs", "count"]


def _strata(runs: xr.Dataset) -> dict[str, np.ndarray]:
    """Masks of the runs, all and by thirds of the box; none of no runs."""
    values = runs["parameter_values"].transpose("run", "parameter")
    parameters = parameters_in(runs)
    found = {"all": np.ones(runs.sizes["run"], dtype=bool)} | thirds(
        parameters, values.sel(parameter=[each.name for each in parameters]).values
    )
    return {name: chosen for name, chosen in found.items() if chosen.any()}


def _of_snapshots(runs: xr.Dataset, units: Units, softening: float) -> list[tuple]:
    ages = conversion("Myr", units)[1] * runs["age"].transpose("run", "time").values
    radii = conversion("pc", units)[1] * runs[RADII].transpose("run", "time").values
    return [_row(ages[:, time], radii[:, time], softening) for time in range(runs.sizes["time"])]


def _row(ages: np.ndarray, radii: np.ndarray, softening: float) -> tuple:
    found = radii[np.isfinite(radii)]
    quantiles = np.quantile(found, QUANTILES) if len(found) else np.full(len(QUANTILES), np.nan)
    softened = np.mean(found < softening) if len(found) and np.isfinite(softening) else np.nan
    return (float(np.median(ages)), *quantiles, softening, softened, len(found), len(radii))
