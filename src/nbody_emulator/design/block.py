"""One block of a set of runs: its design points, their replicates, and the seed of every run."""

from collections.abc import Mapping

import numpy as np

from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.extras import extra
from nbody_emulator.parameters import PARAMETERS
from nbody_emulator.quantities import free_parameters, parameter_units
from nbody_emulator.streams import generator, stream_digest

with extra("simulation"):
    import xarray as xr

SEED_DIGITS = 16
"""Hexadecimal digits that name a run's random stream in the files."""


def draw_block(specification: Mapping) -> xr.Dataset:
    """Draw the runs of one block: `points` design points, `replicates` consecutive rows to each.

    The points depend on `seed`, `stream`, `block`, `sampler`, `points` and `parameters` alone, so that adding
    blocks or replicates to a set leaves every run it already had as it was.

    Args:
        specification: `parameters` (each a box with minimum, maximum and scale, or a number when fixed),
            `units`, `seed`, `stream`, `block`, `sampler`, `points` and `replicates`.

    Returns:
        `parameter_values` (run, parameter), names sorted, fixed parameters as constant columns, in the units
        of the coordinate `parameter_units`; `point`, `replicate` and `seed` (run).

    Raises:
        KeyError: unknown sampler or parameter.
    """
    points = _draw_points(specification)
    replicates = specification["replicates"]
    point = np.repeat(np.arange(specification["points"]), replicates)
    replicate = np.tile(np.arange(replicates), specification["points"])
    names = sorted(specification["parameters"])
    units = parameter_units(specification["units"])
    return xr.Dataset(
        data_vars={
            "parameter_values": (
                ("run", "parameter"),
                np.stack([points[name][point] for name in names], axis=-1),
                {"long_name": "initial parameters of the run", "units_by": "parameter_units"},
            ),
            "point": ("run", point, {"long_name": "index of the design point in its block", "units": "1"}),
            "replicate": (
                "run",
                replicate,
                {"long_name": "index of the run at its design point", "units": "1"},
            ),
            "seed": (
                "run",
                _seeds(specification, point, replicate),
                {"long_name": "first digits of the sha256 that seeds the run's initial conditions"},
            ),
        },
        coords={
            "parameter": ("parameter", np.array(names), {"long_name": "name of the parameter"}),
            "parameter_units": (
                "parameter",
                np.array([units[name] for name in names]),
                {"long_name": "unit of the parameter"},
            ),
        },
        attrs={"title": "Design of one block of runs", **_place(specification)},
    )


def _draw_points(specification: Mapping) -> dict[str, np.ndarray]:
    """Parameter name -> values (points,), free ones from the block's own stream."""
    parameters = specification["parameters"]
    points = specification["points"]
    free = free_parameters(parameters, parameter_units(specification["units"]))
    random = generator(specification["seed"], "design", specification["stream"], specification["block"])
    fractions = SAMPLERS.load(specification["sampler"])().sample(points, len(free), random)
    values = {name: np.full(points, box, dtype=float) for name, box in parameters.items() if np.isscalar(box)}
    for parameter, column in zip(free, fractions.T, strict=True):
        drawn = parameter.from_unit_interval(column)
        values[parameter.name] = np.round(drawn) if PARAMETERS[parameter.name].whole else drawn
    return values


def _seeds(specification: Mapping, point: np.ndarray, replicate: np.ndarray) -> np.ndarray:
    place = (specification["seed"], "initial-conditions", specification["stream"], specification["block"])
    pairs = zip(point.tolist(), replicate.tolist(), strict=True)
    return np.array([stream_digest(*place, *pair)[:SEED_DIGITS] for pair in pairs])


def _place(specification: Mapping) -> dict:
    return {key: specification[key] for key in ("stream", "block", "sampler")}
