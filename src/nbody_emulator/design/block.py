"""One block of a set of runs: its design points, their replicates and perturbations, and the seed of every run."""

from collections.abc import Mapping

import numpy as np

from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.extras import extra
from nbody_emulator.quantities.coordinates import given_parameters
from nbody_emulator.quantities.quantity import free_parameters
from nbody_emulator.settings.block import BlockDesign
from nbody_emulator.settings.parameters import PARAMETERS, Box
from nbody_emulator.streams import generator, stream_digest

with extra("simulation"):
    import xarray as xr

SEED_DIGITS = 16
"""Hexadecimal digits that name a run's random stream in the files."""


def draw_block(design: BlockDesign, chosen: Mapping[str, np.ndarray] | None = None) -> xr.Dataset:
    """Draw the runs of one block: design points, to each its replicates, to each of these its perturbations, in rows.

    The points depend on `seed`, `stream`, `block`, `sampler`, `points` and `parameters` alone, so that adding
    blocks, replicates or perturbations to a set leaves every run it already had as it was.

    Args:
        design: whose parameters are boxes, or numbers when fixed.
        chosen: values (points,) of the free parameters, where an earlier result has chosen them.

    Returns:
        `parameter_values` (run, parameter), names sorted, fixed parameters as constant columns, in the units
        of the coordinate `parameter_units`, with their boxes as coordinates; `point`, `replicate` and `seed` (run).
        Where stars are moved by the last bit also `perturbation` (run), from 1 on: runs of the same stars, and seed.

    Raises:
        KeyError: unknown sampler or parameter.
    """
    points = draw_points(design, chosen)
    shape = (design.points, design.replicates, design.perturbations or 1)
    point, replicate, perturbation = (index.ravel() for index in np.indices(shape))
    names = list(design.parameters.given)
    runs = xr.Dataset(
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
                _seeds(design, point, replicate),
                {"long_name": "first digits of the sha256 that seeds the run's initial conditions"},
            ),
        },
        coords=given_parameters(design.parameters, design.units),
        attrs={"title": "Design of one block of runs", **_place(design)},
    )
    if design.perturbations is None:
        return runs
    numbered = {"long_name": "number of the move of the run's stars by the last bit, from 1 on", "units": "1"}
    return runs.assign(perturbation=("run", 1 + perturbation, numbered))


def draw_points(design: BlockDesign, chosen: Mapping[str, np.ndarray] | None = None) -> dict[str, np.ndarray]:
    """Parameter name -> values (points,), free ones as chosen, or from the block's own stream."""
    parameters = design.parameters.given
    points = design.points
    varied = _drawn(design) if chosen is None else chosen
    values = {
        name: np.full(points, box, dtype=float)
        for name, box in parameters.items()
        if not isinstance(box, Box)
    }
    for name, column in varied.items():
        values[name] = np.round(column) if PARAMETERS[name].whole else column
    return values


def _drawn(design: BlockDesign) -> dict[str, np.ndarray]:
    free = free_parameters(design.parameters, design.units)
    random = generator(design.seed, "design", design.stream, design.block)
    fractions = SAMPLERS.load(design.sampler)().sample(design.points, len(free), random)
    return {
        parameter.name: parameter.from_unit_interval(column)
        for parameter, column in zip(free, fractions.T, strict=True)
    }


def _seeds(design: BlockDesign, point: np.ndarray, replicate: np.ndarray) -> np.ndarray:
    place = (design.seed, "initial-conditions", design.stream, design.block)
    pairs = zip(point.tolist(), replicate.tolist(), strict=True)
    return np.array([stream_digest(*place, *pair)[:SEED_DIGITS] for pair in pairs])


def _place(design: BlockDesign) -> dict:
    return {key: getattr(design, key) for key in ("stream", "block", "sampler")}
