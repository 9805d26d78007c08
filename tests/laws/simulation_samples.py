"""Small systems for the laws of the simulation."""

import copy

import numpy as np
import xarray as xr

from nbody_emulator.settings.block import Simulation
from nbody_emulator.settings.integration import Integration
from nbody_emulator.simulation.initial_conditions import InitialConditions, draw

PARAMETERS = ("galactocentric_radius", "scale_radius", "virial_ratio")

SPECIFICATION = {
    "cluster": {
        "stars": 24,
        "profile": "plummer",
        "masses": {"function": "kroupa", "minimum": 0.08, "maximum": 50.0},
        "softening": {"length": 0.05},
        "tide": {"galaxy": "flat_curve", "rotation_speed": 220.0},
    },
    "duration": {"time": 10.0},
    "snapshots": 3,
    "units": {"length": "pc", "time": "Myr"},
    "integration": {
        "integrator": "leapfrog",
        "step": 0.01,
        "energy_tolerance": 1e-3,
        "halvings": 2,
        "unusable_above": 1e-2,
        "batch_width": 1,
    },
    "seed": 536,
    "stream": "law",
    "block": 0,
}


def specification(refinements: int = 0, cluster: dict | None = None, **integration) -> Simulation:
    """A small block, keys of its `cluster` and `integration` replaced, also by what a configuration would refuse."""
    changed = copy.deepcopy(SPECIFICATION)
    changed["cluster"] |= cluster or {}
    changed["integration"] = Integration.model_construct(**(changed["integration"] | integration))
    return Simulation(**changed, refinements=refinements)


def design(rows: np.ndarray, parameters: tuple[str, ...] = PARAMETERS) -> xr.Dataset:
    """The design of these rows (run, parameter), columns in the order of `parameters`."""
    runs = np.arange(len(rows))
    number = {"units": "1", "long_name": "number"}
    return xr.Dataset(
        {
            "parameter_values": (("run", "parameter"), np.asarray(rows, dtype=float), number),
            "point": ("run", runs, number),
            "replicate": ("run", np.zeros_like(runs), number),
            "seed": ("run", [f"{run:x}" for run in runs], {"long_name": "stream"}),
        },
        coords={
            "parameter": ("parameter", list(parameters), {"long_name": "parameter"}),
            "parameter_minimum": ("parameter", np.min(rows, axis=0), number),
        },
    )


def spread_design(runs: int) -> xr.Dataset:
    """A design of cold and hot, wide and narrow clusters, near to the galaxy and far."""
    steps = np.linspace(0.0, 1.0, runs)
    return design(np.stack([1.0 + 9.0 * steps[::-1], 0.5 * 4.0**steps, 0.2 + 1.6 * steps], axis=1))


def cluster(stars: int, *, softening: float, seed: int = 0, virial_ratio: float = 1.0) -> InitialConditions:
    """A cluster of equal stars, 1 Msun each, with a scale radius of 1 pc."""
    settings = {"stars": stars, "profile": "plummer", "masses": {"function": "equal", "mass": 1.0}}
    return draw(
        settings,
        scale_radius=1.0,
        virial_ratio=virial_ratio,
        softening=softening,
        generator=np.random.default_rng(seed),
    )
