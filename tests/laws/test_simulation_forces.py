"""Accelerations and potential against an independent program and against closed forms."""

import jax
import numpy as np
import pytest
import rebound
from jax import lax
from simulation_samples import cluster

from nbody_emulator.simulation import gravity, jerk
from nbody_emulator.simulation.higher_derivatives import snap_and_crackle
from nbody_emulator.simulation.initial_conditions import draw, potential_energy
from nbody_emulator.simulation.reciprocal_root import root_of_reciprocal
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


def test_a_cluster_far_from_the_origin_pulls_and_weighs_as_at_the_origin():
    # With a close pair, 8 kpc away: 1e-12 of the place is 1e-8 pc, and so 1e-5 of the pair's distance.
    masses, positions = _kroupa_stars(64)
    positions[1] = positions[0] + [1e-3, 0.0, 0.0]
    far = positions + np.array([8192.0, 0.0, 0.0])
    near = far - np.array([8192.0, 0.0, 0.0])  # rounded alike
    here, there = (gravity.evaluate(masses, places.T.copy(), 1e-4) for places in (near, far))
    assert float(there.potential_energy) == pytest.approx(float(here.potential_energy), rel=1e-9)
    largest = np.max(np.abs(here.accelerations))
    np.testing.assert_allclose(there.accelerations, here.accelerations, atol=1e-9 * largest)


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


@pytest.mark.parametrize("distance", [0.0, 300.0])
@pytest.mark.parametrize("softening", [0.0, 0.05])
def test_jerks_keep_their_digits_in_a_close_pair_wherever_it_is(distance, softening):
    generator = np.random.default_rng(1)
    masses, positions, velocities = (
        np.ones(70),
        generator.normal(size=(70, 3)),
        generator.normal(size=(70, 3)),
    )
    positions[:2] = distance * np.array([0.6, 0.64, -0.48]) + np.array([[0.0, 0.0, 0.0], [3e-5, 4e-5, 8e-5]])
    pulling = jerk.sources(masses, positions.T.copy(), velocities.T.copy())
    accelerations, jerks = _summed_one_by_one(masses, positions, velocities, softening)
    pull = jerk.on_first(8, pulling, softening)
    for found, expected in [(pull.accelerations, accelerations), (pull.jerks, jerks)]:
        errors = np.linalg.norm(np.asarray(found).T - expected[:8], axis=1)
        # The pair, from whose first star all is counted, to rounding; the others' sums cancel the distance.
        assert np.max(errors[:2]) < 1e-14 * np.linalg.norm(expected[0])
        assert np.max(errors[2:]) < 1e-11 * np.max(np.linalg.norm(expected[2:8], axis=1))


def test_tiles_pull_as_the_first_stars_alone_do():
    masses, positions, velocities = cluster(192, softening=0.05)
    pulling = jerk.sources(masses, positions.T.copy(), velocities.T.copy())
    whole, part = (jerk.on_tiles(count, pulling, 0.05) for count in (192, 65))
    accelerations, jerks = _summed_one_by_one(masses, positions, velocities, 0.05)
    np.testing.assert_allclose(np.asarray(whole.accelerations).T, accelerations, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(np.asarray(whole.jerks).T, jerks, rtol=1e-10, atol=1e-11)
    for all_of_it, some in zip(whole, part, strict=True):
        np.testing.assert_array_equal(some[:, :128], all_of_it[:, :128])
        np.testing.assert_array_equal(some[:, 128:], 0.0)


def test_potential_energy_keeps_its_digits_in_a_close_pair_far_away():
    positions = np.array([[180.0, 180.0], [192.0, 192.0], [-144.0, -144.0 + 2.0**-13]])
    found = float(gravity.potential_energy(np.array([1.0, 2.0]), positions, 0.0))
    assert found == pytest.approx(-GRAVITATIONAL_CONSTANT * 2.0 * 2.0**13, rel=1e-15)


def test_snap_and_crackle_are_the_rates_of_change_of_the_jerk():
    masses, positions, velocities = cluster(70, softening=0.05)  # more than a tile
    state = positions.T.copy(), velocities.T.copy()

    def pull(x, v):
        return jerk.on_first(70, jerk.sources(masses, x, v), 0.05)

    def along(rate):
        return lambda x, v: jax.jvp(rate, (x, v), (v, pull(x, v).accelerations))[1]

    snap = along(lambda x, v: pull(x, v).jerks)
    motion = np.concatenate([*state, *pull(*state)])
    found = snap_and_crackle(masses, motion, 0.05)
    for rate, expected in zip(found, (snap(*state), along(snap)(*state)), strict=True):
        # Sums of 70 terms, each with some ten roundings; seen: 3e-14.
        assert np.max(np.abs(rate - expected)) < 1e-12 * np.max(np.abs(expected))


@pytest.mark.parametrize("root", [lax.rsqrt, root_of_reciprocal])
def test_either_reciprocal_root_is_right_and_flat_at_infinity(root):
    numbers = np.array([1e-280, 3e-7, 1.0, 2.0, 7e11, 1e290])
    np.testing.assert_allclose(root(numbers), 1.0 / np.sqrt(numbers), rtol=5e-16)
    for number, slope in [(4.0, -0.0625), (np.inf, 0.0)]:
        assert float(jax.grad(root)(number)) == pytest.approx(slope, rel=1e-15)
    assert float(root(np.inf)) == 0.0


def _summed_one_by_one(masses, positions, velocities, softening) -> tuple[np.ndarray, np.ndarray]:
    """Accelerations and jerks (N, 3) by separations in extended precision."""
    gaps, motions = (
        (vectors[None] - vectors[:, None]).astype(np.longdouble)
        for vectors in (positions.astype(np.longdouble), velocities.astype(np.longdouble))
    )
    squared = np.sum(gaps**2, axis=2) + softening**2
    squared[np.diag_indices(len(masses))] = np.inf
    kernel = (GRAVITATIONAL_CONSTANT * masses * squared**-1.5)[:, :, None]
    change = 3.0 * (np.sum(gaps * motions, axis=2) / squared)[:, :, None]
    sums = np.sum(kernel * gaps, axis=1), np.sum(kernel * (motions - change * gaps), axis=1)
    return tuple(vectors.astype(float) for vectors in sums)


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
