"""Bits of one cluster: mirrors, threads, and one compilation for everything of one shape."""

import os
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest
from simulation_samples import cluster

from nbody_emulator.simulation import integrate
from nbody_emulator.simulation.tide import Tide

COMPILED = "/jax/core/compile/backend_compile_duration"

RUN_ON_CORES = """
import hashlib, os, sys
os.sched_setaffinity(0, {int(core) for core in sys.argv[1:]})
from simulation_samples import cluster
from nbody_emulator.simulation import integrate
from nbody_emulator.simulation.tide import Tide
for stars, settings in (
    (128, {"step": 0.01}),
    (1024, {"step": 0.01}),
    (150, {"integrator": "block_hermite4", "accuracy": 0.02, "longest_step": 0.0625}),  # of more than two tiles
):
    start = cluster(stars, softening=0.05)
    run = integrate(*start, [0.0, 0.25], softening=0.05, tide=Tide(0.1, 2.0), **settings)
    print(stars, hashlib.sha256(run.positions.tobytes() + run.velocities.tobytes()).hexdigest())
"""


def test_a_mirror_leaves_the_same_bits():
    masses, positions, velocities = cluster(32, softening=0.05)
    mirror = np.array([-1.0, 1.0, 1.0])
    settings = {"times": [0.0, 5.0], "softening": 0.05, "step": 0.01}
    seen = integrate(masses, positions, velocities, **settings)
    mirrored = integrate(masses, positions * mirror, velocities * mirror, **settings)
    np.testing.assert_array_equal(mirrored.positions * mirror, seen.positions)
    np.testing.assert_array_equal(mirrored.velocities * mirror, seen.velocities)
    assert mirrored.energy_error == seen.energy_error


def test_one_shape_is_compiled_once():
    compilations = []
    stars, others, fewer = (cluster(count, softening=0.1, seed=1) for count in (19, 19, 18))
    integrate(*stars, [0.0, 1.0, 2.0], softening=0.05, step=0.01)

    def listen(event, duration, **details):
        compilations.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        integrate(*others, [1.0, 2.0, 7.0], softening=0.1, step=0.003, tide=Tide(0.2, 2.0), abandon_above=1.0)
        integrate(*others, [1.0, 2.0, 7.0, 8.0, 9.0], softening=0.1, step=0.003)
        assert COMPILED not in compilations
        integrate(*fewer, [1.0, 2.0], softening=0.1, step=0.003)
        assert COMPILED in compilations  # the listener does hear compilations
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are chosen by Linux calls")
def test_one_core_and_two_give_the_same_bits():
    cores = sorted(os.sched_getaffinity(0))[:2]
    if len(cores) < 2:
        pytest.skip("one core only")
    runs = [_start_on_cores(cores[:1]), _start_on_cores(cores)]
    one, two = (run.communicate()[0].splitlines() for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert len(one) == 3 and one == two


def _start_on_cores(cores: list[int]) -> subprocess.Popen:
    command = [sys.executable, "-c", RUN_ON_CORES, *map(str, cores)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
