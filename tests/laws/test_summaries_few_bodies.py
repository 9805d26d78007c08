"""Statistics of two, three and a few stars, worked out by hand."""

import numpy as np
import pytest
from summaries_samples import GRAVITATIONAL_CONSTANT, measure


def test_a_circular_pair():
    # Masses 3 and 1 at distance 2: the centre is 0.5 and 1.5 away; circular means 2K = |W|, v^2 = G M / d.
    speed = np.sqrt(GRAVITATIONAL_CONSTANT * 4.0 / 2.0)
    found = measure(
        np.array([3.0, 1.0]),
        np.array([[0.5, 0.0, 0.0], [-1.5, 0.0, 0.0]]),
        np.array([[0.0, 0.25 * speed, 0.0], [0.0, -0.75 * speed, 0.0]]),
    )
    assert found["bound_fraction"] == 1.0 and found["bound_stars"] == 2
    # Softening of 1e-6 at distance 2 changes W by one part in 1e13.
    assert found["virial_ratio"] == pytest.approx(1.0, rel=1e-12)
    assert found["velocity_dispersion"] == pytest.approx(np.sqrt(3.0 / 16.0) * speed, rel=1e-12)
    # Mass inside, each star counted half at its own radius: 1.5 at 0.5, 3.5 at 1.5; 2 lies a quarter between.
    assert found["half_mass_radius"] == pytest.approx(0.75, rel=1e-12)
    # 10 % (0.4) lies inside the inner star, 90 % (3.6) outside the outer one.
    np.testing.assert_allclose(found["lagrangian_radius"], [0.5, 0.75, 1.5], rtol=1e-12)
    assert np.isnan(found["core_radius"])


def test_a_triangle_at_rest():
    side = 1.5
    corners = (
        side
        / np.sqrt(3.0)
        * np.array([[np.cos(a), np.sin(a), 0.0] for a in 2.0 * np.pi / 3.0 * np.arange(3)])
    )
    found = measure(np.full(3, 2.0), corners + np.array([7.0, -3.0, 1.0]), np.full((3, 3), 0.4))
    assert found["bound_fraction"] == 1.0
    assert found["virial_ratio"] == pytest.approx(0.0, abs=1e-25)
    assert found["velocity_dispersion"] == pytest.approx(0.0, abs=1e-15)
    np.testing.assert_allclose(found["lagrangian_radius"], side / np.sqrt(3.0), rtol=1e-12)


def test_a_softened_pair_on_the_edge():
    # Equal masses m at distance d: bound if v^2 / 2 < G m / sqrt(d^2 + eps^2), v the speed of either star.
    mass, distance, softening = 1.0, 0.3, 0.4
    escape = np.sqrt(2.0 * GRAVITATIONAL_CONSTANT * mass / 0.5)
    positions = np.array([[0.0, 0.0, 0.0], [distance, 0.0, 0.0]])
    for speed, fraction in [(0.999, 1.0), (1.001, 0.0)]:
        velocities = np.array([[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]]) * speed * escape
        assert measure(np.full(2, mass), positions, velocities, softening)["bound_fraction"] == fraction
    velocities = np.array([[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]]) * 0.5 * escape
    found = measure(np.full(2, mass), positions, velocities, softening)
    # 2K/|W| = 2 m (v_e/2)^2 / (G m^2 / 0.5) = 2 m G m / (2 * 0.5) * 0.5 / (G m^2) = 1.
    assert found["virial_ratio"] == pytest.approx(1.0, rel=1e-12)


def test_the_core_radius_of_a_dense_knot_and_far_away_stars():
    # Nine stars, and the same knot 1000 times wider: densities differ by 1e9, so the wide stars weigh
    # nothing, and the result is the dense knot's own.
    random = np.random.default_rng(4)
    knot = random.normal(size=(9, 3))
    masses = random.uniform(1.0, 2.0, 9)
    alone = measure(masses, knot, np.zeros((9, 3)))
    together = measure(np.tile(masses, 2), np.concatenate([knot, 1000.0 * knot]), np.zeros((18, 3)))
    # Nine wide stars of relative weight 1e-9 at 1000 times the distance.
    assert together["core_radius"] == pytest.approx(alone["core_radius"], rel=1e-5)


def test_the_core_radius_written_out_by_sorting():
    random = np.random.default_rng(5)
    positions = random.normal(size=(12, 3))
    masses = random.uniform(1.0, 5.0, 12)
    density = np.empty(12)
    for star in range(12):
        distances = np.linalg.norm(positions - positions[star], axis=1)
        others = np.argsort(distances)[1:]
        density[star] = masses[others[:5]].sum() / (4.0 / 3.0 * np.pi * distances[others[5]] ** 3)
    center = np.average(positions, axis=0, weights=density)
    expected = np.average(np.linalg.norm(positions - center, axis=1), weights=density)
    assert measure(masses, positions, np.zeros((12, 3)))["core_radius"] == pytest.approx(expected, rel=1e-12)
