"""Relaxation, segregation, binaries and escape against closed forms and published numbers."""

import numpy as np
import pytest
from summaries_samples import GRAVITATIONAL_CONSTANT, directions, measure, plummer

from nbody_emulator.summaries.mass_segregation_ratio import mean_tree_length

MASS, SCALE = 1000.0, 2.0


@pytest.mark.parametrize(
    ("stars", "relaxation_time"),
    [(256, 7.131), (512, 11.810), (1024, 20.155), (2048, 35.152)],
)
def test_the_relaxation_time_is_spitzers(stars, relaxation_time):
    # G = M = 1 and the Plummer sphere's r_h = 0.76857 (virial radius 1), gamma = 0.11: time grows as r_h^1.5.
    masses, positions, velocities = plummer(stars, 1, mass=1.0 / GRAVITATIONAL_CONSTANT)
    found = measure(masses, positions, 0.3 * velocities)
    assert found["bound_stars"] == stars
    scaled = found["half_mass_relaxation_time"] * (0.7685706 / found["half_mass_radius"]) ** 1.5
    assert scaled == pytest.approx(relaxation_time, rel=1e-4)  # the table's digits


def test_without_a_coulomb_logarithm_there_is_no_relaxation_time():
    for stars, exists in [(24, False), (25, True)]:
        masses, positions, velocities = plummer(stars, 2)
        found = measure(masses, positions, 0.1 * velocities)
        assert np.isfinite(found["half_mass_relaxation_time"]) == exists


def test_unsegregated_clusters_have_a_ratio_of_one():
    # Of the ten heaviest the tree is as long as of any ten: the mean of the inverse is 1, without bias.
    random = np.random.default_rng(3)
    inverses = []
    for seed in range(40):
        masses, positions, velocities = plummer(200, seed)
        masses = masses * random.lognormal(0.0, 1.0, 200)
        inverses.append(1.0 / measure(masses, positions, 0.5 * velocities)["mass_segregation_ratio"])
    assert abs(np.mean(inverses) - 1.0) < 4.0 * np.std(inverses) / np.sqrt(len(inverses))


def test_heavy_stars_pressed_together_segregate_by_as_much():
    # Ten heavy stars at a tenth of their distances; 1/10 of the tree's length whatever the rest does.
    masses, positions, velocities = plummer(200, 4)
    masses[:10] = masses[0] * np.linspace(5.0, 6.0, 10)
    center = np.average(positions, axis=0, weights=masses)
    wide = measure(masses, positions, 0.1 * velocities)["mass_segregation_ratio"]
    pressed = positions.copy()
    pressed[:10] = center + 0.1 * (positions[:10] - center)
    narrow = measure(masses, pressed, 0.1 * velocities)["mass_segregation_ratio"]
    # The random trees change by the few pressed stars among them.
    assert narrow / wide == pytest.approx(10.0, rel=0.1)


def test_equal_stars_have_no_heaviest():
    masses, positions, velocities = plummer(50, 5)
    assert np.isnan(measure(masses, positions, 0.1 * velocities)["mass_segregation_ratio"])


def test_trees_of_stars_on_a_line_and_on_a_square():
    line = np.stack([np.array([3.0, 0.0, 1.0, 7.0]), np.zeros(4), np.zeros(4)], axis=1)
    square = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    assert mean_tree_length(np.stack([line, square])) == pytest.approx(0.5 * (7.0 + 3.0), rel=1e-15)


@pytest.mark.parametrize("eccentricity", [0.0, 0.6, 0.95])
def test_the_hardest_binary_has_its_keplerian_energy(eccentricity):
    # G m1 m2 / (2 a) wherever the pair is on its orbit, here at the far end; the cluster around is wide and cold.
    first, second, axis = 3.0, 1.5, 0.001
    masses, positions, velocities = plummer(60, 6, mass=30.0, scale=5.0)
    distance = axis * (1.0 + eccentricity)
    speed = np.sqrt(
        GRAVITATIONAL_CONSTANT * (first + second) / axis * (1.0 - eccentricity) / (1.0 + eccentricity)
    )
    pair = np.array([second, -first])[:, None] / (first + second)
    found = measure(
        np.concatenate([masses, [first, second]]),
        np.concatenate([positions, pair * distance * np.array([1.0, 0.0, 0.0])]),
        np.concatenate([0.3 * velocities, pair * speed * np.array([0.0, 1.0, 0.0])]),
        softening=1e-9,
    )
    expected = GRAVITATIONAL_CONSTANT * first * second / (2.0 * axis)
    assert found["hardest_binary_energy"] == pytest.approx(expected, rel=1e-9)


def test_hot_stars_have_no_binary():
    # Four corners of a square, each pair unbound, all together bound: speeds between the two limits.
    side = 1.0
    corners = side * np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    outward = corners - corners.mean(axis=0)
    # Neighbours part with v sqrt(2); bound below 4 G m / side = 2 v^2 at most; the whole below 2.71 G m / side.
    speed = np.sqrt(1.2 * 2.0 * GRAVITATIONAL_CONSTANT)
    velocities = speed * outward / np.linalg.norm(outward, axis=1, keepdims=True)
    found = measure(np.ones(4), corners, velocities)
    assert found["bound_stars"] == 4
    assert np.isnan(found["hardest_binary_energy"])


def test_mass_escapes_with_its_stars():
    masses, positions, velocities = plummer(100, 7)
    masses = masses * np.linspace(0.5, 1.5, 100)
    velocities = 0.3 * velocities
    assert measure(masses, positions, velocities)["escaped_mass"] == 0.0
    random = np.random.default_rng(8)
    velocities[:3] = 1000.0 * directions(random, 3)
    found = measure(masses, positions, velocities)
    assert found["escaped_mass"] == pytest.approx(np.sum(masses[:3]), rel=1e-12)
    bound = found["bound_fraction"] * np.sum(masses)
    assert found["escaped_mass"] + bound == pytest.approx(np.sum(masses), rel=1e-12)


def test_the_heaviest_star_is_that_of_the_bound_ones():
    masses, positions, velocities = plummer(100, 7)
    masses = masses * np.linspace(0.5, 1.5, 100)
    velocities = 0.3 * velocities
    assert measure(masses, positions, velocities)["heaviest_mass"] == masses[-1]
    velocities[-1] *= 1000.0
    assert measure(masses, positions, velocities)["heaviest_mass"] == masses[-2]
