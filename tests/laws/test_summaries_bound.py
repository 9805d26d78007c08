"""The bound set holds what is bound: planted stars, fast companions, clumps flying apart, nothing at all."""

import numpy as np
import pytest
from summaries_samples import GRAVITATIONAL_CONSTANT, directions, measure, plummer

STARS, MASS = 400, 1000.0
NEEDS_TWO_STARS = ("velocity_dispersion", "half_mass_radius", "lagrangian_radius", "virial_ratio")


@pytest.fixture(scope="module")
def cluster():
    """A Plummer sphere, slowed down so that every star is safely bound."""
    masses, positions, velocities = plummer(STARS, 5, MASS)
    return masses, positions, 0.7 * velocities


def joined(first, second):
    """Two groups of stars as one snapshot."""
    return [np.concatenate(pair) for pair in zip(first, second, strict=True)]


def assert_same(found, expected, names=None):
    for name in names or expected:
        # The same stars; only their positions' and velocities' last digits may differ.
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-10, err_msg=name)


@pytest.mark.parametrize(("speed", "bound"), [(0.95, 1), (0.999, 1), (1.001, 0), (1.05, 0)])
def test_a_planted_star_is_bound_below_the_escape_speed_and_not_above(cluster, speed, bound):
    masses, positions, velocities = cluster
    place = np.array([2.0, -1.0, 0.5])
    potential = -GRAVITATIONAL_CONSTANT * np.sum(masses / np.linalg.norm(positions - place, axis=1))
    escape = np.sqrt(-2.0 * potential)
    direction = np.array([0.0, 0.6, 0.8])
    mean = np.average(velocities, axis=0, weights=masses)
    # So light that it changes nothing for the others.
    star = [np.array([1e-12]), place[None], (mean + speed * escape * direction)[None]]
    assert measure(*cluster)["bound_stars"] == STARS
    assert measure(*joined(cluster, star))["bound_stars"] == STARS + bound


def test_a_heavy_star_thrown_out_does_not_take_the_cluster_along(cluster):
    # A quarter of the mass leaves at 20 times the dispersion: nothing is bound around the mean of all stars.
    runaway = [np.array([300.0]), np.array([[30.0, 0.0, 0.0]]), np.array([[30.0, 0.0, 0.0]])]
    found = measure(*joined(cluster, runaway))
    assert found["bound_fraction"] == pytest.approx(MASS / (MASS + 300.0), rel=1e-12)
    assert_same(found, measure(*cluster), [*NEEDS_TWO_STARS, "core_radius", "bound_stars"])


def test_a_fast_pair_bound_to_itself_is_not_the_cluster(cluster):
    # The pair's orbit is slow against its binding: its stars would be bound in their own frame.
    orbit = 0.5 * np.sqrt(GRAVITATIONAL_CONSTANT * 200.0 / 0.1)
    pair = [
        np.array([100.0, 100.0]),
        np.array([[30.0, 0.05, 0.0], [30.0, -0.05, 0.0]]),
        np.array([[30.0, 0.0, orbit], [30.0, 0.0, -orbit]]),
    ]
    found = measure(*joined(cluster, pair))
    assert found["bound_stars"] == STARS
    assert found["bound_fraction"] == pytest.approx(MASS / (MASS + 200.0), rel=1e-12)


def test_of_two_clumps_flying_apart_the_heavier_is_the_cluster(cluster):
    masses, positions, velocities = plummer(200, 6, 0.4 * MASS)
    small = [masses, positions + np.array([40.0, 0.0, 0.0]), 0.7 * velocities + np.array([25.0, 0.0, 0.0])]
    found = measure(*joined(cluster, small))
    assert found["bound_fraction"] == pytest.approx(1.0 / 1.4, rel=1e-12)
    assert_same(found, measure(*cluster), NEEDS_TWO_STARS)


def test_a_star_held_by_its_companion_alone_is_bound_and_its_binding_counts_once():
    # Light stars around a hard pair at rest: W is the sum over pairs of stars, each once, written out here.
    masses = np.array([50.0, 20.0, 1.0, 1.0])
    positions = np.array([[0.0, 0.0, 0.0], [0.01, 0.0, 0.0], [3.0, 1.0, 0.0], [-2.0, 0.0, 2.0]])
    speed = np.sqrt(GRAVITATIONAL_CONSTANT * 70.0 / 0.01)
    velocities = np.array(
        [[0.0, -speed * 2 / 7, 0.0], [0.0, speed * 5 / 7, 0.0], [0.0, 0.0, 0.1], [0.0, 0.0, 0.0]]
    )
    found = measure(masses, positions, velocities)
    assert found["bound_stars"] == 4
    mean = np.average(velocities, axis=0, weights=masses)
    kinetic = 0.5 * np.sum(masses * np.sum((velocities - mean) ** 2, axis=1))
    pairs = [(i, j) for i in range(4) for j in range(i)]
    binding = sum(masses[i] * masses[j] / np.linalg.norm(positions[i] - positions[j]) for i, j in pairs)
    # Softening of 1e-6 pc changes the pair's potential by 0.5 (1e-6 / 0.01)^2.
    assert found["virial_ratio"] == pytest.approx(
        2.0 * kinetic / (GRAVITATIONAL_CONSTANT * binding), rel=1e-7
    )
    # It is the companion alone that holds the pair's lighter star: without it close by the star is free.
    assert measure(masses[:2], positions[:2], velocities[:2])["bound_fraction"] == 1.0
    assert measure(masses[:2], positions[:2] * [[1.0], [300.0]], velocities[:2])["bound_fraction"] == 0.0


def test_where_nothing_is_bound_the_fraction_is_zero_and_the_rest_does_not_exist():
    random = np.random.default_rng(2)
    masses, positions, _ = plummer(50, 3, 10.0)
    found = measure(masses, positions, 100.0 * directions(random, 50))
    assert found["bound_fraction"] == 0.0 and found["bound_stars"] == 0
    for name in (*NEEDS_TWO_STARS, "core_radius"):
        assert np.all(np.isnan(found[name])), name


def test_a_lone_star_in_the_potential_of_others_is_not_a_cluster():
    # Every star is at rest in its own frame; that alone must not make it a bound set of one.
    masses = np.ones(3)
    positions = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    velocities = np.array([[0.0, 0.0, 0.0], [5.0, 0.0, 0.0], [0.0, 5.0, 0.0]])
    assert measure(masses, positions, velocities)["bound_fraction"] == 0.0


def settle(start, masses, velocities, potential):
    """The self-consistent set the search ends in from one start, or None, and the passes it took."""
    mean, bound = start, None
    for passes in range(200):
        previous, bound = bound, 0.5 * np.sum((velocities - mean) ** 2, axis=1) + potential < 0
        if bound.sum() < 2:
            return None, passes
        if np.array_equal(bound, previous):
            return bound, passes
        mean = np.average(velocities[bound], axis=0, weights=masses[bound])
    raise AssertionError("the search goes round in circles")


@pytest.mark.parametrize("seed", range(5))
def test_stars_peel_off_pass_after_pass_down_to_the_heaviest_self_consistent_set(seed):
    # A dissolving cluster has many self-consistent sets; a plain search follows every start to its end.
    masses, positions, velocities = plummer(100, seed)
    masses *= np.random.default_rng(seed).lognormal(0.0, 1.0, 100)
    velocities *= 2.5
    separations = np.linalg.norm(positions[:, None] - positions[None, :], axis=-1)
    np.fill_diagonal(separations, np.inf)
    potential = -GRAVITATIONAL_CONSTANT * np.sum(masses / separations, axis=1)
    starts = [np.average(velocities, axis=0, weights=masses), *velocities]
    ends = [settle(start, masses, velocities, potential) for start in starts]
    heaviest, passes = max(((masses[bound].sum(), passes) for bound, passes in ends if bound is not None))
    assert passes >= 3, "the case no longer needs several passes"
    expected = heaviest / masses.sum()
    assert 0.05 < expected < 0.8
    assert measure(masses, positions, velocities)["bound_fraction"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("stars", "exists"), [(6, False), (7, True)])
def test_a_core_radius_needs_six_neighbours(stars, exists):
    masses, positions, velocities = plummer(stars, 8)
    found = measure(masses, positions, 0.01 * velocities)
    assert found["bound_stars"] == stars
    assert np.isfinite(found["core_radius"]) == exists
    assert np.isfinite(found["half_mass_radius"])
