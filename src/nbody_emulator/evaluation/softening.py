"""The length below which the force is not Newton's, as the files of an experiment tell it."""

import re

import xarray as xr

from nbody_emulator.units import LENGTH_IN_PC

_SOFTENING = re.compile(r"\bsoftening \(length (\S+) (\w+)\)")
"""As the description of an experiment's physics writes it, which every file of it carries."""


def softening_length(data: xr.Dataset, unit: str) -> float:
    """The softening of all runs that `data` is of, in `unit`.

    NaN where there is not one: it varies from run to run, the runs are of another simulator, or `unit` is no length.
    """
    found = _SOFTENING.search(data.attrs.get("description", ""))
    if found is None or unit not in LENGTH_IN_PC:
        return float("nan")
    return float(found[1]) * LENGTH_IN_PC[found[2]] / LENGTH_IN_PC[unit]
