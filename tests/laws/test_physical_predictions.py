"""Predictions in the outputs' own units: moments, densities, tables, and what is said outside the box."""

import astropy.units
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from cf_units import Unit
from scipy.integrate import quad, simpson
from scipy.stats import norm

from nbody_emulator import Emulator
from nbody_emulator.emulators import physical
from nbody_emulator.emulators.distributions.johnson import Johnson
from nbody_emulator.emulators.distributions.normal import Normal
from nbody_emulator.emulators.distributions.normal_mixture import NormalMixture
from nbody_emulator.emulators.questions import CENTRAL, central_nodes
from nbody_emulator.quantities.quantity import Output

POINT = {"virial_ratio": 0.9, "scale_radius": 1.2, "galactocentric_radius": 4.0}
END = norm.ppf(0.5 + 0.5 * CENTRAL)
"""Normal score beyond which moments in physical units leave out."""
LENGTH = Output("r", "half_mass_radius", 1.0, "pc", "log", 0.01)
SHARE = Output("f", "bound_fraction", 1.0, "1", "logit", 0.01)


@pytest.fixture(scope="module")
def emulator():
    return Emulator.load("laptop")


@pytest.fixture(scope="module")
def prediction(emulator):
    return emulator.predict(POINT)


def moments(marginal, output):
    """Mean and standard deviation of one output."""
    nodes, weights = marginal.quadrature(*map(jnp.asarray, central_nodes()))
    return [
        each.item() for each in physical.moments([output], np.asarray(nodes)[None], np.asarray(weights)[None])
    ]


def power_of_log_normal(mean, deviation, power):
    """E[exp(power X)] of a Gaussian X within the normal scores at which moments end."""
    shift = power * deviation
    inside = norm.cdf(END - shift) - norm.cdf(-END - shift)
    return np.exp(power * mean + 0.5 * shift**2) * inside / CENTRAL


@pytest.mark.parametrize("deviation", [0.01, 0.3, 1.0])
def test_the_mean_of_a_log_normal_is_its_closed_form(deviation):
    mean, std = moments(Normal(jnp.array(0.4), jnp.array(deviation**2)), LENGTH)
    first, second = (power_of_log_normal(0.4, deviation, power) for power in (1, 2))
    assert mean == pytest.approx(first, rel=1e-12)
    assert std == pytest.approx(np.sqrt(second - first**2), rel=1e-8)


@pytest.mark.parametrize("center", [-3.0, 0.0, 4.0])
def test_the_mean_of_a_logit_normal_is_its_integral(center):
    marginal = Normal(jnp.array(center), jnp.array(0.7**2))

    def expected(function):
        def integrand(score):
            return function(SHARE.inverse(np.array(center + 0.7 * score))) * norm.pdf(score) / CENTRAL

        return quad(integrand, -END, END, points=[0.0], epsabs=1e-13, epsrel=1e-12, limit=400)[0]

    mean, std = moments(marginal, SHARE)
    # The share ends at 0 and 1, in a kink.
    assert mean == pytest.approx(expected(lambda share: share), rel=1e-5)
    assert std == pytest.approx(np.sqrt(expected(lambda share: (share - mean) ** 2)), rel=1e-3)


def test_the_mean_of_a_mixture_is_that_of_its_parts():
    weights, means, deviations = np.array([0.3, 0.7]), np.array([-1.0, 2.0]), np.array([0.2, 0.5])
    mixture = NormalMixture(jnp.log(jnp.asarray(weights)), jnp.asarray(means), jnp.asarray(deviations**2))
    mean, _ = moments(mixture, LENGTH)
    assert mean == pytest.approx(weights @ power_of_log_normal(means, deviations, 1), rel=1e-12)


def test_the_moments_of_a_heavy_tail_end_where_they_are_said_to():
    marginal = Johnson(jnp.array(0.2), jnp.array(0.5), jnp.array(0.4), jnp.array(0.9))

    def integrand(score):
        return np.exp(0.2 + 0.5 * np.sinh(0.9 * score - 0.4)) * norm.pdf(score) / CENTRAL

    expected = quad(integrand, -END, END, epsrel=1e-10, limit=400)[0]
    assert moments(marginal, LENGTH)[0] == pytest.approx(expected, rel=1e-6)


def test_moments_are_those_of_the_samples_within_the_central_part(prediction):
    drawn, low, high = prediction.sample(40_000, seed=2), *prediction.interval(CENTRAL)
    kept = np.where((drawn > low) & (drawn < high), drawn, np.nan)
    error = np.nanstd(kept, axis=0) / np.sqrt(40_000)
    assert np.all(np.abs(np.nanmean(kept, axis=0) - prediction.mean) < 5 * error)
    # Their tails are heavy: a standard deviation is less well known than that of a Gaussian.
    np.testing.assert_allclose(np.nanstd(kept, axis=0), prediction.std, rtol=0.05)


@pytest.mark.parametrize("family", ["laptop", "laptop/network", "full"])
def test_a_density_in_physical_units_integrates_to_the_distribution_function(family):
    emulator = Emulator.load(family)
    one = emulator.predict({each.name: each.from_unit_interval(0.4) for each in emulator.parameters})[
        "sigma_v"
    ]
    ends = [float(one.quantile(probability)) for probability in (0.02, 0.9)]
    grid = np.linspace(*ends, 61)
    densities = np.exp([one.log_prob(value) for value in grid])
    assert one.cdf(ends[1]) - one.cdf(ends[0]) == pytest.approx(0.88, abs=1e-6)
    assert simpson(densities, x=grid) == pytest.approx(0.88, rel=1e-4)


def test_a_joint_density_changes_units_by_the_slopes_and_passes_over_what_was_not_observed(prediction):
    values = {"sigma_v": 0.3 * astropy.units.pc / astropy.units.Myr, "f_bound": 0.8}
    by_name = {output.name: output for output in prediction.outputs}
    target = [by_name[name].forward(values[name]) if name in values else np.nan for name in prediction]
    slopes = sum(by_name[name].log_slope(values[name]) for name in values)
    expected = prediction.transformed_log_prob(target) + slopes
    assert prediction.log_prob(values) == pytest.approx(expected, rel=1e-12)
    assert prediction.log_prob([0.8, np.nan, np.nan, 0.3]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"sigma_v": -0.1}, "sigma_v cannot be -0.1; write NaN where there is none"),
        ({"f_bound": 1.2}, "f_bound cannot be 1.2"),
        ([1.0, 2.0], "values must have a value each for f_bound, r_core, r_h, sigma_v"),
    ],
)
def test_values_that_no_output_can_have_are_refused(prediction, values, told):
    with pytest.raises(ValueError, match=told):
        prediction.log_prob(values)
    with pytest.raises(KeyError, match="no output 'mass'; there are f_bound"):
        prediction.log_prob({"mass": 1.0})


def test_one_output_at_one_point_gives_single_numbers(prediction):
    one = prediction["sigma_v"]
    for name in ("median", "mean", "std", "existence", "probability", "transformed_mean"):
        assert isinstance(getattr(one, name), float)
    assert one.median == prediction.median[prediction.names.index("sigma_v")]
    assert dict(prediction).keys() == set(prediction.names)
    assert "sigma_v" in prediction


def test_the_axis_of_outputs_is_left_out_of_one_alone(emulator):
    many = emulator.predict(POINT | {"virial_ratio": np.linspace(0.3, 1.5, 6).reshape(2, 3)})
    place = many.names.index("r_h")
    for name in (
        "mean",
        "std",
        "median",
        "transformed_variance",
        "transformed_quantile_function",
        "existence",
    ):
        expected = getattr(many, name).take(place, axis=2)
        np.testing.assert_allclose(getattr(many["r_h"], name), expected, rtol=1e-12)
    value = np.full((2, 3), 1.1)
    np.testing.assert_allclose(many["r_h"].log_prob(value), many.log_prob({"r_h": 1.1}), rtol=1e-12)
    np.testing.assert_allclose(many["r_h"].sample(3, seed=1).shape, (3, 2, 3))


def test_a_dataset_keeps_dimensions_and_labels_and_has_units_as_cf_has_them(emulator):
    radius = xr.DataArray([2.0, 5.0], dims="orbit", coords={"orbit": ["near", "far"]})
    ratio = xr.DataArray([0.5, 0.9, 1.3], dims="virial_ratio", coords={"virial_ratio": [0.5, 0.9, 1.3]})
    asked = {"galactocentric_radius": radius, "virial_ratio": ratio, "scale_radius": 1.0}
    prediction = emulator.predict(asked)
    found = prediction.to_xarray(level=0.68)
    assert found["r_h_median"].dims == ("orbit", "virial_ratio")
    assert found["orbit"].values.tolist() == ["near", "far"]
    assert found["galactocentric_radius"].dims == ("orbit",)
    np.testing.assert_array_equal(found["virial_ratio"], ratio)
    np.testing.assert_array_equal(found["r_h_lower"], prediction["r_h"].interval(0.68)[0])
    at = found.sel(orbit="far", virial_ratio=0.9)
    alone = emulator.predict({"galactocentric_radius": 5.0, "virial_ratio": 0.9, "scale_radius": 1.0})
    assert float(at["sigma_v_mean"]) == pytest.approx(alone["sigma_v"].mean, rel=1e-9)
    for variable in found.variables.values():
        assert variable.dtype.kind == "U" or "units" not in variable.attrs or Unit(variable.attrs["units"])
    assert Unit(found["sigma_v_mean"].attrs["units"]) == Unit("parsec megaJulian_year-1")


def test_a_table_has_a_row_for_each_point_under_its_own_label(emulator):
    frame = pd.DataFrame({name: [value, value] for name, value in POINT.items()}, index=["a", "b"])
    prediction = emulator.predict(frame)
    found = prediction.to_dataframe()
    assert found.index.tolist() == ["a", "b"]
    assert found.attrs["units"]["r_h_mean"] == "pc"
    np.testing.assert_array_equal(found["r_h_mean"], prediction["r_h"].mean)
    assert len(emulator.predict(POINT).to_dataframe()) == 1
    grid = emulator.predict(POINT | {"virial_ratio": np.ones((2, 3))}).to_dataframe()
    assert grid.index.names == ["point_0", "point_1"]


def test_outside_the_box_an_answer_grows_from_that_on_its_edge(emulator):
    ratios = np.array([1.8, 1.8 + 1e-9, 1.9, 2.2, 3.0])
    widened = emulator.predict(POINT | {"virial_ratio": ratios}, outside="widen")
    assert widened.inside.tolist() == [True, False, False, False, False]
    edge = emulator.predict(POINT | {"virial_ratio": 1.8})
    distance = np.clip((ratios - 1.8) / 1.6, 0.0, None)[:, None]
    spread = np.asarray(emulator.model.output_scaler.spread)
    expected = edge.transformed_variance + 12.0 * (spread * distance) ** 2
    np.testing.assert_allclose(widened.transformed_variance, expected, rtol=1e-6)
    np.testing.assert_allclose(
        widened.transformed_mean, np.broadcast_to(edge.transformed_mean, (5, 4)), rtol=1e-6
    )
    assert np.all(np.diff(np.abs(widened.probability - 0.5)) < 1e-9)
    assert np.isnan(emulator.predict(POINT | {"virial_ratio": np.nan}, outside="widen").median).all()


def test_a_widened_mixture_has_the_variance_that_is_said():
    emulator = Emulator.load("full")
    point = {each.name: each.from_unit_interval(0.5) for each in emulator.parameters}
    radius = next(each for each in emulator.parameters if each.name == "scale_radius")
    beyond = radius.maximum * (radius.maximum / radius.minimum) ** 0.25
    widened = emulator.predict(point | {"scale_radius": beyond}, outside="widen")
    edge = emulator.predict(point | {"scale_radius": radius.maximum})
    added = 12.0 * (0.25 * np.asarray(emulator.model.output_scaler.spread)) ** 2
    np.testing.assert_allclose(widened.transformed_variance, edge.transformed_variance + added, rtol=1e-2)


def test_pictures_are_of_one_point_or_along_one_parameter(emulator, prediction):
    curve = emulator.predict(POINT | {"virial_ratio": np.linspace(0.3, 1.7, 5)}).plot()
    assert [axes.get_ylabel() for axes in curve.axes] == [
        "f bound",
        "r core [pc]",
        "r h [pc]",
        "sigma v [pc Myr-1]",
    ]
    median = curve.axes[2].lines[0].get_ydata()
    expected = emulator.predict(POINT | {"virial_ratio": np.linspace(0.3, 1.7, 5)})["r_h"].median
    np.testing.assert_array_equal(median, expected)
    assert len(prediction.plot().axes) == 16
    with pytest.raises(ValueError, match="a plot is of one point, or of points on one axis"):
        emulator.predict(POINT | {"virial_ratio": np.ones((2, 2))}).plot()
