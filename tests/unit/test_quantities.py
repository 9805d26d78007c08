"""Parameters know their box and unit, outputs their transform."""

import numpy as np
import pytest

from nbody_emulator.quantities.quantity import (
    Output,
    Parameter,
    free_parameters,
    is_finite_number,
)
from nbody_emulator.settings.parameters import Parameters, parameter_units
from nbody_emulator.settings.units import Units

LINEAR = Parameter("virial_ratio", "1", 0.2, 1.8, "linear")
LOG = Parameter("scale_radius", "pc", 0.5, 2.0, "log")


@pytest.mark.parametrize("parameter", [LINEAR, LOG], ids=lambda parameter: parameter.scale)
def test_the_box_is_the_unit_interval(parameter):
    fractions = np.linspace(0.0, 1.0, 11)
    values = parameter.from_unit_interval(fractions)
    assert values[0] == parameter.minimum and values[-1] == parameter.maximum
    # A logarithm and an exponential of numbers near one: a few units in the last place.
    np.testing.assert_allclose(parameter.to_unit_interval(values), fractions, atol=4e-16)


def test_the_middle_is_the_mean_of_the_scale():
    np.testing.assert_allclose(LINEAR.from_unit_interval(np.array(0.5)), (0.2 + 1.8) / 2, rtol=1e-15)
    np.testing.assert_allclose(LOG.from_unit_interval(np.array(0.5)), np.sqrt(0.5 * 2.0), rtol=1e-15)


def test_outside_the_box_is_outside_the_interval():
    assert LOG.to_unit_interval(np.array(4.0)) > 1.0 and LOG.to_unit_interval(np.array(0.1)) < 0.0


def test_free_parameters_are_sorted_and_fixed_ones_left_out():
    box = {"minimum": 1.0, "maximum": 1.5, "scale": "linear"}
    given = Parameters(virial_ratio=box, galactocentric_radius=8.0, scale_radius=box)
    found = free_parameters(given.boxes, parameter_units(Units(length="AU", time="yr")))
    assert [(parameter.name, parameter.unit) for parameter in found] == [
        ("scale_radius", "AU"),
        ("virial_ratio", "1"),
    ]


def test_orbits_are_in_kpc_whatever_the_lengths():
    for length in ("pc", "AU"):
        assert parameter_units(Units(length=length))["galactocentric_radius"] == "kpc"


def test_an_output_applies_its_own_transform():
    output = Output("r_h", "half_mass_radius", 1.0, "pc", "log", 0.01)
    np.testing.assert_allclose(output.forward([1.0, np.e]), [0.0, 1.0], rtol=1e-15)
    np.testing.assert_allclose(output.inverse([0.0, 1.0]), [1.0, np.e], rtol=1e-15)


def test_finite_numbers():
    assert is_finite_number(1) and is_finite_number(0.5)
    assert not any(map(is_finite_number, (True, "1", None, float("nan"), float("inf"))))


def test_fractions_outside_the_box_are_refused_and_rounding_is_not():
    for wrong in ([7.0, 0.1], [-3.0], 100.0):
        with pytest.raises(ValueError, match=f"fractions of {LOG.name} must lie between 0 and 1"):
            LOG.from_unit_interval(wrong)
    np.testing.assert_array_equal(LOG.from_unit_interval([-1e-12, 1 + 1e-12]), [LOG.minimum, LOG.maximum])


def test_a_box_may_be_of_any_librarys_numbers():
    made = Parameter("mass", "Msun", np.int64(1), np.float32(2.5), "log")
    assert made == Parameter("mass", "Msun", 1.0, 2.5, "log") and type(made.minimum) is float


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit": 5}, "unit must be a word"),
        ({"time": -3.0}, "time must be"),
        ({"time": np.nan}, "time must be"),
    ],
)
def test_an_output_that_is_none_is_refused(change, words):
    right = {"name": "x", "statistic": "x", "time": 1.0, "unit": "pc", "transform": "log", "resolution": 0.0}
    with pytest.raises(ValueError, match=words):
        Output(**right | change)
