"""The runs of a block before anything is known of them: parameters, design points and replicates."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from nbody_emulator.extras import extra

with extra("simulation"):
    import xarray as xr


def placed_runs(
    inputs: np.ndarray,
    point: np.ndarray,
    replicate: np.ndarray,
    coordinates: Mapping[str, Any],
    attributes: Mapping[str, Any],
    more: Mapping[str, tuple] = MappingProxyType({}),
) -> xr.Dataset:
    """A dataset of n runs.

    Args:
        inputs: (n, d) the parameters, in the order of the coordinate `parameter`.
        point: (n,) index of each run's design point in its block.
        replicate: (n,) index of each run at its design point.
        coordinates: along `parameter`.
        attributes: where the block belongs.
        more: further variables of the runs.
    """
    parameters = {"long_name": "initial parameters of the run", "units_by": "parameter_units"}
    points = {"long_name": "index of the design point in its block", "units": "1"}
    replicates = {"long_name": "index of the run at its design point", "units": "1"}
    return xr.Dataset(
        {
            "parameter_values": (("run", "parameter"), inputs, parameters),
            "point": ("run", point, points),
            "replicate": ("run", replicate, replicates),
            **more,
        },
        dict(coordinates),
        dict(attributes),
    )
