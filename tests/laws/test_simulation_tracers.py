"""Stars without mass: pulled and pulling nobody, they follow the restricted problem and leave the others their bits."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from simulation_samples import cluster

from nbody_emulator.simulation import Mergers, evolve, integrate, integrate_many
from nbody_emulator.simulation.differentiable import hermite4, leapfrog
from nbody_emulator.simulation.tide import Tide
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

FINE = {
    "leapfrog": {"step": 2.0**-10},
    "hermite4": {"accuracy": 1e-3, "longest_step": 0.125},
    "block_hermite4": {"accuracy": 1e-3, "longest_step": 0.125},
}
PLACES = {"leapfrog": 2e-4, "hermite4": 2e-7, "block_hermite4": 2e-7}
"""Positions [pc] are right to this: of second order, 1e-6 a step squared over ten periods, and of fourth."""

every_integrator = pytest.mark.parametrize("integrator", FINE)
UNIT_MASS = 1.0 / GRAVITATIONAL_CONSTANT
"""Of G M = 1 pc^3 / Myr^2."""


def sitnikov():
    """Two heavy stars on a circle of radius 1/2 about each other, and tracers on the axis of it."""
    masses = np.array([0.5, 0.0, 0.5, 0.0]) * UNIT_MASS
    positions = [[0.5, 0.0, 0.0], [0.0, 0.0, 0.3], [-0.5, 0.0, 0.0], [0.0, 0.0, 1.0]]
    velocities = [[0.0, 0.5, 0.0], [0.0, 0.0, 0.0], [0.0, -0.5, 0.0], [0.0, 0.0, -0.1]]
    return masses, np.array(positions), np.array(velocities)


def on_the_axis(height, speed, times):
    """Heights of a tracer there, from z'' = -z / (z^2 + 1/4)^(3/2)."""

    def change(_, state):
        return [state[1], -state[0] / (state[0] ** 2 + 0.25) ** 1.5]

    return solve_ivp(change, (0.0, times[-1]), [height, speed], "DOP853", times, rtol=1e-12, atol=1e-13).y[0]


@every_integrator
def test_tracers_follow_sitnikovs_problem(integrator):
    times = np.linspace(0.0, 6.0, 4)
    run = integrate(*sitnikov(), times, softening=0.0, integrator=integrator, **FINE[integrator])
    for tracer, start in ((1, (0.3, 0.0)), (3, (1.0, -0.1))):
        np.testing.assert_allclose(
            run.positions[:, tracer, 2], on_the_axis(*start, times), atol=PLACES[integrator]
        )
        np.testing.assert_allclose(run.positions[:, tracer, :2], 0.0, atol=1e-9)
    assert run.finished


@every_integrator
def test_tracers_about_one_heavy_star_move_on_keplers_ellipses(integrator):
    masses = np.array([0.0, UNIT_MASS, 0.0])
    place, speed = np.array([3.0, -2.0, 1.0]), np.array([0.1, 0.2, 0.0])
    positions = place + np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 1.5, 0.0]])
    velocities = speed + np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [-0.7, 0.0, 0.0]])
    period = 2.0 * np.pi
    run = integrate(
        masses, positions, velocities, [0.0, period], softening=0.0, integrator=integrator, **FINE[integrator]
    )
    # The first returns in one period; the star, which feels nobody, goes straight on, and has no error to tell.
    moved = place + speed * period
    np.testing.assert_allclose(run.positions[-1, 0] - moved, [1.0, 0.0, 0.0], atol=5.0 * PLACES[integrator])
    np.testing.assert_allclose(run.positions[-1, 1], moved, atol=1e-12)
    assert run.finished and run.energy_error < 1e-12
    momentum = np.cross(
        run.positions[:, 2] - run.positions[:, 1], run.velocities[:, 2] - run.velocities[:, 1]
    )
    np.testing.assert_allclose(momentum[-1], momentum[0], rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("method", [leapfrog, hermite4])
def test_tracers_move_in_a_run_to_be_differentiated(method):
    times = np.array([0.0, 3.0])
    ends, _ = evolve(*sitnikov(), times[-1], steps=2000, softening=0.0, method=method)
    np.testing.assert_allclose(ends[1, 2], on_the_axis(0.3, 0.0, times)[-1], atol=1e-5)


@every_integrator
def test_stars_with_mass_do_not_feel_tracers(integrator):
    # Slow tracers far out ask for no shorter step, so that nothing of the others' steps changes; in block steps the
    # order of the stars does, and with it that of sums.
    masses, positions, velocities = cluster(20, softening=0.05)
    far = np.array([[0.0, 40.0, 0.0], [90.0, 0.0, 3.0], [0.0, 0.0, -70.0]])
    settings = {"softening": 0.05, "integrator": integrator, "tide": Tide(0.02, 2.0)} | FINE[integrator]
    settings |= {"step": 2.0**-6} if integrator == "leapfrog" else {"accuracy": 0.02}
    given = np.append(masses, np.zeros(3)), np.r_[positions, far], np.r_[velocities, 0.0 * far]
    among = integrate(*given, [0.0, 0.5], **settings)
    alone = integrate(*given, [0.0, 0.5], present=given[0] > 0.0, **settings)
    tolerance = 1e-11 if integrator == "block_hermite4" else 0.0
    np.testing.assert_allclose(among.positions[:, :20], alone.positions[:, :20], rtol=0.0, atol=tolerance)
    assert np.all(among.positions[0, 20:] == far)
    assert np.all(np.any(among.positions[1, 20:] != far, axis=1))


def test_many_runs_may_have_tracers_and_empty_slots_of_their_own():
    masses, positions, velocities = sitnikov()
    times, present = np.array([0.0, 2.0]), np.array([[True] * 4, [True, False, True, True]])
    runs = integrate_many(
        *(np.stack([array, array]) for array in (masses, positions, velocities)),
        np.stack([times, times]),
        softening=np.zeros(2),
        tide=Tide(np.zeros(2), np.zeros(2)),
        integrator="hermite4",
        present=present,
        accuracy=np.full(2, 1e-3),
        longest_step=np.full(2, 0.125),
    )
    np.testing.assert_allclose(runs.positions[:, -1, 3, 2], on_the_axis(1.0, -0.1, times)[-1], atol=1e-6)
    assert runs.positions[0, -1, 1, 2] == pytest.approx(on_the_axis(0.3, 0.0, times)[-1], abs=1e-6)
    assert np.max(runs.positions[1, :, 1]) > 1e5


def test_bodies_that_merge_leave_tracers_alone():
    masses = np.array([1.0, 0.0, 1.0, 0.0])
    # A tracer in the middle of the two, where both fall, and one beside the first.
    positions = np.array([[0.5, 0.0, 0.0], [0.0, 0.0, 0.0], [-0.5, 0.0, 0.0], [0.5, 0.01, 0.0]])
    run = integrate(
        masses, positions, 0.0 * positions, [0.0, 14.0], softening=0.01, step=0.001, mergers=Mergers(0.02)
    )
    assert run.merged.counts[-1] == 1 and np.sum(run.merged.masses[-1]) == 2.0
    assert set(run.merged.events.survivors[:1]) <= {0, 2}
    assert np.max(np.abs(run.positions[-1, [1, 3]])) < 2.0


def test_tracers_alone_are_refused_in_one_line():
    with pytest.raises(
        ValueError, match="masses must not be all zero: tracers need at least one star"
    ) as told:
        integrate([0.0, 0.0], np.eye(3)[:2], np.zeros((2, 3)), [0.0, 1.0], softening=0.1, step=0.1)
    assert "\n" not in str(told.value)
