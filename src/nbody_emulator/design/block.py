"""One block of a set of runs: its design points, their replicates and perturbations, and the seed of every run."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.extras import extra
from nbody_emulator.quantities.coordinates import given_parameters
from nbody_emulator.quantities.placed_runs import placed_runs
from nbody_emulator.quantities.quantity import free_parameters
from nbody_emulator.settings.parameters import Box
from nbody_emulator.streams import generator, stream_digest

with extra("simulation"):
    import xarray as xr

SEED_DIGITS = 16
"""Hexadecimal digits that name a run's random stream in the files."""


class GivenParameters(Protocol):
    """Parameters by name, each with a box or fixed, and which of them are whole numbers."""

    @property
    def given(self) -> Mapping[str, Any]: ...

    @property
    def boxes(self) -> Mapping[str, Box]: ...

    def is_whole(self, name: str) -> bool: ...


class PlacedBlock(Protocol):
    """A block of runs among the values of its parameters, as `settings.block.BlockPlace` and those made of it say."""

    @property
    def seed(self) -> int: ...

    @property
    def stream(self) -> str: ...

    @property
    def block(self) -> int: ...

    @property
    def sampler(self) -> str: ...

    @property
    def points(self) -> int: ...

    @property
    def replicates(self) -> int: ...

    @property
    def perturbations(self) -> int | None: ...

    @property
    def varied(self) -> GivenParameters: ...

    @property
    def parameter_units(self) -> Mapping[str, str]: ...


def draw_block(design: PlacedBlock, chosen: Mapping[str, np.ndarray] | None = None) -> xr.Dataset:
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
    inputs = np.stack([points[name][point] for name in design.varied.given], axis=-1)
    coordinates = given_parameters(design.varied.given, design.parameter_units)
    told = {"long_name": "first digits of the sha256 that seeds the run's initial conditions"}
    attributes = {"title": "Design of one block of runs", **_place(design)}
    seeds = {"seed": ("run", _seeds(design, point, replicate), told)}
    runs = placed_runs(inputs, point, replicate, coordinates, attributes, seeds)
    if design.perturbations is None:
        return runs
    numbered = {"long_name": "number of the move of the run's stars by the last bit, from 1 on", "units": "1"}
    return runs.assign(perturbation=("run", 1 + perturbation, numbered))


def draw_points(design: PlacedBlock, chosen: Mapping[str, np.ndarray] | None = None) -> dict[str, np.ndarray]:
    """Parameter name -> values (points,), free ones as chosen, or from the block's own stream."""
    parameters = design.varied
    points = design.points
    free = _drawn(design) if chosen is None else chosen
    values = {
        name: np.full(points, box, dtype=float)
        for name, box in parameters.given.items()
        if not isinstance(box, Box)
    }
    for name, column in free.items():
        values[name] = np.round(column) if parameters.is_whole(name) else column
    return values


def _drawn(design: PlacedBlock) -> dict[str, np.ndarray]:
    free = free_parameters(design.varied.boxes, design.parameter_units)
    random = generator(design.seed, "design", design.stream, design.block)
    fractions = SAMPLERS.load(design.sampler)().sample(design.points, len(free), random)
    return {
        parameter.name: parameter.from_unit_interval(column)
        for parameter, column in zip(free, fractions.T, strict=True)
    }


def _seeds(design: PlacedBlock, point: np.ndarray, replicate: np.ndarray) -> np.ndarray:
    place = (design.seed, "initial-conditions", design.stream, design.block)
    pairs = zip(point.tolist(), replicate.tolist(), strict=True)
    return np.array([stream_digest(*place, *pair)[:SEED_DIGITS] for pair in pairs])


def _place(design: PlacedBlock) -> dict:
    return {key: getattr(design, key) for key in ("stream", "block", "sampler")}
