"""A galaxy's tide in Hill's frame: closed forms, the Jacobi energy, and time reversal."""

import numpy as np
import pytest
from simulation_samples import cluster

from nbody_emulator.simulation import integrate
from nbody_emulator.simulation.register import GALAXIES
from nbody_emulator.simulation.tide import Tide
from nbody_emulator.units import GRAVITATIONAL_CONSTANT, LENGTH_IN_PC

OMEGA = 0.2  # 1/Myr, an orbit at about 1.1 kpc
FLAT_CURVE, POINT_MASS = Tide(OMEGA, 2.0), Tide(OMEGA, 3.0)
both_kinds = pytest.mark.parametrize("tide", [FLAT_CURVE, POINT_MASS], ids=["flat_curve", "point_mass"])
HERMITE = {"accuracy": 0.01, "longest_step": 0.125}
EVERY_INTEGRATOR = {"leapfrog": {"step": 0.01}, "hermite4": HERMITE, "block_hermite4": HERMITE}
PARTS = np.array([0.0, 0.3, 0.7, 1.0])
"""Of the time that a run lasts: as many as in other laws of Hermite's schemes, which are compiled once for all."""

NO_MASS = 1e-15  # Msun: an energy to be relative to, and no pull that shows


def epicycles(tide: Tide, times: np.ndarray) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Two stars without mass at the start, and their positions (T, 2, 3) at `times` in closed form.

    x = X cos(kappa t), y = -2 (Omega / kappa) X sin(kappa t), z = Z cos(Omega t), with kappa^2 = 2 Omega^2 in a
    flat rotation curve and Omega^2 around a point mass.
    """
    amplitudes, heights = np.array([3.0, -2.0]), np.array([1.0, 2.5])
    positions = np.stack([amplitudes, np.zeros(2), heights], axis=1)
    rotating = np.stack([np.zeros(2), -2.0 * OMEGA * amplitudes, np.zeros(2)], axis=1)
    kappa = np.sqrt(4.0 - tide.radial) * OMEGA
    expected = np.stack(
        [
            np.cos(kappa * times)[:, None] * amplitudes,
            -2.0 * OMEGA / kappa * np.sin(kappa * times)[:, None] * amplitudes,
            np.cos(OMEGA * times)[:, None] * heights,
        ],
        axis=2,
    )
    return (np.full(2, NO_MASS), positions, _to_inertial(positions, rotating, OMEGA)), expected


@both_kinds
def test_a_star_without_mass_moves_on_its_epicycle(tide):
    times = np.linspace(0.0, 3.0 * 2.0 * np.pi / OMEGA, 13)
    stars, expected = epicycles(tide, times)
    errors = []
    for step in (0.05, 0.025):
        run = integrate(*stars, times, softening=1.0, step=step, tide=tide)
        errors.append(np.max(np.abs(run.positions - expected)))
    assert errors[0] / errors[1] == pytest.approx(4.0, abs=0.1)
    assert errors[1] < 2e-3  # of amplitudes of 3 pc, after three orbits


@pytest.mark.parametrize("integrator", ["hermite4", "block_hermite4"])
@both_kinds
def test_an_epicycle_is_followed_to_fourth_order(tide, integrator):
    times = 3.0 * 2.0 * np.pi / OMEGA * PARTS
    stars, expected = epicycles(tide, times)
    settings = {"softening": 1.0, "tide": tide, "integrator": integrator, "accuracy": 1e9}
    errors = []
    for step in (2.0**-4, 2.0**-5):
        run = integrate(*stars, times, longest_step=step, **settings)
        errors.append(np.max(np.abs(run.positions - expected)[:, :, 0]))
        np.testing.assert_allclose(run.positions[:, :, 2], expected[:, :, 2], atol=1e-4)
    # Coriolis' force depends on velocity: found at the predicted one alone, it would leave an order of three.
    # At some steps terms of fourth order cancel, and the order looks higher.
    assert np.log2(errors[0] / errors[1]) > 3.8
    assert errors[1] < 1e-7


@pytest.mark.parametrize("integrator", EVERY_INTEGRATOR)
@both_kinds
def test_a_star_on_the_lagrange_point_stays(tide, integrator):
    mass = 500.0
    tidal_radius = (GRAVITATIONAL_CONSTANT * mass / (tide.radial * OMEGA**2)) ** (1.0 / 3.0)
    # Against softening zero: a cluster's softened pull would move the point.
    positions = np.array([[0.0, 0.0, 0.0], [tidal_radius, 0.0, 0.0], [-tidal_radius, 0.0, 0.0]])
    velocities = _to_inertial(positions, np.zeros((3, 3)), OMEGA)
    times = 2.0 / OMEGA * PARTS
    masses = np.array([mass, NO_MASS, NO_MASS])
    settings = {"integrator": integrator, **EVERY_INTEGRATOR[integrator]}
    run = integrate(masses, positions, velocities, times, softening=0.0, tide=tide, **settings)
    # Unstable: rounding grows by exp(2.5 Omega t) = 150 here.
    np.testing.assert_allclose(run.positions[-1], positions, atol=1e-11 * tidal_radius)


def test_the_jacobi_energy_is_bounded_over_many_orbits():
    stars = cluster(16, softening=0.5)
    times = np.linspace(0.0, 40.0 * 2.0 * np.pi / OMEGA, 401)
    run = integrate(*stars, times, softening=0.5, step=0.1, tide=FLAT_CURVE)
    changes = np.abs(run.energies - run.energies[0])
    early, late = np.max(changes[1:100]), np.max(changes[-100:])
    assert run.energy_error < 1e-3
    # Escaped stars run along the orbit for kiloparsecs meanwhile; a scheme that drifts gains a factor of ten.
    assert late < 3.0 * early


@both_kinds
def test_the_jacobi_energy_is_conserved_to_second_order(tide):
    stars = cluster(16, softening=0.5)
    runs = [integrate(*stars, [0.0, 20.0], softening=0.5, step=step, tide=tide) for step in (0.1, 0.05)]
    # Had the tide another potential than forces, the error would not fall with the step.
    assert runs[0].energy_error / runs[1].energy_error == pytest.approx(4.0, abs=0.5)


@pytest.mark.parametrize("integrator", ["hermite4", "block_hermite4"])
@both_kinds
def test_the_jacobi_energy_of_accurate_steps_is_kept(tide, integrator):
    stars = cluster(16, softening=0.5)
    times = 5.0 * 2.0 * np.pi / OMEGA * PARTS
    settings = {"integrator": integrator, "softening": 0.5, "tide": tide, **HERMITE}
    coarse = integrate(*stars, times, **settings)
    fine = integrate(*stars, times, **settings | {"accuracy": 0.0025})
    # Stars have escaped to kiloparsecs by then. Errors fall with the square of the accuracy.
    assert coarse.energy_error < 1e-4
    assert fine.energy_error < 0.2 * coarse.energy_error


def test_order_is_two_in_a_tide():
    stars = cluster(16, softening=0.5)

    def final_positions(steps: int) -> np.ndarray:
        run = integrate(*stars, [0.0, 8.0], softening=0.5, step=8.0 / steps, tide=FLAT_CURVE)
        return run.positions[-1]

    exact = final_positions(2**14)
    errors = [np.linalg.norm(final_positions(2**power) - exact) for power in (6, 7, 8)]
    np.testing.assert_allclose(np.log2(np.array(errors[:-1]) / errors[1:]), 2.0, atol=0.1)


def test_time_runs_backwards_when_the_frame_turns_back():
    masses, positions, velocities = cluster(16, softening=0.5)
    settings = {"softening": 0.5, "step": 0.02}
    there = integrate(masses, positions, velocities, [0.0, 20.0], tide=FLAT_CURVE, **settings)
    back = integrate(
        masses, there.positions[-1], -there.velocities[-1], [0.0, 20.0], tide=Tide(-OMEGA, 2.0), **settings
    )
    # Rounding of 2000 steps, grown over a few crossing times.
    np.testing.assert_allclose(back.positions[-1], positions, atol=1e-11)


def test_velocities_are_those_of_the_inertial_frame():
    # A star that rests in the rotating frame, far from all others, moves with the frame.
    positions = np.array([[0.0, 0.0, 0.0], [0.0, 50.0, 0.0]])
    velocities = _to_inertial(positions, np.zeros((2, 3)), OMEGA)
    run = integrate(
        np.full(2, NO_MASS), positions, velocities, [0.0, 10.0], softening=1.0, step=0.1, tide=FLAT_CURVE
    )
    np.testing.assert_allclose(run.positions[-1], positions, atol=1e-12)
    np.testing.assert_allclose(run.velocities[-1, 1], [-50.0 * OMEGA, 0.0, 0.0], atol=1e-12)


@pytest.mark.parametrize(
    ("galaxy", "settings", "orbit_in_kpc", "jacobi_radius"),
    [
        # G = 0.00430092 pc (km/s)^2 / Msun, 500 Msun, V = 220 km/s: r^3 = G M R^2 / (2 V^2).
        ("flat_curve", {"rotation_speed": 220.0}, 8.0, 11.2446),
        # The same speed at the same radius needs V^2 R / G; (2/3)^(1/3) of the radius above.
        ("point_mass", {"mass": 220.0**2 * 8000.0 / 0.00430092}, 8.0, 11.2446 * (2.0 / 3.0) ** (1.0 / 3.0)),
    ],
)
def test_galaxies_give_their_jacobi_radii(galaxy, settings, orbit_in_kpc, jacobi_radius):
    tide = GALAXIES.load(galaxy)(**settings).tide(orbit_in_kpc * LENGTH_IN_PC["kpc"])
    found = (GRAVITATIONAL_CONSTANT * 500.0 / (tide.radial * tide.angular_speed**2)) ** (1.0 / 3.0)
    assert found == pytest.approx(jacobi_radius, rel=1e-5)  # the digits of the tabulated numbers


def test_isolation_is_the_limit_of_no_rotation():
    stars = cluster(8, softening=0.5)
    still, slow = (
        integrate(*stars, [0.0, 5.0], softening=0.5, step=0.05, tide=Tide(speed, 2.0)).positions[-1]
        for speed in (0.0, 1e-9)
    )
    # x changes by at most a few Omega v t^2.
    np.testing.assert_allclose(slow, still, atol=1e-7)


def _to_inertial(positions: np.ndarray, rotating: np.ndarray, angular_speed: float) -> np.ndarray:
    """Velocities in the inertial frame: v + Omega x r."""
    return rotating + np.cross([0.0, 0.0, angular_speed], positions)
