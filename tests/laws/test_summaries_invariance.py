"""What must not matter does not: the frame, the order of the stars, the units in which they are written."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from summaries_samples import measure, plummer

STARS = 150
LENGTHS = ("half_mass_radius", "core_radius", "lagrangian_radius")
DIMENSIONLESS = (
    "bound_fraction",
    "virial_ratio",
    "bound_stars",
    "mass_segregation_ratio",
    "number_of_mergers",
)
MASSES = ("escaped_mass", "heaviest_mass")
TIMES, ENERGIES = "half_mass_relaxation_time", "hardest_binary_energy"


def cluster():
    """A hot sphere of unequal stars, some of them unbound."""
    masses, positions, velocities = plummer(STARS, 12)
    random = np.random.default_rng(13)
    return masses * random.lognormal(0.0, 1.0, STARS), positions, 2.0 * velocities


@pytest.fixture(scope="module")
def reference() -> dict[str, np.ndarray]:
    found = measure(*cluster(), softening=0.05)
    assert 0.3 < found["bound_fraction"] < 0.99, "the case must have stars on both sides"
    return found


def assert_close(found, reference, tolerance):
    for name, expected in reference.items():
        np.testing.assert_allclose(found[name], expected, rtol=tolerance, err_msg=name)


def test_a_moving_and_displaced_frame(reference):
    masses, positions, velocities = cluster()
    # Adding 100 to numbers of order one leaves 14 digits; the closest pairs lose one or two more.
    found = measure(
        masses,
        positions + np.array([100.0, -50.0, 20.0]),
        velocities + np.array([30.0, 80.0, -10.0]),
        softening=0.05,
    )
    assert_close(found, reference, 1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_a_turned_frame(reference, seed):
    masses, positions, velocities = cluster()
    turn = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
    assert_close(measure(masses, positions @ turn.T, velocities @ turn.T, softening=0.05), reference, 1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_another_order_of_the_stars(reference, seed):
    order = np.random.default_rng(seed).permutation(STARS)
    masses, positions, velocities = cluster()
    # Only the order of summation changes.
    assert_close(
        measure(masses[order], positions[order], velocities[order], softening=0.05), reference, 1e-12
    )


def test_a_mirror_changes_no_bit(reference):
    masses, positions, velocities = cluster()
    mirror = np.array([-1.0, 1.0, 1.0])
    found = measure(masses, positions * mirror, velocities * mirror, softening=0.05)
    for name, expected in reference.items():
        assert np.array_equal(found[name], expected), name


@pytest.mark.parametrize("factor", [4.0, 0.25, 64.0])
def test_lengths_scaled_by_a_power_of_four_change_no_bit(reference, factor):
    # With masses kept, times scale as factor^1.5 and speeds as factor^-0.5: all powers of two, so exact.
    masses, positions, velocities = cluster()
    found = measure(masses, positions * factor, velocities / np.sqrt(factor), softening=0.05 * factor)
    for name in DIMENSIONLESS:
        assert np.array_equal(found[name], reference[name]), name
    for name in LENGTHS:
        assert np.array_equal(found[name], reference[name] * factor), name
    assert np.array_equal(found["velocity_dispersion"], reference["velocity_dispersion"] / np.sqrt(factor))
    assert np.array_equal(found[TIMES], reference[TIMES] * factor**1.5)
    for name in MASSES:
        assert np.array_equal(found[name], reference[name]), name
    assert np.array_equal(found[ENERGIES], reference[ENERGIES] / factor)


@pytest.mark.parametrize("factor", [4.0, 0.25])
def test_masses_scaled_by_a_power_of_four_change_no_bit(reference, factor):
    masses, positions, velocities = cluster()
    found = measure(masses * factor, positions, velocities * np.sqrt(factor), softening=0.05)
    for name in (*DIMENSIONLESS, *LENGTHS):
        assert np.array_equal(found[name], reference[name]), name
    assert np.array_equal(found["velocity_dispersion"], reference["velocity_dispersion"] * np.sqrt(factor))
    assert np.array_equal(found[TIMES], reference[TIMES] / np.sqrt(factor))
    for name in MASSES:
        assert np.array_equal(found[name], reference[name] * factor), name
    assert np.array_equal(found[ENERGIES], reference[ENERGIES] * factor**2)


def test_the_half_mass_radius_is_the_fifty_percent_radius(reference):
    assert reference["half_mass_radius"] == reference["lagrangian_radius"][1]


def test_lagrangian_radii_grow_with_their_fraction(reference):
    assert np.all(np.diff(reference["lagrangian_radius"]) > 0)


def test_equal_clusters_in_any_order_give_the_same_set():
    # Two equal clumps apart: sets of equal mass tie; the tie must not fall to the order of the stars.
    masses, positions, velocities = plummer(60, 21, mass=7.7)
    _, others, speeds = plummer(60, 22, mass=7.7)
    state = [np.tile(masses, 2), np.concatenate([positions, others + np.array([300.0, 0.0, 0.0])])]
    state.append(0.5 * np.concatenate([velocities, speeds + np.array([90.0, 0.0, 0.0])]))
    expected = measure(*state)
    assert expected["bound_fraction"] == pytest.approx(0.5, rel=1e-12)
    for seed in range(30):
        order = np.random.default_rng(seed).permutation(120)
        assert_close(measure(*(part[order] for part in state)), expected, 1e-12)
