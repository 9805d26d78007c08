"""What is hidden tells nothing; slopes forecast posteriors; draws are of the posteriors they are said of."""

import dataclasses

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from inference_samples import COVARIANCE, OUTPUTS, PARAMETERS, RESPONSE, SCALE_TRIL, emulator
from scipy.stats import kstest

from nbody_emulator.design.block import draw_block
from nbody_emulator.design.chosen import chosen_points
from nbody_emulator.emulators.distributions.gaussian import Gaussian
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.inference import Observation, PredictionTable
from nbody_emulator.inference.fisher import forecast
from nbody_emulator.inference.information import judge_information
from nbody_emulator.inference.mock_runs import mock_runs
from nbody_emulator.inference.posterior_draws import draw_posteriors
from nbody_emulator.quantities.coordinates import parameter_coordinates
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.quantities.tables import Table
from nbody_emulator.settings.block import BlockDesign
from nbody_emulator.settings.rows import DrawSettings, InformationSettings
from nbody_emulator.storage import netcdf

NARROW = 1.0
"""Scatter that leaves posteriors well inside the box, where they are Gaussian."""
NAMES = [output.name for output in OUTPUTS]
READING = {"sources": [], "outputs": {}, "units": {}, "seed": 3}
CHOICES = {"every": NAMES, "two": ["half", "speed"], "one": ["speed"]}
RUNS = 80


def runs(scale=NARROW, role="observation") -> Table:
    """What the planted emulator makes at points of the prior."""
    fractions, observations = mock_runs(emulator(scale), RUNS, seed=5)
    return Table(
        parameters=PARAMETERS,
        outputs=OUTPUTS,
        inputs=2.0 * fractions - 1.0,
        values=np.stack([each.values for each in observations]),
        targets=np.stack([each.targets for each in observations]),
        groups=np.array([f"observation/0/{place}" for place in range(RUNS)]),
        blocks=np.zeros(RUNS, dtype=int),
        replicates=np.zeros(RUNS, dtype=int),
        role=np.full(RUNS, role),
        usable=np.arange(RUNS) > 0,
        energy_error=np.zeros(RUNS),
    )


@pytest.fixture(scope="module")
def told():
    settings = InformationSettings(**READING, points=2**14, observed=CHOICES)
    return judge_information(emulator(NARROW), runs(), settings)


def closed_form_deviation(places):
    """As fractions of the box, whose sides are 2, under a Gaussian prior with the box's variance."""
    response = 2.0 * RESPONSE[places]
    matrix = response.T @ np.linalg.solve(NARROW**2 * COVARIANCE[np.ix_(places, places)], response)
    return np.sqrt(np.diag(np.linalg.inv(matrix + 12.0 * np.eye(3)))), matrix


def test_choices_of_few_outputs_come_first(told):
    assert told["observed"].values.tolist() == ["one", "two", "every"]


@pytest.mark.parametrize("place, places", [(0, [3]), (1, [2, 3])])
def test_a_forecast_is_the_closed_form_of_a_line(told, place, places):
    """To the rounding of two small matrices inverted; whatever exists of these outputs."""
    deviation, matrix = closed_form_deviation(places)
    present = np.isfinite(runs().targets[:, places]).all(axis=1) & runs().usable
    found = told.isel(posterior=place, run=present)
    np.testing.assert_allclose(
        found["forecast_standard_deviation"], np.tile(deviation, (present.sum(), 1)), rtol=1e-9
    )
    information = 0.5 * np.linalg.slogdet(np.eye(3) + matrix / 12.0)[1]
    np.testing.assert_allclose(found["forecast_information"], information, rtol=1e-9)


def test_posteriors_that_the_box_does_not_cut_are_as_wide_as_forecast(told):
    """Runs in the middle of the box; where they survived is information that slopes do not see, to some hundredths."""
    middle = (
        (np.abs(runs().inputs) < 0.7).all(axis=1) & runs().usable & np.isfinite(runs().targets).all(axis=1)
    )
    found = told.isel(posterior=2, run=middle)
    ratio = (found["standard_deviation"] / found["forecast_standard_deviation"]).values
    assert middle.sum() > 4
    np.testing.assert_allclose(np.median(ratio), 1.0, atol=0.05)


def test_a_scatter_that_changes_is_information_too():
    """One output with mean m u and scatter exp(k u): m^2 / s^2 + 2 k^2, equation 15 in one dimension."""
    slope, growth = 0.7, 0.9

    class Growing(eqx.Module):
        parameters: tuple = eqx.field(static=True)

        def __call__(self, theta):
            scatter = 0.2 * jnp.exp(growth * theta[0])
            return Outcome(
                30.0, jnp.array([30.0]), Gaussian(slope * theta, scatter[None, None], jnp.zeros((1, 1)))
            )

    one = emulator()
    one = dataclasses.replace(
        one, outputs=OUTPUTS[3:], model=Growing((Parameter("a", "1", 0.0, 1.0, "linear"),))
    )
    fraction = np.array([[0.4]])
    found = forecast(PredictionTable.of(one), fraction, [Observation.of(OUTPUTS[3:], {"speed": 0.3})])
    matrix = (slope / (0.2 * np.exp(growth * 0.4))) ** 2 + 2.0 * growth**2
    np.testing.assert_allclose(found.standard_deviation, (matrix + 12.0) ** -0.5, rtol=1e-10)


def test_what_is_hidden_tells_nothing():
    survivors = np.flatnonzero(np.isfinite(runs().targets).all(axis=1))
    observation = Observation.of_run(OUTPUTS, runs().targets[survivors[0]])
    table = PredictionTable.of(emulator(NARROW), 2**13)
    hidden = table.posterior(observation.of_these([]))
    np.testing.assert_allclose(hidden.weights, 1.0 / len(hidden.weights), rtol=1e-12)
    named = Observation.of(OUTPUTS, {"speed": observation.values[3]})
    np.testing.assert_array_equal(
        table.posterior(observation.of_these(["speed"])).weights, table.posterior(named).weights
    )


def test_unusable_runs_stay_as_rows_without_numbers(told):
    assert told.sizes["run"] == RUNS
    for name in ("log_posterior", "forecast_information", "forecast_standard_deviation"):
        assert (
            np.isnan(told[name].isel(run=0)).all() and np.isfinite(told[name].isel(run=slice(1, None))).all()
        )


SETTINGS = DrawSettings(**READING, points=2**16, observations=2, draws=400)


@pytest.fixture(scope="module")
def draws():
    return draw_posteriors(emulator(NARROW), runs(), SETTINGS)


def test_draws_are_of_the_posteriors_of_the_first_usable_runs(draws):
    assert draws["group"].values.tolist() == ["observation/0/1", "observation/0/2"]
    table = PredictionTable.of(emulator(NARROW), SETTINGS.points)
    for place in (0, 1):
        posterior = table.posterior(Observation.of_run(OUTPUTS, runs().targets[1 + place]))
        below = [
            np.interp(column, np.sort(points), np.cumsum(posterior.weights[np.argsort(points)]))
            for column, points in zip(
                draws["parameter_draw"].values[place].T, 2.0 * posterior.fractions.T - 1.0, strict=True
            )
        ]
        # Fixed seed: one draw in ten thousand would fail.
        assert min(kstest(each, "uniform").pvalue for each in below) > 1e-4


def test_emulated_runs_scatter_about_the_emulators_mean_at_the_draws(draws):
    theta, emulated = draws["parameter_draw"].values, draws["emulated"].values
    residual = emulated[..., 3] - theta @ RESPONSE[3]
    there = np.isfinite(residual)
    spread = NARROW * np.sqrt((SCALE_TRIL @ SCALE_TRIL.T)[3, 3])
    assert 0.05 < 1.0 - there.mean() < 0.95 or there.all()
    assert kstest(residual[there] / spread, "norm").pvalue > 1e-4


def test_draws_are_the_same_again_and_refuse_what_was_not_asked_for(draws):
    assert draws.identical(draw_posteriors(emulator(NARROW), runs(), SETTINGS))
    with pytest.raises(ValueError, match="not on the calibration run"):
        draw_posteriors(emulator(NARROW), runs(role="calibration"), SETTINGS)
    with pytest.raises(ValueError, match=r"79 usable runs .* 90 are wanted"):
        draw_posteriors(emulator(NARROW), runs(), SETTINGS.changed(observations=90))


def test_draws_of_what_the_experiment_calls_whole_are_whole_and_of_nothing_else(draws):
    first = PARAMETERS[0].name
    whole = draw_posteriors(emulator(NARROW), runs(), SETTINGS.changed(whole=(first,)))["parameter_draw"]
    before = draws["parameter_draw"]
    for name in before["parameter"].values:
        expected = np.round(before.sel(parameter=name)) if name == first else before.sel(parameter=name)
        assert np.array_equal(whole.sel(parameter=name), expected)


BOXES = {"virial_ratio": {"minimum": 0.2, "maximum": 1.8, "scale": "linear"}}
DESIGN = BlockDesign(
    seed=3,
    stream="predictive",
    block=1,
    sampler="posterior",
    points=5,
    replicates=2,
    parameters={**BOXES, "scale_radius": 1.0},
    units={},
)


def written(path, name="virial_ratio"):
    import xarray as xr

    values = np.linspace(0.3, 1.7, 24).reshape(3, 8, 1)
    box = Parameter(name, "1", 0.2, 1.8, "linear")
    draws = (
        ("observation", "draw", "parameter"),
        values,
        {"long_name": "draws", "units_by": "parameter_units"},
    )
    netcdf.write(xr.Dataset({"parameter_draw": draws}, parameter_coordinates([box])), path)
    return values


def test_a_block_takes_the_first_draws_of_its_own_observation(tmp_path):
    values = written(tmp_path / "draws.nc")
    chosen = chosen_points([tmp_path / "draws.nc"], DESIGN)
    block = draw_block(DESIGN, chosen)
    assert (
        block["parameter_values"].sel(parameter="virial_ratio").values.tolist()
        == np.repeat(values[1, :5, 0], 2).tolist()
    )
    assert (block["parameter_values"].sel(parameter="scale_radius") == 1.0).all()
    # Stars are those of the block's own place among the streams, wherever it is put.
    assert (block["seed"] == draw_block(DESIGN.changed(sampler="prior"))["seed"]).all()


def test_draws_that_do_not_fit_are_refused(tmp_path):
    written(tmp_path / "draws.nc")
    with pytest.raises(ValueError, match="8 draws are too few for the 9 points"):
        chosen_points([tmp_path / "draws.nc"], DESIGN.changed(points=9))
    written(tmp_path / "others.nc", name="stars")
    with pytest.raises(ValueError, match="the block varies"):
        chosen_points([tmp_path / "others.nc"], DESIGN)
    assert chosen_points([], DESIGN) is None
    with pytest.raises(TypeError, match="give them as chosen"):
        draw_block(DESIGN)
