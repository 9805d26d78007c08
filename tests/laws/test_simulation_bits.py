"""Bits of one cluster: mirrors, threads, and one compilation for everything of one shape."""

import hashlib
import os
import subprocess
import sys

import jax
import numpy as np
import pytest
from simulation_samples import cluster

from nbody_emulator.simulation import integrate

COMPILED = "/jax/core/compile/backend_compile_duration"

RUN_ON_CORES = """
import hashlib, os, sys
os.sched_setaffinity(0, {int(core) for core in sys.argv[2:]})
from simulation_samples import cluster
from nbody_emulator.simulation import integrate
stars = cluster(int(sys.argv[1]), softening=0.05)
run = integrate(*stars, [0.0, 0.25], softening=0.05, step=0.01, angular_speed=0.1)
print(hashlib.sha256(run.positions.tobytes() + run.velocities.tobytes()).hexdigest())
"""


def test_a_mirror_leaves_the_same_bits():
    masses, positions, velocities = cluster(32, softening=0.05)
    mirror = np.array([-1.0, 1.0, 1.0])
    seen = integrate(masses, positions, velocities, [0.0, 5.0], softening=0.05, step=0.01)
    mirrored = integrate(masses, positions * mirror, velocities * mirror, [0.0, 5.0], softening=0.05, step=0.01)
    np.testing.assert_array_equal(mirrored.positions * mirror, seen.positions)
    np.testing.assert_array_equal(mirrored.velocities * mirror, seen.velocities)
    assert mirrored.energy_error == seen.energy_error


def test_one_shape_is_compiled_once():
    compilations = []
    stars, others = cluster(19, softening=0.05), cluster(19, softening=0.1, seed=1)
    integrate(*stars, [0.0, 1.0, 2.0], softening=0.05, step=0.01)
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, duration, **details: compilations.append(event)
    )
    try:
        integrate(*others, [1.0, 2.0, 7.0], softening=0.1, step=0.003, angular_speed=0.2, abandon_above=1.0)
        assert COMPILED not in compilations
        integrate(*others, [1.0, 2.0, 7.0, 8.0], softening=0.1, step=0.003)
        assert COMPILED in compilations  # the listener does hear compilations
    finally:
        jax.monitoring.clear_event_listeners()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are chosen by Linux calls")
@pytest.mark.parametrize("stars", [128, 1024])
def test_one_core_and_two_give_the_same_bits(stars):
    cores = sorted(os.sched_getaffinity(0))[:2]
    if len(cores) < 2:
        pytest.skip("one core only")
    assert _hash_on_cores(stars, cores[:1]) == _hash_on_cores(stars, cores)


def test_a_last_bit_is_enough_to_change_the_hash():
    # What the hash of the test above can see.
    ones = np.ones(3)
    hashes = {hashlib.sha256(array.tobytes()).hexdigest() for array in (ones, np.nextafter(ones, 2.0))}
    assert len(hashes) == 2


def _hash_on_cores(stars: int, cores: list[int]) -> str:
    command = [sys.executable, "-c", RUN_ON_CORES, str(stars), *map(str, cores)]
    environment = os.environ | {"PYTHONPATH": os.path.dirname(__file__)}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()
