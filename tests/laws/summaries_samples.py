"""Clusters with known answers, and the public way to measure one snapshot. Units: Msun, pc, Myr."""

import numpy as np
import xarray as xr

from nbody_emulator.design import draw_block
from nbody_emulator.settings.block import BlockDesign
from nbody_emulator.settings.rows import SummarySettings
from nbody_emulator.summaries import summarize
from nbody_emulator.summaries.register import STATISTICS
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

STATE = {
    "mass": "run star",
    "position": "run time star axis",
    "velocity": "run time star axis",
    "softening": "run",
}
SMALL = 1e-6
"""A softening [pc] far below every distance in these clusters."""


def simulation(masses, positions, velocities, softening) -> xr.Dataset:
    """A block of runs from (R, N), (R, T, N, 3), (R, T, N, 3) and (R,); its audit is all zeros."""
    runs, times = np.shape(positions)[:2]
    design = draw_block(
        BlockDesign(
            parameters={
                "virial_ratio": 1.0,
                "scale_radius": {"minimum": 0.5, "maximum": 2.0, "scale": "log"},
            },
            units={},
            seed=0,
            stream="train",
            block=3,
            sampler="prior",
            points=runs,
            replicates=1,
        )
    )
    numbers = zip(STATE, (masses, positions, velocities, softening), strict=True)
    state = {name: (STATE[name].split(), np.asarray(values, dtype=float)) for name, values in numbers}
    efforts = ("energy_error", "step", "step_fraction", "halvings", "step_floor_hits")
    audit = {name: ("run", np.zeros(runs)) for name in efforts}
    audit["age"] = (("run", "time"), np.zeros((runs, times)))
    audit["status"] = ("run", np.zeros(runs, dtype=np.int8))
    audit["reason"] = ("run", np.array([""] * runs))
    block = design.assign(state | audit).assign_coords(time=np.linspace(0.0, 1.0, times))
    for name in (*state, *audit, "time"):
        block[name].attrs = {"units": "1", "long_name": name}
    return block.assign_attrs(fewest_stars=128)


def measure(masses, positions, velocities, softening=SMALL) -> dict[str, np.ndarray]:
    """Every statistic of one snapshot, by the name of its variable."""
    block = simulation([masses], [[positions]], [[velocities]], [softening])
    summary = summarize(block, SummarySettings(statistics=STATISTICS.names))
    return {name: variable.values[0, 0] for name, variable in summary.items() if "time" in variable.dims}


def plummer(stars: int, seed: int, mass: float = 1000.0, scale: float = 1.0):
    """Equal masses (N,), positions and velocities (N, 3) of a Plummer sphere in equilibrium.

    Radii invert the cumulative mass; speeds are v = q v_escape with q^2 ~ Beta(3/2, 9/2), which is the
    isotropic distribution function q^2 (1 - q^2)^(7/2) (Aarseth, Henon & Wielen 1974).
    """
    random = np.random.default_rng(seed)
    radii = scale / np.sqrt(random.random(stars) ** (-2.0 / 3.0) - 1.0)
    escape = np.sqrt(2.0 * GRAVITATIONAL_CONSTANT * mass / np.sqrt(radii**2 + scale**2))
    speeds = escape * np.sqrt(random.beta(1.5, 4.5, stars))
    masses = np.full(stars, mass / stars)
    return masses, directions(random, stars) * radii[:, None], directions(random, stars) * speeds[:, None]


def directions(random: np.random.Generator, count: int) -> np.ndarray:
    """Isotropic unit vectors (count, 3)."""
    vectors = random.normal(size=(count, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
