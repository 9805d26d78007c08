"""The door of an emulator: names, the box, intervals, and files that are not emulators."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nbody_emulator.emulators import Emulator
from nbody_emulator.emulators.box import stack_parameters
from nbody_emulator.emulators.calibrators.none import NoCalibration
from nbody_emulator.emulators.families.linear import Linear
from nbody_emulator.emulators.metadata import Metadata
from nbody_emulator.emulators.outcome_model import OutcomeModel
from nbody_emulator.emulators.points import LARGEST_BATCH
from nbody_emulator.emulators.scaling import axis_values, fit_scaler
from nbody_emulator.emulators.survival import fit_survival
from nbody_emulator.emulators.training import Columns, TrainingSet
from nbody_emulator.identity.seen_points import PARTS, record
from nbody_emulator.quantities.quantity import Output, Parameter

PARAMETERS = (
    Parameter("scale_radius", "pc", 0.5, 2.0, "log"),
    Parameter("virial_ratio", "1", 0.2, 1.8, "linear"),
)
OUTPUTS = (
    Output("f_bound", "bound_fraction", 1.0, "1", "logit", 0.01),
    Output("r_h", "half_mass_radius", 1.0, "pc", "log", 0.01),
)
SEEN = record({"train/0/0": "0123456789ab"}, dict.fromkeys(PARTS, ("train/0/0",)))
INSIDE = {"scale_radius": 1.0, "virial_ratio": 0.9}


@pytest.fixture(scope="module")
def emulator():
    """Exactly linear in log(scale_radius) and virial_ratio."""
    random = np.random.default_rng(3)
    inputs = np.stack([parameter.from_unit_interval(random.random(30)) for parameter in PARAMETERS], axis=1)
    axes = np.asarray(axis_values(PARAMETERS, inputs))
    targets = axes @ np.array([[1.0, 2.0], [-1.0, 0.5]]) + [0.3, -0.2]
    scalers = fit_scaler(axes), fit_scaler(targets)
    training = TrainingSet(
        np.asarray(scalers[0].forward(axes)),
        np.asarray(scalers[1].forward(targets)),
        np.arange(30),
        Columns(PARAMETERS, OUTPUTS, *scalers),
    )
    model, _ = Linear(ridge=1e-9).fit(training, 0)
    metadata = Metadata("linear", {"ridge": 1e-9}, "none", 30, SEEN, "")
    survival = fit_survival(training.inputs, training.observed)
    return Emulator(OUTPUTS, metadata, OutcomeModel(PARAMETERS, *scalers, model, NoCalibration(), survival))


def test_answers_are_in_the_units_of_the_outputs(emulator):
    prediction = emulator.predict({"scale_radius": 2.0, "virial_ratio": 0.5})
    transformed = np.array([np.log(2.0) - 0.5 + 0.3, 2 * np.log(2.0) + 0.25 - 0.2])
    np.testing.assert_allclose(prediction.transformed_mean, transformed, rtol=1e-7)
    np.testing.assert_allclose(prediction.median[1], np.exp(transformed[1]), rtol=1e-7)
    low, high = prediction.interval(0.95)
    reach = 1.959963984540054 * prediction.transformed_std[1]
    np.testing.assert_allclose(
        [low[1], high[1]], np.exp(transformed[1] + np.array([-reach, reach])), rtol=1e-7
    )
    assert 0.0 <= low[0] < prediction.median[0] < high[0] <= 1.0


def test_arrays_broadcast_and_outputs_are_found_by_name(emulator):
    prediction = emulator.predict({"scale_radius": [[0.6], [1.0], [1.5]], "virial_ratio": [0.4, 0.8]})
    assert prediction.transformed_mean.shape == (3, 2, 2)
    np.testing.assert_array_equal(prediction["r_h"].transformed_mean, prediction.transformed_mean[..., 1])
    with pytest.raises(KeyError, match="no output 'mass'; there are f_bound, r_h"):
        prediction["mass"]


def test_many_points_are_answered_as_few(emulator):
    many = np.linspace(0.2, 1.8, LARGEST_BATCH + 3)
    prediction = emulator.predict({"scale_radius": 1.0, "virial_ratio": many})
    alone = emulator.predict({"scale_radius": 1.0, "virial_ratio": many[-1]})
    # Another batch size may sum in another order.
    np.testing.assert_allclose(prediction.transformed_mean[-1], alone.transformed_mean, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("scale_radius", 0.499, r"scale_radius = 0\.499, not in 0\.5 to 2 pc$"),
        ("virial_ratio", [1.0, 1.81], r"virial_ratio = 1\.81, not in 0\.2 to 1\.8$"),
        ("virial_ratio", [2.0, 1.0, -1.0], r"virial_ratio = 2 \(and 1 more values\)"),
        ("virial_ratio", np.nan, "virial_ratio = nan"),
    ],
)
def test_outside_the_box_it_refuses(emulator, name, value, told):
    with pytest.raises(ValueError, match=told):
        emulator.predict({**INSIDE, name: value})


def test_every_parameter_that_left_the_box_is_told_at_once(emulator):
    with pytest.raises(ValueError, match=r"scale_radius = 3, not in .*; virial_ratio = 2, not in"):
        emulator.predict({"scale_radius": [1.0, 3.0], "virial_ratio": [2.0, 1.0]})


def test_it_prints_what_it_takes_and_gives(emulator):
    assert repr(emulator) == (
        "Emulator(linear, 30 training runs: scale_radius (0.5 to 2 pc), virial_ratio (0.2 to 1.8) -> f_bound, r_h pc)"
    )
    prediction = emulator.predict(INSIDE)
    assert prediction.names == ("f_bound", "r_h")
    low, high = prediction.interval(0.68)
    assert f"r_h = {prediction.median[1]:.4g} [{low[1]:.4g}, {high[1]:.4g}] pc" in repr(prediction)
    assert repr(emulator.predict({**INSIDE, "virial_ratio": np.ones((3, 2))})) == (
        "Prediction(at 3 x 2 points: f_bound, r_h pc)"
    )


@pytest.mark.parametrize("values", [[1.0, 0.9], np.array([1.0, 0.9]), 1.0, None])
def test_parameters_without_names_are_refused(emulator, values):
    told = r'by name, not as \w+ without names: write \{"scale_radius": \.\.\., "virial_ratio": \.\.\.\}'
    with pytest.raises(TypeError, match=told):
        emulator.predict(values)


def test_the_pure_function_can_be_compiled_as_it_is(emulator):
    theta = jnp.array([1.3, 0.7])
    compiled = jax.jit(emulator.distribution)(theta)
    # Compiled code may sum in another order.
    np.testing.assert_allclose(compiled.mean, emulator.distribution(theta).mean, rtol=1e-12)
    predicted = emulator.predict({"scale_radius": 1.3, "virial_ratio": 0.7})
    np.testing.assert_allclose(compiled.mean, predicted.transformed_mean, rtol=1e-12)
    outcome = jax.jit(emulator.outcome)(theta)
    np.testing.assert_allclose(outcome.existence, predicted.existence, rtol=1e-12)
    np.testing.assert_allclose(outcome.survival, predicted.probability, rtol=1e-12)


def test_a_point_with_names_is_not_for_the_pure_function(emulator):
    told = r"theta must be numbers in the order scale_radius, virial_ratio; give names to Emulator\.predict"
    with pytest.raises(TypeError, match=told):
        emulator.outcome(INSIDE)
    assert np.isfinite(emulator.predict(INSIDE).transformed_mean).all()


def test_an_infinite_target_is_refused_and_a_missing_one_is_not(emulator):
    prediction = emulator.predict(INSIDE)
    with pytest.raises(ValueError, match="target must be finite, or NaN where an output is missing"):
        prediction.transformed_log_prob([np.inf, 1.0])
    assert np.isfinite(prediction.transformed_log_prob([np.nan, 1.0]))


def test_the_edges_are_inside_and_outside_can_be_nan(emulator):
    edges = emulator.predict(
        {"scale_radius": [0.5, 2.0, 2.1], "virial_ratio": [0.2, 1.8, 1.0]}, outside="nan"
    )
    assert np.isfinite(edges.transformed_mean[:2]).all()
    assert np.isnan(edges.transformed_mean[2]).all()
    assert np.isnan(edges.median[2]).all()
    with pytest.raises(ValueError, match="outside must be one of refuse, nan"):
        emulator.predict(INSIDE, outside="clip")


def test_wrong_names_are_told():
    with pytest.raises(ValueError, match="unknown parameter 'radius'; missing parameter 'scale_radius'"):
        stack_parameters(PARAMETERS, {"radius": 1.0, "virial_ratio": 1.0})


@pytest.mark.parametrize(
    ("kind", "told", "given"),
    [
        (TypeError, "virial_ratio must be real numbers, not 'cold'", {"virial_ratio": "cold"}),
        (TypeError, "virial_ratio must be real numbers, not None", {"virial_ratio": None}),
        (TypeError, "virial_ratio must be real numbers", {"virial_ratio": [[1.0], [1.0, 0.5]]}),
        (
            ValueError,
            r"broadcast, not scale_radius \(3,\), virial_ratio \(2,\)",
            {"virial_ratio": [1.0, 0.9], "scale_radius": [1.0, 1.1, 1.2]},
        ),
    ],
)
def test_parameters_that_are_no_numbers_or_do_not_fit_are_told(emulator, kind, told, given):
    with pytest.raises(kind, match=told):
        emulator.predict(INSIDE | given)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, "0.9", None])
def test_a_level_is_a_probability(emulator, level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        emulator.predict(INSIDE).interval(level)


DAMAGES = {
    "cut in its arrays": lambda content: content[:-40],
    "cut after its first line": lambda content: content.split(b"\n", 1)[0] + b"\n",
    "longer than it was": lambda content: content + b"more",
    "of another family": lambda content: content.replace(b'"family": "linear"', b'"family": "forest"'),
    "of no known family": lambda content: content.replace(b'"family": "linear"', b'"family": "oracle"'),
    "one bit of its arrays": lambda content: content[:-5] + bytes([content[-5] ^ 1]) + content[-4:],
    "one digit of its first line": lambda content: content.replace(b'"maximum": 2.0', b'"maximum": 3.0'),
    "a blank more in its first line": lambda content: content.replace(b'"maximum": 2.0', b'"maximum":  2.0'),
    "not a number": lambda content: content.replace(b'"maximum": 2.0', b'"maximum": NaN'),
    "without its checksum": lambda content: content.replace(b'"checksum"', b'"checksun"'),
    "without its outputs": lambda content: content.replace(b'"outputs"', b'"0utputs"'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_told_in_one_line_with_path_and_remedy(emulator, tmp_path, damage):
    path = tmp_path / "mine.eqx"
    emulator.save(path)
    content = path.read_bytes()
    path.write_bytes(DAMAGES[damage](content))
    assert path.read_bytes() != content
    with pytest.raises(ValueError, match=r"mine\.eqx is truncated or damaged .*make it again") as caught:
        Emulator.load(path)
    assert len(str(caught.value).splitlines()) == 1


OTHERS = [b"\x89HDF\n", b"{}\n", b'{"format": 99}\n', b"[1]\n", b"\xff\xfe\n", b"", b"[" * 100_000]


@pytest.mark.parametrize("content", OTHERS, ids=lambda content: str(content[:8]))
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "other.eqx").write_bytes(content)
    with pytest.raises(ValueError, match=r"other\.eqx is not an emulator"):
        Emulator.load(tmp_path / "other.eqx")


SHAPES = {
    "one point": INSIDE,
    "a grid": {"scale_radius": [[0.6], [1.5]], "virial_ratio": [0.4, 0.8, 1.2]},
    "none": {},
}


@pytest.mark.parametrize("points", SHAPES.values(), ids=SHAPES)
def test_every_answer_has_the_shape_of_the_points(emulator, points):
    points = points or {name: np.zeros(0) for name in INSIDE}
    prediction = emulator.predict(points)
    shape = np.broadcast_shapes(*(np.shape(values) for values in points.values()))
    target = np.array([0.1, np.nan])
    for name in ("mean", "std", "median", "existence"):
        assert getattr(prediction, name).shape == (*shape, 2)
    for answer in (
        prediction.transformed_log_density,
        prediction.cdf,
        prediction.transformed_normal_score,
        prediction.transformed_crps,
    ):
        assert answer(target).shape == (*shape, 2)
    for of_point in (prediction.log_prob, prediction.transformed_log_prob, prediction.state_log_prob):
        assert of_point(target).shape == shape
    assert (
        prediction.probability.shape == prediction.transformed_functionals(target).energy_score.shape == shape
    )
    assert prediction.transformed_covariance.shape == (*shape, 2, 2)
    assert prediction.sample(5, seed=1).shape == (5, *shape, 2)
    assert prediction["r_h"].sample(5, seed=1).shape == (5, *shape)


def test_what_is_drawn_at_a_point_does_not_depend_on_what_else_is_asked(emulator):
    drawn = emulator.predict({"scale_radius": [0.6, 1.0, 1.5], "virial_ratio": 0.9}).sample(4, seed=3)
    first = emulator.predict({"scale_radius": 0.6, "virial_ratio": 0.9}).sample(4, seed=3)
    np.testing.assert_array_equal(drawn[:, 0], first)
    assert len(np.unique(drawn[:, :, 0])) == 12


def test_samples_are_of_the_predicted_distribution_in_the_outputs_units(emulator):
    prediction = emulator.predict(INSIDE)
    drawn = prediction.sample(20_000, seed=4)
    low, high = prediction.interval(0.9)
    # Five binomial standard errors.
    share = ((drawn > low) & (drawn < high)).mean(axis=0)
    np.testing.assert_allclose(share, 0.9, atol=5 * np.sqrt(0.09 / 20_000))


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda made: made.sample(0, seed=1), "draws must be a whole number from 1 to .*, not 0"),
        (lambda made: made.sample(1.5, seed=1), "draws must be a whole number from 1 to .*, not 1.5"),
        (lambda made: made.sample(2, seed=-1), "seed must be a whole number from 0 to .*, not -1"),
        (lambda made: made.sample(2, seed=2**64), "seed must be a whole number from 0 to .*, not 184467"),
        (lambda made: made.sample(2, seed=True), "seed must be a whole number from 0 to .*, not True"),
        (lambda made: made.interval(1 - 1e-16), "the upper end of an interval of level 0.99999.* not 1.0"),
        (lambda made: made.quantile(1.0), "a probability must lie between 0 and 1, not 1.0"),
        (lambda made: made.interval("high"), "the level of an interval must lie between 0 and 1, not high"),
        (
            lambda made: made.transformed_log_prob([1.0, 2.0, 3.0]),
            r"target must have a value each for f_bound, r_h .* not \(3,\)",
        ),
    ],
)
def test_impossible_questions_are_refused_in_one_line(emulator, ask, told):
    with pytest.raises(ValueError, match=told) as caught:
        ask(emulator.predict(INSIDE))
    assert len(str(caught.value).splitlines()) == 1
