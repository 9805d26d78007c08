"""Every parameter of a configuration reaches the run it is drawn for, whichever place it is given in."""

import copy

import numpy as np
import pytest

from nbody_emulator.design import draw_block
from nbody_emulator.settings.block import BlockDesign, Simulation
from nbody_emulator.settings.parameters import parameter_units
from nbody_emulator.settings.units import Units
from nbody_emulator.simulation.conditions import prepare
from nbody_emulator.simulation.padding import SLOTS

UNITS = {"length": "pc", "time": "Myr"}
SPECIFICATION = {
    "cluster": {
        "profile": "king",
        "masses": {"function": "kroupa", "minimum": 0.08},
        "tide": {"galaxy": "point_mass", "mass": 1.0e11},
    },
    "duration": {"crossing_times": 1.0},
    "snapshots": 2,
    "units": UNITS,
    "seed": 536,
    "stream": "law",
    "block": 0,
    "integration": {},
}
VALUES = {
    "galactocentric_radius": 4.0,
    "king_depth": 6.0,
    "maximum_mass": 20.0,
    "scale_radius": 0.5,
    "segregation": 0.3,
    "softening_spacing_fraction": 0.1,
    "stars": 100.0,
    "virial_ratio": 1.0,
}


def prepared(changes=(), cluster=()):
    """The run of VALUES with these changes; a parameter that is None is left out."""
    parameters = {name: value for name, value in {**VALUES, **dict(changes)}.items() if value is not None}
    specification = copy.deepcopy(SPECIFICATION)
    specification["cluster"].update(cluster)
    return prepare(parameters, Simulation(**specification), 0, 0)


@pytest.mark.parametrize(
    ("changes", "cluster"),
    [
        ({"king_depth": None}, {"king_depth": 6.0}),
        ({"segregation": None}, {"segregation": 0.3}),
        ({"softening_spacing_fraction": None}, {"softening": {"spacing_fraction": 0.1}}),
        ({"maximum_mass": None}, {"masses": {"function": "kroupa", "minimum": 0.08, "maximum": 20.0}}),
        ({"minimum_mass": 0.08}, {"masses": {"function": "kroupa"}}),
        ({"galaxy_mass": 1.0e11}, {"tide": {"galaxy": "point_mass"}}),
    ],
    ids=str,
)
def test_a_parameter_means_what_the_key_in_the_cluster_means(changes, cluster):
    for field, expected in zip(prepared(changes, cluster), prepared(), strict=True):
        np.testing.assert_equal(field, expected)


def test_parameters_of_other_stars_and_galaxies_mean_their_keys_too():
    alike = {"maximum_mass": None, "star_mass": 0.7}
    np.testing.assert_array_equal(prepared(alike, {"masses": {"function": "equal"}}).stars.masses[:100], 0.7)
    flat = prepared({"rotation_speed": 200.0}, {"tide": {"galaxy": "flat_curve"}}).tide
    assert flat == prepared((), {"tide": {"galaxy": "flat_curve", "rotation_speed": 200.0}}).tide
    heavier = prepared({"galaxy_mass": 4.0e11}, {"tide": {"galaxy": "point_mass"}}).tide
    assert heavier.angular_speed == 2.0 * prepared().tide.angular_speed


@pytest.mark.parametrize(
    "change",
    [
        {"king_depth": 7.0},
        {"segregation": 0.9},
        {"maximum_mass": 5.0},
        {"minimum_mass": 0.5},
        {"virial_ratio": 0.5},
    ],
    ids=str,
)
def test_every_parameter_changes_the_stars(change):
    assert not np.array_equal(prepared(change).stars.velocities, prepared().stars.velocities)


def test_the_number_of_stars_is_met_and_padded_where_it_is_a_parameter():
    varied, fixed = prepared(), prepared({"stars": None}, {"stars": 100})
    assert len(varied.stars.masses) == 2 * SLOTS and len(fixed.stars.masses) == 100
    for found, expected in zip(varied.stars, fixed.stars, strict=True):
        np.testing.assert_array_equal(found[:100], expected)
    assert np.all(varied.stars.masses[100:] == 0.0)


def test_softening_is_a_length_or_a_share_of_the_spacing():
    assert prepared().softening == pytest.approx(0.1 * 0.5 / 100.0 ** (1.0 / 3.0), rel=1e-15)
    fixed = {"softening_spacing_fraction": None, "softening_length": 0.02}
    assert prepared(fixed).softening == 0.02


def test_whole_parameters_are_drawn_whole_and_inside_the_box():
    specification = {
        "parameters": {
            "stars": {"minimum": 32, "maximum": 1024, "scale": "log"},
            "scale_radius": {"minimum": 0.5, "maximum": 2.0, "scale": "log"},
            "virial_ratio": 1.0,
        },
        "units": UNITS,
        "seed": 7,
        "stream": "train",
        "block": 0,
        "sampler": "latin_hypercube",
        "points": 200,
        "replicates": 1,
    }
    values = draw_block(BlockDesign(**specification))["parameter_values"]
    stars = values.sel(parameter="stars").values
    assert np.array_equal(stars, np.round(stars)) and stars.min() >= 32 and stars.max() <= 1024
    # Even in the logarithm: half of the hypercube's points lie below the geometric mean, but for rounding.
    assert abs(np.mean(stars < np.sqrt(32 * 1024)) - 0.5) <= 0.01
    assert not np.any(values.sel(parameter="scale_radius").values % 1.0 == 0.0)


def test_every_parameter_has_a_unit():
    assert parameter_units(Units(length="AU", time="yr"))["softening_length"] == "AU"
    assert parameter_units(Units(length="AU", time="yr"))["maximum_mass"] == "Msun"
