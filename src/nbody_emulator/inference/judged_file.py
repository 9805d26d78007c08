"""Judged posteriors as a dataset: a row for each kind of posterior, a column for each run."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.inference.judged import Judged
from nbody_emulator.inference.known_runs import KnownRuns
from nbody_emulator.quantities.coordinates import parameter_coordinates

if TYPE_CHECKING:
    import xarray as xr

LONG_NAMES = {
    "hpd_level": "mass of the smallest posterior region that holds the true parameters; uniform if right",
    "log_posterior": "logarithm of the posterior density over the prior's, at the true parameters [nats]",
    "rank": "posterior probability below the true parameter; uniform if right",
    "mean": "posterior mean, as a fraction of the box on the parameter's scale",
    "standard_deviation": "posterior standard deviation, as a fraction of the box on the parameter's scale",
    "random_distance": "posterior probability nearer to a random point than the truth is; uniform if right",
    "distance": "posterior probability nearer to the posterior's mean than the truth is; uniform if right",
    "log_evidence": "logarithm of the evidence of the run's outputs, in their own units [nats]",
    "effective_size": "independent draws that the points of the posterior were worth",
}

AXES = ("posterior", "run", "parameter")


def judged_dataset(
    title: str,
    emulator: Emulator,
    runs: KnownRuns,
    judged: Sequence[Judged],
    others: Mapping[str, tuple[np.ndarray, str]],
) -> "xr.Dataset":
    """Every number of `Judged` (posterior, run, ...), and what the runs are.

    Args:
        judged: of each kind of posterior.
        others: by name, further arrays along the first of the axes posterior, run and parameter, and what they are.
    """
    import xarray as xr

    found = {
        name: (np.stack([getattr(each, name) for each in judged]), meaning)
        for name, meaning in LONG_NAMES.items()
    }
    variables: dict[str, Any] = {
        name: described(AXES[: np.ndim(values)], values, meaning)
        for name, (values, meaning) in (found | dict(others)).items()
    }
    variables |= {
        "truth": described(
            ("run", "parameter"), runs.truths, "true parameters as fractions of their boxes, on their scales"
        ),
        "input": (
            ("run", "parameter"),
            runs.inputs,
            {"long_name": "parameters", "units_by": "parameter_units"},
        ),
        "role": described(
            "run", runs.role.astype(str), "what the run is for; mock = drawn from the emulator"
        ),
        "group": described("run", runs.group.astype(str), "design point as stream/block/point"),
        "usable": described("run", runs.usable.astype(np.int8), "1 if the run passed its audit"),
    }
    attributes = {"title": title, "family": emulator.metadata.family}
    return xr.Dataset(variables, parameter_coordinates(emulator.parameters), attrs=attributes)


def described(dimensions: str | Sequence[str], values: Any, long_name: str) -> tuple:
    """A variable of numbers without a dimension, or of words."""
    units = {} if np.asarray(values).dtype.kind in "OU" else {"units": "1"}
    return dimensions, values, {"long_name": long_name, **units}
