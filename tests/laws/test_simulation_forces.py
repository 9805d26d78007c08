"""Accelerations and potential against an independent program and against closed forms."""

import numpy as np
import pytest
import rebound
from simulation_samples import cluster

from nbody_emulator.simulation import gravity
from nbody_emulator.simulation.initial_conditions import draw, potential_energy
from nbody_emulator.units import GRAVITATIONAL_CONSTANT


@pytest.mark.parametrize("stars", [2, 33, 256])
@pytest.mark.parametrize("softening", [0.0, 0.05])
def test_accelerations_agree_with_rebound(stars, softening):
    masses, positions = _kroupa_stars(stars)
    ours = np.asarray(gravity.evaluate(masses, positions.T.copy(), softening).accelerations).T
    theirs = _rebound_accelerations(masses, positions, softening)
    largest = np.max(np.linalg.norm(theirs, axis=1))
    # Relative to the largest acceleration of the cluster; seen: 1e-14.
    assert np.max(np.linalg.norm(ours - theirs, axis=1)) < 1e-12 * largest
    # A star's own acceleration may be a small difference of large pulls; the median star's is not.
    own = np.linalg.norm(ours - theirs, axis=1) / np.linalg.norm(theirs, axis=1)
    assert np.median(own) < 1e-13


def test_a_close_pair_far_from_the_origin_keeps_its_digits():
    # The sums cancel positions against each other: |x| / r = 1e3 costs three of sixteen digits, not more.
    masses, there = np.array([1.0, 2.0]), np.array([60.1, 70.3, -80.7])
    positions = there + np.array([[0.0, 0.0, 0.0], [0.06, 0.07, 0.08]])
    ours = np.asarray(gravity.evaluate(masses, positions.T.copy(), 0.05).accelerations).T
    theirs = _rebound_accelerations(masses, positions, 0.05)
    assert np.max(np.abs(ours - theirs)) < 1e-12 * np.max(np.abs(theirs))


def test_two_stars_pull_as_plummer_spheres_do():
    positions = np.array([[0.0, 3.0], [0.0, 0.0], [0.0, 0.0]])
    pulls = np.asarray(gravity.evaluate(np.array([2.0, 5.0]), positions, 4.0).accelerations)
    # r = 3, softening 4: r^2 + softening^2 = 5^2, whose cube root is exact.
    expected = GRAVITATIONAL_CONSTANT * np.array([5.0, -2.0]) * 3.0 / 125.0
    np.testing.assert_allclose(pulls[0], expected, rtol=1e-15)
    np.testing.assert_array_equal(pulls[1:], 0.0)


def test_forces_add_up_to_zero():
    masses, positions = _kroupa_stars(128)
    forces = masses * np.asarray(gravity.evaluate(masses, positions.T.copy(), 0.05).accelerations)
    # Rounding of 128 sums of 128 terms.
    assert np.max(np.abs(np.sum(forces, axis=1))) < 1e-13 * np.sum(np.abs(forces))


def test_potential_energy_is_the_sum_over_pairs():
    masses, positions = _kroupa_stars(100)
    ours = float(gravity.evaluate(masses, positions.T.copy(), 0.05).potential_energy)
    assert ours == pytest.approx(potential_energy(masses, positions, 0.05), rel=1e-14)
    one_by_one = sum(
        masses[i] * masses[j] / np.sqrt(np.sum((positions[i] - positions[j]) ** 2) + 0.05**2)
        for i in range(100)
        for j in range(i)
    )
    assert ours == pytest.approx(-GRAVITATIONAL_CONSTANT * one_by_one, rel=1e-13)


def test_accelerations_are_the_slope_of_the_potential():
    masses, positions, _ = cluster(8, softening=0.3)
    rows, shift = positions.T.copy(), 1e-4
    pulls = np.asarray(gravity.evaluate(masses, rows, 0.3).accelerations)
    for axis, star in [(0, 0), (1, 3), (2, 7)]:
        moved = np.zeros_like(rows)
        moved[axis, star] = shift
        ahead, behind = (
            float(gravity.evaluate(masses, rows + sign * moved, 0.3).potential_energy) for sign in (1.0, -1.0)
        )
        # A central difference: error of order shift^2, relative to softening^2.
        slope = -(ahead - behind) / (2.0 * shift) / masses[star]
        assert slope == pytest.approx(pulls[axis, star], rel=1e-6, abs=1e-8)


def _kroupa_stars(stars: int) -> tuple[np.ndarray, np.ndarray]:
    settings = {
        "stars": stars,
        "profile": "plummer",
        "masses": {"function": "kroupa", "minimum": 0.08, "maximum": 50.0},
    }
    drawn = draw(
        settings, scale_radius=1.0, virial_ratio=1.0, softening=0.05, generator=np.random.default_rng(4)
    )
    return drawn.masses, drawn.positions


def _rebound_accelerations(masses: np.ndarray, positions: np.ndarray, softening: float) -> np.ndarray:
    """Accelerations (N, 3) that REBOUND works out in a step of no length."""
    simulation = rebound.Simulation()
    simulation.G, simulation.softening, simulation.dt = GRAVITATIONAL_CONSTANT, softening, 0.0
    simulation.integrator, simulation.gravity = "leapfrog", "basic"
    for mass, (x, y, z) in zip(masses, positions, strict=True):
        simulation.add(m=mass, x=x, y=y, z=z)
    simulation.steps(1)
    return np.array([[star.ax, star.ay, star.az] for star in simulation.particles])
