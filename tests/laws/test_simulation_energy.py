"""The audit of energy: the same in every frame, right for pairs anywhere, and loud where a run went wrong."""

import numpy as np
import pytest
from simulation_samples import cluster

from nbody_emulator.simulation import EnergyWarning, integrate
from nbody_emulator.simulation.tide import Tide
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

SOFTENING = 0.01
STARS = 40
"""As many as in other laws of these integrators, which are compiled anew for another number."""

COARSE = {
    "leapfrog": {"step": 0.05},
    "hermite4": {"accuracy": 0.3, "longest_step": 0.25},
    "block_hermite4": {"accuracy": 0.3, "longest_step": 0.25},
}
"""Steps so long that the error of the run is far above all rounding."""

FRAMES = {
    "shifted": ([8000.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
    "boosted": ([0.0, 0.0, 0.0], [100.0, 225.0, -50.0]),
    "both": ([8000.0, -300.0, 20.0], [0.0, 225.0, 7.0]),
}
every_integrator = pytest.mark.parametrize("integrator", COARSE)


def run(integrator, frame=((0.0,) * 3, (0.0,) * 3), **settings):
    masses, positions, velocities = cluster(STARS, softening=SOFTENING)
    settings = {"softening": SOFTENING} | COARSE[integrator] | settings
    place, speed = (np.array(vector) for vector in frame)
    return integrate(
        masses, positions + place, velocities + speed, [0.0, 0.5], integrator=integrator, **settings
    )


@every_integrator
@pytest.mark.parametrize("frame", FRAMES)
def test_a_boost_or_a_shift_changes_the_energy_error_by_rounding_only(integrator, frame):
    at_rest, seen = run(integrator), run(integrator, FRAMES[frame])
    assert at_rest.energy_error > 1e-8
    # Positions of 1e4 pc are rounded to 2e-12 pc, of distances of 0.1 pc, and that grows e-fold in a crossing time.
    assert seen.energy_error == pytest.approx(at_rest.energy_error, rel=1e-3, abs=1e-10)


@pytest.mark.parametrize("integrator", ["leapfrog", "hermite4"])
def test_the_energy_about_the_centre_is_audited_in_a_tide_too(integrator):
    # The tide is linear: what happens about the centre of mass is the same on every orbit about the origin, and
    # shared steps keep it so. The orbit itself is followed far better than that.
    tide = Tide(0.03, 2.0)
    at_rest, seen = (
        run(integrator, tide=tide),
        run(integrator, ((50.0, 0.0, 5.0), (0.0, 1.0, 0.2)), tide=tide),
    )
    assert seen.energy_error == pytest.approx(at_rest.energy_error, rel=0.05)


def test_an_orbit_about_the_origin_of_the_tide_is_audited_beside_its_own_energy():
    star, settings = ([1.0], [[3.0, 0.0, 1.0]], [[0.0, 2.0, 0.0]]), {"softening": 0.0, "tide": Tide(1.0, 2.0)}
    error, half = (integrate(*star, [0.0, 6.0], step=step, **settings).energy_error for step in (0.05, 0.025))
    # A single star has no energy but this, and the leapfrog is of second order.
    assert 1e-5 < error < 0.01 and error / half == pytest.approx(4.0, rel=0.3)


@every_integrator
def test_energies_are_the_whole_jacobi_energy(integrator):
    found = run(integrator, FRAMES["both"])
    masses, _, _ = cluster(STARS, softening=SOFTENING)
    for place in (0, -1):
        apart = found.positions[place][:, None] - found.positions[place][None, :]
        inverse = 1.0 / np.sqrt(np.sum(apart**2, axis=-1) + SOFTENING**2)
        np.fill_diagonal(inverse, 0.0)
        own = -0.5 * GRAVITATIONAL_CONSTANT * masses @ inverse @ masses
        expected = 0.5 * np.sum(masses[:, None] * found.velocities[place] ** 2) + own
        assert found.energies[place] == pytest.approx(expected, rel=1e-13)


@every_integrator
def test_a_run_gone_wrong_is_given_up_in_any_frame(integrator):
    bad = run(integrator, FRAMES["boosted"], abandon_above=1e-8)
    assert not bad.finished and bad.energy_error > 1e-8


@every_integrator
@pytest.mark.parametrize("distance", [0.1, 10.0, 1000.0])
def test_a_close_pair_is_audited_alike_at_any_distance_from_a_lone_star(integrator, distance):
    wide = 1e-4
    speed = np.sqrt(GRAVITATIONAL_CONSTANT * 2.0 / wide)
    period = 2.0 * np.pi * wide / speed
    steps = {
        "leapfrog": {"step": period / 500.0},
        "hermite4": {"accuracy": 0.02, "longest_step": period / 8.0},
        "block_hermite4": {"accuracy": 0.02, "longest_step": period / 8.0},
    }[integrator]
    positions = [[distance, 0.0, 0.0], [distance + wide, 0.0, 0.0], [-distance, 0.0, 0.0]]
    velocities = [[0.0, -0.5 * speed, 0.0], [0.0, 0.5 * speed, 0.0], [0.0, 0.0, 0.0]]
    found = integrate(
        [1.0, 1.0, 1.0],
        positions,
        velocities,
        [0.0, 3.0 * period],
        softening=0.0,
        integrator=integrator,
        **steps,
    )
    # Of the error of the orbit itself: (2 pi / 500)^2 / 4 = 4e-5 of the leapfrog at worst, less of a circle.
    # Positions of 1000 pc are known to 1e-13 pc, 1e-9 of the pair's width.
    assert found.energy_error < 5e-5


def test_a_run_whose_energy_does_not_hold_warns():
    def head_on(half, **settings):
        places = [[-half, 0.0, 0.0], [half, 0.0, 0.0]]
        return integrate([1.0, 1.0], places, np.zeros((2, 3)), [0.0, 40.0], softening=0.0, **settings)

    with pytest.warns(EnergyWarning, match="energy error is .* above 0.01"):
        bad = head_on(0.5, step=0.3)
    # By default a run that has lost all its energy is not taken on.
    assert bad.energy_error > 1.0 and not bad.finished


@every_integrator
def test_a_run_that_is_no_number_warns_and_does_not_finish(integrator):
    places = [[-5e-101, 0.0, 0.0], [5e-101, 0.0, 0.0]]
    given = [1.0, 1.0], places, np.zeros((2, 3)), [0.0, 1.0]
    with pytest.warns(EnergyWarning, match="energy error is nan"):
        lost = integrate(*given, softening=0.0, integrator=integrator, **COARSE[integrator])
    assert not lost.finished and np.isnan(lost.energy_error)
