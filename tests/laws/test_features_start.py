"""What is seen of a cluster's start: laws that hold for every feature, and what little clusters give in closed form."""

import numpy as np
import pytest
from summaries_samples import plummer, simulation

from nbody_emulator.features.register import FEATURES
from nbody_emulator.features.stars import QUANTITIES, star_covariates, star_values
from nbody_emulator.features.start import Start
from nbody_emulator.features.view import seen_of, view
from nbody_emulator.quantities.coordinates import covariates_in
from nbody_emulator.settings.protocol import Given
from nbody_emulator.streams import generator
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

ROUNDING = 1e-12
"""Sums over some ten stars lose four or so bits of 52."""


SOFTENING = 0.05


def drawn(stars=12):
    random = generator(5, "start", stars)
    masses = random.lognormal(size=stars)
    return masses, random.normal(size=(stars, 3)), random.normal(size=(stars, 3))


def block_of_clusters():
    """Three clusters at two times, of which the first alone is seen; the second lacks a star."""
    clusters = [[plummer(12, 10 * run + time) for time in range(2)] for run in range(3)]
    masses = np.array([run[0][0] for run in clusters])
    masses[1, -1] = 0.0
    positions, velocities = ([[each[part] for each in run] for run in clusters] for part in (1, 2))
    return simulation(masses, positions, velocities, [0.01, 0.05, 0.3])


def turn():
    return np.linalg.qr(generator(5, "turn").normal(size=(3, 3)))[0]


EVERY = {name: FEATURES.load(name) for name in FEATURES.names}


@pytest.fixture(params=EVERY)
def feature(request):
    return EVERY[request.param]


def test_the_order_of_stars_changes_no_bit(feature):
    masses, positions, velocities = drawn()
    order = generator(5, "order").permutation(len(masses))
    same = feature.measure(Start(masses[order], positions[order], velocities[order], SOFTENING))
    assert same == feature.measure(Start(masses, positions, velocities, SOFTENING))


def test_where_the_cluster_is_how_it_moves_and_how_it_is_turned_change_nothing(feature):
    masses, positions, velocities = drawn()
    moved = Start(
        masses, positions @ turn() + [3.0, -1.0, 2.0], velocities @ turn() - [1.0, 5.0, 0.0], SOFTENING
    )
    expected = feature.measure(Start(masses, positions, velocities, SOFTENING))
    np.testing.assert_allclose(feature.measure(moved), expected, rtol=ROUNDING)


@pytest.mark.parametrize("unit", ["Msun", "pc", "pc Myr-1"])
def test_each_scales_as_its_unit_says(feature, unit):
    factors = {name: 3.0 if name == unit else 1.0 for name in ("1", "Msun", "pc", "pc Myr-1")}
    masses, positions, velocities = drawn()
    scaled = Start(
        masses * factors["Msun"], positions * factors["pc"], velocities * factors["pc Myr-1"], SOFTENING
    )
    expected = factors[feature.unit] * feature.measure(Start(masses, positions, velocities, SOFTENING))
    np.testing.assert_allclose(feature.measure(scaled), expected, rtol=ROUNDING)


def test_a_pair_in_closed_form():
    # Masses 3 and 1, four apart: the centre of mass is one from the heavy star; as fast as one another in opposite
    # directions, each moves at 1 or 3 about the mean velocity.
    pair = Start([1.0, 3.0], [[4.0, 0, 0], [0.0, 0, 0]], [[0, 4.0, 0], [0, 0.0, 0]], SOFTENING)
    found = seen_of(pair, FEATURES.names)
    assert found == pytest.approx(
        {
            "total_mass": 4.0,
            "heaviest_mass_share": 0.75,
            "mass_concentration": 10.0 / 16.0,
            "heaviest_star_radius": 1.0,
            "mean_radius": 3.0**0.25,
            "initial_half_mass_radius": 1.0,
            "initial_velocity_dispersion": np.sqrt((3.0 * 1.0 + 1.0 * 9.0) / 4.0),
        },
        rel=ROUNDING,
    )


def test_stars_have_no_scale_and_say_what_they_are():
    masses, positions, velocities = drawn()
    # In virial units: speeds go as the root of mass over length.
    scaled = Start(5.0 * masses, 20.0 * positions, 0.5 * velocities, 0.0)
    start = Start(masses, positions, velocities, 0.0)
    values = star_values(start, 12)
    np.testing.assert_allclose(star_values(scaled, 12), values, rtol=ROUNDING, atol=ROUNDING)
    columns = dict(zip(QUANTITIES, values.T, strict=True))
    assert columns["mass"].sum() == pytest.approx(1.0)
    assert np.all(np.diff(columns["mass"]) <= 0.0)
    speeds = sum(columns[name] ** 2 for name in ("vx", "vy", "vz"))
    assert np.sum(columns["mass"] * speeds) == pytest.approx(1.0)
    pulled = np.sum(columns["mass"] * columns["potential"])
    pairs = [
        masses[i] * masses[j] / np.linalg.norm(positions[i] - positions[j])
        for i in range(12)
        for j in range(i)
    ]
    energy = -2.0 * GRAVITATIONAL_CONSTANT * sum(pairs) / (masses.sum() * start.velocity_dispersion**2)
    assert pulled == pytest.approx(energy)


def test_slots_without_a_star_are_empty_and_too_few_are_told():
    start = Start(*drawn(), SOFTENING)
    padded = star_values(start, 15)
    np.testing.assert_array_equal(padded[:12], star_values(start, 12))
    assert not padded[12:].any()
    with pytest.raises(ValueError, match="12 stars has no place among 11 slots"):
        star_values(start, 11)


def test_stars_at_rest_have_no_scale():
    masses, positions, velocities = drawn()
    with pytest.raises(ValueError, match="all at rest"):
        star_values(Start(masses, positions, 0.0 * velocities, SOFTENING), 12)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"masses": [1.0, 0.0]}, "masses must be positive: leave out tracers"),
        (
            {
                name: [[1.0, 1.0, 1.0]][:1] if name != "masses" else [1.0]
                for name in ("masses", "positions", "velocities")
            },
            "a cluster has two stars at least, not 1",
        ),
        ({"softening": -0.1}, "softening must be one number from 0 on, not -0.1"),
        ({"velocities": [[0.0, 0.0, np.nan], [0.0] * 3]}, "velocities must be finite"),
        ({"positions": [[0.0] * 3]}, r"positions must have the shape \(N, 3\)"),
    ],
)
def test_what_is_no_cluster_is_refused(change, told):
    two = {
        "softening": 0.0,
        "masses": [1.0, 1.0],
        "positions": [[0.0] * 3, [1.0] * 3],
        "velocities": [[0.0] * 3, [1.0] * 3],
    }
    with pytest.raises(ValueError, match=told):
        Start(**two | change)


def test_a_view_of_a_block_is_what_is_seen_of_each_run():
    block = block_of_clusters()
    given = Given(features=("total_mass", "mean_radius"), stars=True)
    seen = view(block, given)
    covariates = covariates_in(seen)
    slots = block.sizes["star"]
    assert covariates == (
        EVERY["total_mass"].covariate,
        EVERY["mean_radius"].covariate,
        *star_covariates(slots),
    )
    for run in range(block.sizes["run"]):
        first = block.isel(run=run, time=0)
        here = first["mass"].values > 0.0
        state = [first[name].values[here] for name in ("position", "velocity")]
        start = Start(first["mass"].values[here], *state, float(first["softening"]))
        expected = list(seen_of(start, given.features, slots).values())
        np.testing.assert_array_equal(seen["seen"].values[run], expected)


def test_nothing_is_seen_of_a_run_that_could_not_start():
    block = block_of_clusters()
    block["position"][1] = np.nan
    seen = view(block, Given(features=("total_mass",)))["seen"].values
    assert np.isnan(seen[1]).all() and np.isfinite(np.delete(seen, 1, axis=0)).all()
