"""The leapfrog in isolation: its order, its reversibility, what it conserves, and Kepler's orbit."""

import numpy as np
import pytest
from simulation_samples import cluster

from nbody_emulator.simulation import integrate
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

SOFTENING = 0.3  # wide enough for the errors of every step here to be in their asymptotic range


def test_order_is_two():
    stars = cluster(16, softening=SOFTENING)
    times = np.array([0.0, 4.0])

    def final_positions(steps: int) -> np.ndarray:
        return integrate(*stars, times, softening=SOFTENING, step=4.0 / steps).positions[-1]

    exact = final_positions(2**14)
    errors = [np.linalg.norm(final_positions(2**power) - exact) for power in (6, 7, 8, 9)]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    np.testing.assert_allclose(orders, 2.0, atol=0.1)


def test_energy_error_falls_with_the_square_of_the_step():
    stars = cluster(16, softening=SOFTENING)
    coarse, fine = (
        integrate(*stars, [0.0, 16.0], softening=SOFTENING, step=step).energy_error for step in (0.25, 0.125)
    )
    assert np.log2(coarse / fine) == pytest.approx(2.0, abs=0.1)


def test_time_runs_backwards():
    masses, positions, velocities = cluster(16, softening=SOFTENING)
    times = np.array([0.0, 10.0])
    there = integrate(masses, positions, velocities, times, softening=SOFTENING, step=0.01)
    back = integrate(
        masses, there.positions[-1], -there.velocities[-1], times, softening=SOFTENING, step=0.01
    )
    # Rounding of 2000 steps, grown by a cluster's own instability over a few crossing times.
    np.testing.assert_allclose(back.positions[-1], positions, atol=1e-11)
    np.testing.assert_allclose(-back.velocities[-1], velocities, atol=1e-11)


def test_what_is_conserved_in_isolation():
    masses, positions, velocities = cluster(32, softening=SOFTENING, virial_ratio=0.8)
    run = integrate(masses, positions, velocities, np.linspace(0.0, 20.0, 11), softening=SOFTENING, step=0.01)
    momenta = masses[:, None] * run.velocities
    scale = np.sum(np.abs(momenta[0]))
    # The total momentum is zero at first and changes by rounding: 2000 kicks of 32 stars.
    assert np.max(np.abs(np.sum(momenta, axis=1))) < 1e-12 * scale
    assert np.max(np.abs(np.average(run.positions, axis=1, weights=masses))) < 1e-12
    spins = np.sum(np.cross(run.positions, momenta), axis=1)
    # Kicks along the lines between pairs and straight drifts change the angular momentum by rounding alone.
    assert np.max(np.abs(spins - spins[0])) < 1e-12 * scale
    # Second order at about 0.3 % of a crossing time; the measure of the error is its own test below.
    assert run.energy_error < 1e-5


@pytest.mark.parametrize(("seed", "sign"), [(0, -1.0), (4, 1.0)])
def test_energy_error_is_the_largest_change_over_the_scale(seed, sign):
    stars = cluster(16, softening=0.1, seed=seed)
    times = np.linspace(0.0, 8.0, 101)
    run = integrate(*stars, times, softening=0.1, step=0.08)  # one step between times: every energy is known
    kinetic = 0.5 * np.sum(stars.masses[:, None] * stars.velocities**2)
    potential = run.energies[0] - kinetic
    changes = run.energies - run.energies[0]
    assert np.max(sign * changes) == np.max(np.abs(changes))  # one of the two runs errs most by gaining
    expected = np.max(np.abs(changes)) / (kinetic - potential)
    # The change is 1e-3 of the energies it is the difference of, to their last digits.
    assert run.energy_error == pytest.approx(expected, rel=1e-11)
    assert run.work.steps == 100
    # Every step counts, also those between the times that are kept.
    kept = integrate(*stars, times[::20], softening=0.1, step=0.08)
    assert kept.work.steps == 100
    assert kept.energy_error == pytest.approx(expected, rel=1e-9)
    assert np.max(np.abs(kept.energies - kept.energies[0])) < 0.9 * expected * (kinetic - potential)


def test_steps_are_as_long_as_asked_whatever_times_are_kept():
    stars = cluster(4, softening=SOFTENING)
    for step, steps in [(0.5, 4), (0.3, 6), (1e9, 0), (0.011, 181)]:
        # Softened so that even the longest keep the energy well enough.
        run = integrate(*stars, [0.0, 1.0, 2.0], softening=1.0, step=step)
        assert run.work.steps == steps
        assert run.step == pytest.approx(step if steps else 0.0, rel=1e-12)


def test_a_kepler_orbit_is_followed_to_second_order():
    masses, positions, velocities, period, orbit = _binary(eccentricity=0.5)
    times = period * np.linspace(0.0, 1.0, 9)
    errors = []
    for steps in (2048, 4096):
        run = integrate(masses, positions, velocities, times, softening=0.0, step=period / steps)
        separations = run.positions[:, 1] - run.positions[:, 0]
        errors.append(np.max(np.abs(separations - orbit(times))))
    assert errors[0] / errors[1] == pytest.approx(4.0, abs=0.1)
    # The error of phase of a leapfrog: a few times (2 pi / steps)^2 at this eccentricity.
    assert errors[1] < 20.0 * (2.0 * np.pi / 4096) ** 2


def test_a_kepler_orbit_keeps_its_energy_for_ever():
    masses, positions, velocities, period, _ = _binary(eccentricity=0.5)
    times = period * np.arange(0.0, 201.0)
    run = integrate(masses, positions, velocities, times, softening=0.0, step=period / 500)
    changes = np.abs(run.energies / run.energies[0] - 1.0)
    # Symplectic: no drift. The second hundred orbits stray no further than the first, but for the phase at
    # which an orbit is sampled.
    assert np.max(changes[101:]) < 1.2 * max(np.max(changes[:101]), float(run.energy_error))
    assert run.energy_error < 1e-3


def test_an_attempt_is_abandoned_soon_after_the_limit():
    stars = cluster(32, softening=0.02)
    times = np.linspace(0.0, 20.0, 11)
    whole = integrate(*stars, times, softening=0.02, step=0.02)
    cut = integrate(*stars, times, softening=0.02, step=0.02, abandon_above=0.1 * whole.energy_error)
    assert cut.work.steps < whole.work.steps
    assert 0.1 * whole.energy_error < cut.energy_error <= whole.energy_error
    kept = integrate(*stars, times, softening=0.02, step=0.02, abandon_above=float(whole.energy_error))
    np.testing.assert_array_equal(kept.positions, whole.positions)


def test_arguments_that_make_no_sense_are_refused():
    masses, positions, velocities = cluster(4, softening=SOFTENING)
    settings = {"softening": SOFTENING, "step": 0.1}
    with pytest.raises(ValueError, match=r"positions must have the shape \(4, 3\)"):
        integrate(masses, positions.T, velocities, [0.0, 1.0], **settings)
    with pytest.raises(ValueError, match="ascending"):
        integrate(masses, positions, velocities, [1.0, 0.0], **settings)
    with pytest.raises(ValueError, match="step must be positive"):
        integrate(masses, positions, velocities, [0.0, 1.0], softening=SOFTENING, step=0.0)
    with pytest.raises(ValueError, match=r"integrator must be one of leapfrog, .*, not 'euler'"):
        integrate(masses, positions, velocities, [0.0, 1.0], integrator="euler", **settings)


def _binary(eccentricity: float):
    """Masses, positions, velocities, period and orbit(times) of a binary 1 pc wide, at apocentre."""
    masses = np.array([3.0, 1.0])
    motion = np.sqrt(GRAVITATIONAL_CONSTANT * np.sum(masses))
    distance = 1.0 + eccentricity
    speed = motion * np.sqrt((1.0 - eccentricity) / (1.0 + eccentricity))
    shares = np.array([-masses[1], masses[0]])[:, None] / np.sum(masses)

    def orbit(times: np.ndarray) -> np.ndarray:
        """Separations (T, 3) by Kepler's equation, the mean anomaly counted from pericentre."""
        mean = motion * times + np.pi
        anomaly = mean.copy()
        for _ in range(50):
            excess = anomaly - eccentricity * np.sin(anomaly) - mean
            anomaly -= excess / (1.0 - eccentricity * np.cos(anomaly))
        along = np.cos(anomaly) - eccentricity
        across = np.sqrt(1.0 - eccentricity**2) * np.sin(anomaly)
        # At apocentre the separation points along +x and moves along +y.
        return -np.stack([along, across, np.zeros_like(along)], axis=1)

    positions = shares * np.array([distance, 0.0, 0.0])
    velocities = shares * np.array([0.0, speed, 0.0])
    return masses, positions, velocities, 2.0 * np.pi / motion, orbit
