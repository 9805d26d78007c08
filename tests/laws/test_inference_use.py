"""What a person gets who infers one cluster: words, a file that others can read, a warning where it is unlike all."""

import numpy as np
import pytest
import xarray as xr
from emulators_samples import fitted, planted, straight
from inference_samples import ALL, OUTPUTS, PARAMETERS, RESPONSE, TRUTH, emulator

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.metadata import PosteriorRecord
from nbody_emulator.figures.corner import Shown, draw
from nbody_emulator.inference import PredictionTable, infer
from nbody_emulator.inference.mock_runs import mock_runs
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.observation_file import read_observation
from nbody_emulator.inference.predictive_check import predictive_probability
from nbody_emulator.quantities.quantity import Output
from nbody_emulator.settings.figure_style import Style

TESTED = PosteriorRecord(1.25, 0.08, 200, 600, ((0.5, 0.51), (0.9, 0.915)))


@pytest.fixture(scope="module")
def table():
    return PredictionTable.of(emulator(2.5).with_posteriors(TESTED))


@pytest.fixture(scope="module")
def found(table):
    return infer(table, ALL, errors={"half": 0.1})


def test_it_says_what_was_learned_and_what_such_posteriors_held(found):
    told = str(found)
    for name in ("a", "b", "c"):
        assert f"{name}: " in told
    assert told.count("contraction") == 3
    assert (
        "regions of 90% by this emulator held 91.5% of 600 simulated runs (variances times 1.25, set by 200 others)"
        in told
    )


def test_variances_are_widened_by_what_the_calibration_runs_have_set(found):
    plain = infer(emulator(2.5), ALL, errors={"half": 0.1})
    assert (found.posterior.moments[1] > plain.posterior.moments[1]).all()
    assert "whether posteriors by this emulator hold what they promise was not tested" in str(plain)


def test_chains_agree_with_the_table_and_other_methods_are_refused(found, table):
    chains = infer(table, ALL, errors={"half": 0.1}, method="nuts")
    assert chains.failures == ()
    shift = chains.posterior.moments[0] - found.posterior.moments[0]
    assert np.abs(shift / found.posterior.moments[1]).max() < 0.1
    with pytest.raises(ValueError, match='write method="table"'):
        infer(table, ALL, errors={"half": 0.1}, method="amortized")
    with pytest.raises(ValueError, match=r"no method 'nut'.*nuts"):
        infer(table, ALL, method="nut")


def test_the_emulator_keeps_what_its_posteriors_held(tmp_path):
    """With a fit of a registered family, whose file can be read back."""
    kept = fitted("linear", planted(straight, 40, "kept")).with_posteriors(TESTED)
    kept.save(tmp_path / "emulator.eqx")
    again = Emulator.load(tmp_path / "emulator.eqx")
    assert again.metadata.posteriors == TESTED
    assert again.metadata.variance_factor == 1.25


def test_a_file_has_the_groups_that_readers_of_posteriors_know(found, tmp_path):
    found.save(tmp_path / "posterior.nc", draws=500)
    tree = xr.open_datatree(tmp_path / "posterior.nc")
    assert set(tree.children) == {"posterior", "prior", "observed_data", "points"}
    drawn = tree["posterior"].to_dataset()
    assert drawn.sizes == {"chain": 1, "draw": 500}
    assert set(drawn.data_vars) == {"a", "b", "c"}
    # The mean of 500 draws scatters by 1/22 of their width.
    assert abs(float(drawn["a"].mean()) - (2 * found.posterior.moments[0][0] - 1)) < 0.2 * float(
        drawn["a"].std()
    )
    assert tree["observed_data"]["half"].attrs["standard_error"] == 0.1
    weights = tree["points"]["weight"].values
    assert weights.sum() == pytest.approx(1.0)
    found.save(tmp_path / "again.nc", draws=500)
    assert (tmp_path / "again.nc").read_bytes() == (tmp_path / "posterior.nc").read_bytes()


def test_observations_like_the_emulator_s_own_are_told_from_those_like_nothing(table):
    """Of its own runs the probability is uniform; of one that is far outside it is small."""
    runs = [each for each in mock_runs(table.emulator, 60, 3)[1] if each.present.all()][:25]
    own = [predictive_probability(table, each) for each in runs]
    assert 0.3 < np.mean(own) < 0.7
    strange = infer(table, dict(ALL) | {"half": ALL["half"] + 2.5})
    assert strange.predictive_probability < 0.01
    assert "like nothing that was simulated" in str(strange)
    nothing = Observation.of(OUTPUTS, {}, missing=[each.name for each in OUTPUTS])
    assert predictive_probability(table, nothing) is None


def test_missing_is_a_list_of_names_or_nothing():
    seen = Observation.of(OUTPUTS, ALL, errors=None, missing=None)
    assert not seen.absent.any() and seen.present.all()
    for wrong in (3, "core", {"core": 1}):
        with pytest.raises(TypeError, match="missing must be a list of names"):
            Observation.of(OUTPUTS, ALL, missing=wrong)


@pytest.mark.filterwarnings("error")
def test_a_share_that_an_error_takes_beyond_one_is_impossible_without_a_word():
    share = Output("share", "share", 1.0, "1", "logit", 1 / 128)
    seen = Observation.of([share], {"share": 0.95}, errors={"share": 0.1})
    possible = [seen.like(np.array([2.0]), np.array([score])).is_possible for score in (-1.0, 5.0)]
    assert possible == [True, False]


def test_a_corner_shows_every_pair_and_what_is_learned(found):
    posterior = found.posterior
    truth = dict(zip("abc", TRUTH, strict=True))
    alone = Shown("", posterior.fractions, posterior.weights, truth)
    figure = draw(PARAMETERS, [alone], Style())
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(shown) == 6
    assert sum("contraction" in axes.get_title() for axes in shown) == 3
    told = [float(axes.get_title().split()[-1]) for axes in shown if axes.get_title()]
    np.testing.assert_allclose(told, list(posterior.contraction.values()), atol=0.005)
    pair = draw(PARAMETERS, [alone._replace(name="one"), alone._replace(name="two", truth={})], Style())
    assert [text.get_text() for text in pair.legends[0].get_texts()] == ["one", "two", "prior", "truth"]


def test_files_of_observations_are_read_or_refused_by_name(tmp_path):
    path = tmp_path / "cluster.yaml"
    path.write_text("values: {bound: 0.62, half: 0.9}\nerrors: {half: 0.1}\nmissing: [core]\n")
    values, errors, missing = read_observation(path)
    assert (values, errors, missing) == ({"bound": 0.62, "half": 0.9}, {"half": 0.1}, ["core"])
    for text, told in {
        "values: {bound: high}": "values.bound is 'high'; write a plain number",
        "value: {bound: 1}": "unknown value; did you mean",
        "values: [1, 2]": "values must be numbers by name",
        "missing: core": "missing must be a list",
        "12": "holds no keys",
        "values: {bound: 1:30}": "write a plain number",
        "values: {bound: 017}": "write a plain number",
        "values: {bound: 1, bound: 2}": "bound stands twice",
        "errors: {}": "nothing is observed",
        "values: {bound: [": "cannot be read as YAML",
    }.items():
        path.write_text(text)
        with pytest.raises(ValueError, match=told):
            read_observation(path)


def test_the_truth_of_a_run_lies_where_it_should(table):
    found = infer(
        table, dict(zip([each.name for each in OUTPUTS], RESPONSE @ TRUTH, strict=True)) | {"core": 0.9}
    )
    for name, value in zip("abc", TRUTH, strict=True):
        low, high = found.posterior.interval(0.999)[name]
        assert low < value < high
