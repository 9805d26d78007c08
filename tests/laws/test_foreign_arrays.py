"""Numbers from other libraries mean the same as bare ones, or are refused by name in one line: never misread.

Of the real libraries: astropy, pint, unyt, unxt, xarray, pandas, numpy.ma.
"""

import astropy.units
import jax.numpy as jnp
import netCDF4
import numpy as np
import pandas as pd
import pint
import pytest
import unxt
import unyt
import xarray as xr
from astropy.table import MaskedColumn, QTable
from astropy.utils.masked import Masked
from hypothesis import given, settings
from hypothesis import strategies as draw
from simulation_samples import cluster

from nbody_emulator.arrays import broadcast, real_numbers
from nbody_emulator.quantities.quantity import Output, Parameter
from nbody_emulator.simulation import Mergers, Tide, arguments, evolve, integrate

FEW = settings(max_examples=60, derandomize=True, deadline=None)
PINT = pint.UnitRegistry()
LIBRARIES = {
    "astropy": lambda values, unit: values * astropy.units.Unit(unit),
    "pint": lambda values, unit: PINT.Quantity(values, unit),
    "unyt": lambda values, unit: unyt.unyt_array(values, unit or "dimensionless"),
    "unxt": lambda values, unit: unxt.Quantity(jnp.asarray(values, dtype=float), unit),
    "xarray around pint": lambda values, unit: xr.DataArray(PINT.Quantity(np.asarray(values), unit)),
    "column of astropy": lambda values, unit: QTable({"x": [values] * astropy.units.Unit(unit)})["x"][0],
    "list of astropy": lambda values, unit: [value * astropy.units.Unit(unit) for value in values],
    "list of pint": lambda values, unit: [PINT.Quantity(value, unit) for value in values],
    "list of unyt": lambda values, unit: [
        unyt.unyt_quantity(value, unit or "dimensionless") for value in values
    ],
}
# Unit of an argument -> units of the same dimension, and what one of each is in the argument's.
SAME_DIMENSION = {
    "pc": {"pc": 1.0, "kpc": 1e3, "m": 1.0 / 3.0856775814913673e16},
    "kpc": {"kpc": 1.0, "pc": 1e-3},
    "Myr": {"Myr": 1.0, "Gyr": 1e3, "s": 1.0 / 31_557_600e6},
    "pc/Myr": {"pc/Myr": 1.0, "km/s": 1.0227121650537077},
    "pc Myr-1": {"km/s": 1.0227121650537077},
    "1/Myr": {"1/Myr": 1.0, "1/Gyr": 1e-3},
    "Msun": {"kg": 1.0 / 1.98841e30},
    "1": {"": 1.0, "percent": 0.01},
}
# Libraries differ in the sixth digit of a solar mass, and in less of other units.
SIXTH_DIGIT = 1e-5
NUMBERS = draw.lists(draw.floats(0.1, 10.0), min_size=1, max_size=4)


@draw.composite
def conversions(draw_one):
    unit = draw_one(draw.sampled_from(sorted(SAME_DIMENSION)))
    other = draw_one(draw.sampled_from(sorted(SAME_DIMENSION[unit])))
    return unit, other, SAME_DIMENSION[unit][other]


@pytest.mark.parametrize("library", LIBRARIES)
@FEW
@given(conversion=conversions(), values=NUMBERS)
def test_what_carries_a_unit_is_converted(library, conversion, values):
    unit, other, factor = conversion
    found = real_numbers("this", LIBRARIES[library](np.array(values), other), unit)
    assert type(found) is np.ndarray
    np.testing.assert_allclose(found, np.array(values) * factor, rtol=SIXTH_DIGIT)


@pytest.mark.parametrize("library", LIBRARIES)
@FEW
@given(conversion=conversions(), values=NUMBERS, unit=draw.sampled_from([*SAME_DIMENSION, "K", None]))
def test_what_cannot_be_converted_is_refused_by_name(library, conversion, values, unit):
    own, other, _ = conversion
    if unit == own or {unit, own} in ({"pc", "kpc"}, {"pc/Myr", "pc Myr-1"}):
        return
    with pytest.raises(TypeError, match=r"^this must be ") as caught:
        real_numbers("this", LIBRARIES[library](np.array(values), other), unit)
    assert len(str(caught.value).splitlines()) == 1


PLAIN = {
    "list": list,
    "tuple": tuple,
    "float32": lambda values: np.array(values, dtype=np.float32),
    "big-endian": lambda values: np.array(values, dtype=">f8"),
    "JAX": lambda values: jnp.asarray(values, dtype=float),
    "pandas": pd.Series,
    "xarray": lambda values: xr.DataArray(values, attrs={"units": "parsec"}),
    "masked nowhere": np.ma.array,
    "column masked nowhere": MaskedColumn,
}


@pytest.mark.parametrize("form", PLAIN)
@FEW
@given(values=NUMBERS)
def test_bare_numbers_keep_their_bits_whatever_holds_them(form, values):
    expected = np.array(values, dtype=np.float32 if form == "float32" else float).astype(float)
    np.testing.assert_array_equal(real_numbers("this", PLAIN[form](values), "pc"), expected)


MASKED = {
    "numpy": lambda values, mask: np.ma.array(values, mask=mask),
    "astropy": lambda values, mask: Masked(values * astropy.units.kpc, mask=mask),
    "column of astropy": lambda values, mask: MaskedColumn(values, unit="kpc", mask=mask),
    "list": lambda values, mask: list(np.ma.array(values, mask=mask)),
}


@pytest.mark.parametrize("library", MASKED)
@FEW
@given(values=NUMBERS, where=draw.integers(0, 3))
def test_what_is_masked_is_refused(library, values, where):
    mask = np.arange(len(values)) == where % len(values)
    with pytest.raises(TypeError, match=r"^this must not be masked") as caught:
        real_numbers("this", MASKED[library](np.array(values), mask), "pc")
    assert len(str(caught.value).splitlines()) == 1


NO_NUMBERS = draw.one_of(
    draw.none(),
    draw.text(),
    draw.booleans(),
    draw.complex_numbers(),
    draw.binary(),
    draw.datetimes(),
    draw.lists(draw.text(), min_size=1),
    draw.dictionaries(draw.text(), draw.floats()),
    draw.sampled_from([[[1.0], [1.0, 2.0]], np.datetime64("2026-01-01"), np.array([1.0, None]), object()]),
)


@FEW
@given(wrong=NO_NUMBERS)
def test_what_is_no_number_is_refused_by_name(wrong):
    with pytest.raises(TypeError, match=r"^this must be real numbers in pc, not ") as caught:
        real_numbers("this", wrong, "pc")
    assert len(str(caught.value).splitlines()) == 1


def test_a_label_that_tells_another_unit_is_refused():
    with pytest.raises(TypeError, match="this must be in pc, yet its attribute `units` says 'kpc'"):
        real_numbers("this", xr.DataArray([1.0], attrs={"units": "kpc"}), "pc")


def test_a_variable_of_an_open_file_is_told_by_its_unit_and_its_mask(tmp_path):
    with netCDF4.Dataset(tmp_path / "some.nc", "w") as file:
        file.createDimension("star", 3)
        for name, unit, values in (("far", "kpc", [1, 2, 3]), ("near", "pc", [1, 2, 3]), ("some", "pc", [1])):
            variable = file.createVariable(name, "f8", ("star",))
            variable.units = unit
            variable[: len(values)] = values
        np.testing.assert_array_equal(real_numbers("this", file["near"], "pc"), [1.0, 2.0, 3.0])
        with pytest.raises(TypeError, match=r"^this must not be masked"):
            real_numbers("this", file["some"], "pc")
        with pytest.raises(TypeError, match=r"^this must be in pc, yet its attribute `units` says 'kpc'"):
            real_numbers("this", file["far"], "pc")


DIMENSIONS = draw.lists(draw.sampled_from("abc"), unique=True, max_size=3)


@FEW
@given(first=DIMENSIONS, second=DIMENSIONS)
def test_named_dimensions_broadcast_as_in_xarray(first, second):
    sizes = {"a": 2, "b": 2, "c": 3}

    def array(dims, start):
        shape = [sizes[name] for name in dims]
        return xr.DataArray(start + np.arange(np.prod(shape, dtype=int)).reshape(shape), dims=dims)

    one, two = array(first, 0.0), array(second, 100.0)
    expected = np.stack([each.values for each in xr.broadcast(one, two)], axis=-1)
    np.testing.assert_array_equal(broadcast({"y": two, "x": one}, {"x": "1", "y": "1"}), expected)


@pytest.mark.parametrize(
    ("kind", "words", "second"),
    [
        (TypeError, "^y has no names of dimensions, which x has", np.array([1.0, 2.0])),
        (ValueError, "^y has 3 values along 'run', where others have 2", xr.DataArray([1.0] * 3, dims="run")),
        (
            ValueError,
            "^y and x have other coordinates along 'run'",
            xr.DataArray([1.0, 2.0], {"run": [8, 7]}, "run"),
        ),
    ],
)
def test_names_that_do_not_fit_are_told(kind, words, second):
    first = xr.DataArray([1.0, 2.0], {"run": [7, 8]}, "run")
    with pytest.raises(kind, match=words):
        broadcast({"x": first, "y": second}, {"x": "1", "y": "1"})


def test_rows_with_other_labels_are_not_put_side_by_side():
    with pytest.raises(ValueError, match="y and x have other rows"):
        broadcast({"x": pd.Series([1, 2]), "y": pd.Series([1, 2], [1, 0])}, {"x": "1", "y": "1"})


@pytest.mark.parametrize("library", ["astropy", "pint", "unyt", "unxt"])
def test_a_run_of_quantities_is_that_of_bare_numbers(library):
    masses, positions, velocities = cluster(8, softening=0.05)
    times, softening, speed = np.array([0.0, 0.5]), 0.05, 0.03
    bare = integrate(
        masses, positions, velocities, times, softening=softening, step=0.01, tide=Tide(speed, 2.0)
    )
    own = LIBRARIES[library]
    held = integrate(
        own(masses * 1.98841e30, "kg"),
        own(positions * 1e-3, "kpc"),
        own(velocities, "pc/Myr"),
        own(times * 1e-3, "Gyr"),
        softening=own(softening * 1e-3, "kpc"),
        step=own(1e-5, "Gyr"),
        tide=Tide(own(speed * 1e3, "1/Gyr"), 2.0),
    )
    np.testing.assert_allclose(held.positions, bare.positions, rtol=1e-4)


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_was_observed_is_transformed_in_its_own_unit(library):
    speed = Output("sigma_v", "velocity_dispersion", 1.0, "pc Myr-1", "log", 0.01)
    observed = LIBRARIES[library](np.array([1.0, 2.0]), "km/s")
    np.testing.assert_allclose(
        speed.forward(observed), np.log([1.0227121650537077, 2.0454243301074154]), rtol=1e-5
    )
    radius = Parameter("scale_radius", "pc", 0.5, 2.0, "log")
    fractions = radius.to_unit_interval(LIBRARIES[library](np.array([0.5e-3, 2e-3]), "kpc"))
    np.testing.assert_allclose(fractions, [0.0, 1.0], atol=1e-6)
    with pytest.raises(TypeError, match=r"^sigma_v must be in pc Myr-1"):
        speed.forward(LIBRARIES[library](np.array([1.0]), "kg"))


def test_every_argument_of_a_run_has_its_unit():
    own = LIBRARIES["unyt"]
    mergers = arguments.mergers_of(Mergers(own(1e-3, "kpc"), own(2e-3, "kpc"), own(1e31, "kg")))
    np.testing.assert_allclose(mergers, [1.0, 2.0, 5.029], rtol=1e-3)
    with pytest.raises(TypeError, match=r"^tide\.radial must be without dimension"):
        arguments.tide_of(Tide(0.03, own(2.0, "pc")))
    with pytest.raises(TypeError, match=r"^abandon_above must be without dimension"):
        arguments.stopping_limits_of(own(2.0, "pc"), 10)


@pytest.mark.parametrize("library", ["astropy", "unyt", "unxt"])
def test_a_run_to_be_differentiated_takes_quantities(library):
    masses, positions, velocities = cluster(8, softening=0.05)
    own = LIBRARIES[library]
    bare = evolve(
        masses, positions, velocities, 0.1, steps=2, softening=0.05, tide=Tide(jnp.asarray(0.03), 2.0)
    )
    held = evolve(
        masses,
        own(positions * 1e-3, "kpc"),
        velocities,
        own(1e-4, "Gyr"),
        steps=2,
        softening=own(5e-5, "kpc"),
        tide=Tide(own(30.0, "1/Gyr"), 2.0),
    )
    np.testing.assert_allclose(held[0], bare[0], rtol=1e-9)


STARS = cluster(8, softening=0.05)
WRONG = draw.one_of(
    NO_NUMBERS,
    draw.floats(),
    draw.integers(),
    draw.lists(draw.floats(), max_size=3),
    draw.lists(draw.lists(draw.floats(), max_size=3), max_size=3),
    draw.sampled_from(
        [
            1.0 * astropy.units.K,
            PINT.Quantity([1.0, 2.0], "kg s"),
            unyt.unyt_array([1.0], "K"),
            unxt.Quantity(jnp.ones(8), "K"),
            np.ma.masked_array(np.ones(8), np.eye(8)[0]),
            xr.DataArray(np.ones(8), attrs={"units": "furlong"}),
            pd.Series([1.0, None], dtype="Float64"),
        ]
    ),
)
ARGUMENTS = ("masses", "positions", "velocities", "times", "softening", "step", "tide", "abandon_above")


@pytest.mark.parametrize("name", [*ARGUMENTS, "integrator", "most_steps", "mergers", "present"])
@FEW
@given(wrong=WRONG)
def test_a_run_is_begun_with_numbers_or_refused_by_name(name, wrong):
    right = {**STARS._asdict(), "times": [0.0, 0.1], "softening": 0.05, "step": 0.01, "most_steps": 20}
    try:
        integrate(**{**right, name: wrong})
    except (TypeError, ValueError) as error:
        assert any(word in str(error) for word in (name, "shape", "energy add up", "at one place"))
        assert len(str(error).splitlines()) == 1
    else:
        assert wrong is None or np.asarray(wrong).dtype.kind in "iufb"
