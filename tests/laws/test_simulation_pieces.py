"""Runs in pieces: heard by Ctrl-C, told of on the way, and the same to the last bit however they are cut."""

import signal
import subprocess
import sys
import time

import jax
import numpy as np
import pytest
from simulation_samples import cluster

from nbody_emulator.simulation import Mergers, integrate, integrate_many, pieces
from nbody_emulator.simulation.tide import Tide

INTEGRATORS = {
    "leapfrog": {"step": 2.0**-6},
    "hermite4": {"accuracy": 0.02, "longest_step": 0.125},
    "block_hermite4": {"accuracy": 0.02, "longest_step": 0.125},
}
ENDLESS = """
import signal
import numpy as np
from nbody_emulator.simulation import integrate
def report(time, steps, error):
    print(steps, flush=True)
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background is born deaf to it
places = [[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
speeds = [[0.0, -0.03, 0.0], [0.0, 0.03, 0.0]]
integrate([1.0, 1.0], places, speeds, [0.0, 1e9], softening=0.0, step=1e-2, most_steps=10**12, report=report)
"""
HEARD_WITHIN = 5.0
"""Seconds until the process has ended: one, on a machine as busy as five others would make it."""


def test_ctrl_c_is_heard_at_once():
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        try:
            assert run.stdout.readline()  # compiled, and on its way
            run.send_signal(signal.SIGINT)
            told = time.monotonic()
            _, errors = run.communicate(timeout=30.0)
            assert time.monotonic() - told < HEARD_WITHIN
        finally:
            run.kill()
    assert run.returncode != 0 and b"KeyboardInterrupt" in errors


@pytest.mark.parametrize("integrator", INTEGRATORS)
def test_pieces_change_no_bit(integrator, monkeypatch):
    def run():
        return integrate(
            *cluster(20, softening=0.05),
            [0.0, 0.3, 3.0],
            softening=0.05,
            tide=Tide(0.1, 2.0),
            integrator=integrator,
            mergers=Mergers(0.2),
            report=lambda *_: seen.append(_),
            **INTEGRATORS[integrator],
        )

    seen = []
    at_once = run()
    few = len(seen)
    monkeypatch.setattr(pieces, "FIRST_STEPS", 3)
    monkeypatch.setattr(pieces, "SECONDS", 0.0)  # every piece took too long, and the next is shorter
    in_steps = run()
    assert at_once.merged.counts[-1] > 0 and len(seen) - few > int(in_steps.work.steps) // 2
    jax.tree.map(np.testing.assert_array_equal, in_steps, at_once)


def test_progress_is_told_to_the_end(monkeypatch):
    monkeypatch.setattr(pieces, "FIRST_STEPS", 20)
    monkeypatch.setattr(pieces, "SECONDS", 1e-9)
    seen = []
    stars, times = cluster(20, softening=0.05), np.array([3.0, 4.0, 5.0])
    run = integrate(*stars, times, softening=0.05, report=lambda *told: seen.append(told), step=2.0**-6)
    reached, steps, errors = map(np.array, zip(*seen, strict=True))
    assert len(seen) > 10 and reached[-1] == times[-1] and steps[-1] == run.work.steps
    assert all(np.all(np.diff(told) >= 0.0) for told in (reached, steps)) and errors[-1] == run.energy_error


def test_many_runs_tell_of_all_and_end_each_at_its_own_time():
    stars, seen = cluster(20, softening=0.05), []
    many = integrate_many(
        *(np.stack([column, column]) for column in stars),
        np.array([[0.0, 1.0], [0.0, 2.0]]),
        softening=np.full(2, 0.05),
        tide=Tide(np.zeros(2), np.zeros(2)),
        integrator="leapfrog",
        step=np.full(2, 2.0**-6),
        report=lambda *told: seen.append(told),
    )
    time, steps, error = seen[-1]
    np.testing.assert_array_equal(time, [1.0, 2.0])
    np.testing.assert_array_equal(steps, [64, 128])
    np.testing.assert_array_equal(error, many.energy_error)
    assert np.all(many.finished)


def test_a_run_out_of_patience_ends_and_repeats_what_it_reached():
    run = integrate(
        *cluster(20, softening=0.05), [0.0, 1.0, 2.0], softening=0.05, step=2.0**-6, most_steps=70
    )
    assert not run.finished and run.work.steps == 70
    later = integrate(*cluster(20, softening=0.05), [0.0, 70 * 2.0**-6], softening=0.05, step=2.0**-6)
    np.testing.assert_array_equal(run.positions[-1], later.positions[-1])


def test_times_that_descend_are_refused_with_a_way_back():
    with pytest.raises(
        ValueError, match=r"times must be ascending.*; to go back in time, reverse the velocities"
    ):
        integrate(*cluster(20, softening=0.05), [1.0, 0.0], softening=0.05, step=2.0**-6)
