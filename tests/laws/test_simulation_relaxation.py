"""What encounters do to a cluster: heavy stars sink, and in the end the core collapses.

Times are in half-mass relaxation times, t_rh = 0.138 N r_h^(3/2) / ln(gamma N) in units G = M = 1 (Spitzer & Hart
1971), with gamma = 0.11 (Giersz & Heggie 1994).
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from simulation_samples import cluster

from nbody_emulator.simulation import follow, integrate, start
from nbody_emulator.simulation.initial_conditions import InitialConditions, centered
from nbody_emulator.summaries.core_radius import core_radius
from nbody_emulator.summaries.snapshot import Snapshot
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

SOFTENING = 0.05  # pc, while heavy stars sink
VIRIAL_RADIUS = 16.0 / (3.0 * np.pi)
"""Of a Plummer sphere of scale radius 1 pc [pc]."""

LONGEST = 22
"""A collapse is followed for so many relaxation times at most."""

COLLAPSED, REBOUNDED = 0.2, 3.0
"""A core has collapsed below this share of its first radius, and rebounded at so many times its smallest."""

UNUSABLE_ABOVE = 1e-2
"""The energy error at which a run ends: an order below what ensembles bear (Boekholt & Portegies Zwart 2015)."""

MOST_STEPS = 10**7
"""Some minutes: after the collapse a hard binary may take more than everything before it."""


def units(stars: int) -> tuple[float, float]:
    """Henon's unit of time and the half-mass relaxation time [Myr] of stars of 1 Msun each on average."""
    unit = np.sqrt(VIRIAL_RADIUS**3 / (GRAVITATIONAL_CONSTANT * stars))
    return unit, unit * 0.138 * stars * 0.7685706**1.5 / np.log(0.11 * stars)


def two_kinds(stars: int, heavy: int, seed: int) -> InitialConditions:
    """A Plummer sphere whose first stars are ten times as heavy as the others, wherever they are."""
    _, positions, velocities = cluster(stars, softening=SOFTENING, seed=seed)
    weights = np.where(np.arange(stars) < heavy, 10.0, 1.0)
    masses = stars * weights / np.sum(weights)
    return InitialConditions(masses, centered(masses, positions), centered(masses, velocities))


def test_heavy_stars_sink_and_light_stars_rise():
    # In (<m> / m_heavy) t_rh = 0.17 t_rh for the ones in the middle, in a few times as much for most.
    # As many stars and times as in other laws of block steps, which are compiled once for all.
    stars, heavy, samples = 150, 12, 16
    unit, relaxation_time = units(stars)
    times = relaxation_time * np.array([0.0, 2.0, 2.5, 3.0])
    settings = {"integrator": "block_hermite4", "accuracy": 0.02, "longest_step": 0.125 * unit}
    changes = []
    for seed in range(samples):
        begun = two_kinds(stars, heavy, seed)
        run = integrate(*begun, times, softening=SOFTENING, **settings)
        assert run.energy_error < 1e-5
        radii = np.linalg.norm(run.positions, axis=2)
        halves = np.stack([np.median(radii[:, :heavy], axis=1), np.median(radii[:, heavy:], axis=1)])
        changes.append(np.log(np.mean(halves[:, 1:], axis=1) / halves[:, 0]))
    sunk, risen = np.mean(changes, axis=0) / (np.std(changes, axis=0, ddof=1) / np.sqrt(samples))
    # In standard errors of the mean: no direction would be within four of zero.
    assert sunk < -4.0 and risen > 4.0


class Collapse(NamedTuple):
    """One cluster followed beyond the collapse of its core.

    Attributes:
        relaxation_times: in t_rh, at which the core was smallest.
        depth: that core radius over the first.
        energy_error: of the whole run.
        steps: that it took.
    """

    relaxation_times: float
    depth: float
    energy_error: float
    steps: int


def collapse(seed: int, stars: int) -> Collapse:
    """Follow equal stars until their core has collapsed and rebounded, or hard binaries end the run.

    The core radius is smoothed by its median over half a relaxation time.
    """
    unit, relaxation_time = units(stars)
    softening = 0.1 / stars * VIRIAL_RADIUS
    begun = cluster(stars, softening=softening, seed=seed)
    settings = {"accuracy": 0.02, "longest_step": 0.125 * unit, "step_floor": 1e-7 * unit}
    run = start(*begun, 0.0, softening=softening, integrator="block_hermite4", **settings)
    radii = []
    for window in range(2 * LONGEST):
        times = 0.5 * relaxation_time * (window + np.arange(1, 21) / 20.0)
        trajectory, run = follow(run, times, abandon_above=UNUSABLE_ABOVE, most_steps=MOST_STEPS)
        states = zip(trajectory.positions, trajectory.velocities, strict=True)
        radii.append(np.median([core_radius(Snapshot(begun.masses, *state, softening)) for state in states]))
        rebounded = min(radii) < COLLAPSED * radii[0] and radii[-1] > REBOUNDED * min(radii)
        if rebounded or not trajectory.finished:
            break
    smallest = int(np.argmin(radii))
    return Collapse(
        0.5 * (smallest + 0.5),
        radii[smallest] / radii[0],
        float(trajectory.energy_error),
        int(trajectory.work.steps),
    )


@pytest.mark.slow
def test_the_core_of_equal_stars_collapses_in_its_time():
    runs, stars = 8, 256
    workers = ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn"))
    with workers:
        collapses = list(workers.map(partial(collapse, stars=stars), range(runs)))
    for found in collapses:
        print(found)
    # A run that its hard binaries end before its core has collapsed tells nothing of the time.
    times = [found.relaxation_times for found in collapses if found.depth < COLLAPSED]
    assert len(times) >= runs - runs // 4
    # The spread of the literature (Quinlan 1996).
    assert 12.0 < np.median(times) < 19.0
