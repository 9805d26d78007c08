"""Runs of one's own: fitted as they are meant, or refused in one line that names what is wrong. Nothing in between."""

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import astropy.units
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from astropy.table import QTable
from emulators_samples import planted, points_of, specification, straight
from hypothesis import example, given, settings
from hypothesis import strategies as draw

from nbody_emulator import Table, cross_validate
from nbody_emulator.emulators import fit, fitting
from nbody_emulator.emulators.checks import checked_fitting, checked_table
from nbody_emulator.own_runs import table_of
from nbody_emulator.quantities.quantity import Output, Parameter

NUMBER = re.compile(r"\d+(?:\.\d+)?")
OWN_RUNS = Path(__file__).resolve().parents[2] / "docs" / "own_runs.md"
FEW = settings(max_examples=60, derandomize=True, deadline=None)
TABLE = planted(straight, 40, "own")
HOW = specification("linear")
MASS, SPIN = Parameter("mass", "Msun", 100.0, 1e4, "log"), Parameter("spin", "1", 0.0, 1.0, "linear")
LIFETIME = Output("lifetime", "lifetime", 1.0, "Myr", "log", 0.0)
TRANSFORMS = ("log", "logit", "identity")
BOUND = Output("bound", "bound", 1.0, "1", "logit", 0.01)


def refused(call, words: str, kind: type[Exception] | tuple = (TypeError, ValueError)) -> bool:
    """Whether it is, in one line; anything else ends here."""
    with pytest.raises(kind, match=words) as caught:
        call()
    return len(str(caught.value).splitlines()) == 1


def own_columns(runs=30):
    random = np.random.default_rng(1)
    inputs = {each.name: each.from_unit_interval(random.random(runs)) for each in (MASS, SPIN)}
    values = {"lifetime": inputs["mass"] ** 0.6, "bound": random.random(runs)}
    return inputs, values


def own_table(inputs, values):
    return table_of((SPIN, MASS), (LIFETIME, BOUND), inputs, values)


HOLDERS = {
    "DataFrame": lambda columns: pd.DataFrame(columns | {"remark": "none"}),
    "Dataset": lambda columns: xr.Dataset({name: ("run", column) for name, column in columns.items()}),
    "lists": lambda columns: {name: column.tolist() for name, column in columns.items()},
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_columns_by_name_make_the_same_table_whatever_holds_them(holder):
    inputs, values = own_columns()
    bare, held = own_table(inputs, values), own_table(*map(HOLDERS[holder], (inputs, values)))
    for name in ("inputs", "values", "targets"):
        np.testing.assert_array_equal(getattr(held, name), getattr(bare, name))
    assert [each.name for each in held.parameters] == ["mass", "spin"]


def test_columns_with_units_are_converted():
    inputs, values = own_columns()
    held = own_table(inputs | {"mass": inputs["mass"] / 1e3 * astropy.units.Unit("1000 Msun")}, values)
    np.testing.assert_allclose(held.inputs, own_table(inputs, values).inputs, rtol=1e-12)
    assert refused(
        lambda: own_table(inputs | {"mass": inputs["mass"] * astropy.units.s}, values),
        r"^mass must be in Msun",
    )
    assert refused(
        lambda: own_table(inputs, {"lifetime": values["lifetime"]}), r"^outputs: no column 'bound'"
    )
    assert refused(
        lambda: own_table(inputs, {name: each[:3] for name, each in values.items()}),
        r"^30 runs have .* 3 have",
    )
    assert refused(
        lambda: own_table(np.zeros((30, 2)), values), r"^parameters are given by name, not as ndarray"
    )


BOXES = draw.one_of(draw.floats(), draw.integers(-3, 3), draw.sampled_from([None, "1", True]))


@FEW
@given(low=BOXES, high=BOXES, scale=draw.sampled_from(["linear", "log", "logarithmic", None]))
def test_a_box_is_one_or_is_refused(low, high, scale):
    numbers = all(isinstance(end, int | float) and not isinstance(end, bool) for end in (low, high))
    right = numbers and -np.inf < low < high < np.inf and (scale == "linear" or (scale == "log" and low > 0))
    if right:
        made = Parameter("mass", "Msun", low, high, scale)
        assert (made.minimum, made.maximum, made.scale) == (low, high, scale)
    else:
        assert refused(
            lambda: Parameter("mass", "Msun", low, high, scale),
            r"^parameter mass: \w+ .*(must|has no)",
            ValueError,
        )


@FEW
@given(
    transform=draw.text(max_size=9) | draw.sampled_from(TRANSFORMS), resolution=draw.floats() | draw.none()
)
def test_an_output_that_no_transform_serves_is_refused_and_any_other_is_taken(transform, resolution):
    if transform in TRANSFORMS:
        made = Output("life", "life", 1.0, "Myr", transform, 0.0)
        assert (made.transform, made.resolution) == (transform, 0.0)
    else:
        assert refused(
            lambda: Output("life", "life", 1.0, "Myr", transform, 0.0), r"^output life: transform must be"
        )
    if resolution is not None and 0.0 <= resolution < np.inf:
        assert Output("life", "life", 1.0, "Myr", "log", resolution).resolution == resolution
    else:
        assert refused(
            lambda: Output("life", "life", 1.0, "Myr", "log", resolution), r"^output life: resolution must be"
        )


@FEW
@example(value=1.5e154, transform="identity", resolution=0.0)
@given(
    value=draw.floats(),
    transform=draw.sampled_from(TRANSFORMS),
    resolution=draw.sampled_from([0.0, 0.1]),
)
def test_a_value_that_its_transform_does_not_suit_is_refused_and_a_missing_one_is_missing(
    value, transform, resolution
):
    output = Output("life", "life", 1.0, "1", transform, resolution)
    values = np.array([0.5] * 9 + [value])
    table = table_of((SPIN,), (output,), {"spin": np.linspace(0.0, 1.0, 10)}, {"life": values})
    closed = 0.0 <= value <= 1.0 if resolution else 0.0 < value < 1.0
    right = {"log": 0.0 < value < np.inf, "logit": closed, "identity": np.isfinite(value)}[transform]
    with np.errstate(all="ignore"):
        right = right and np.isfinite(output.forward(value))
        variance = np.var(output.forward(values))
    if right and not np.isfinite(variance):
        assert refused(lambda: checked_table(table), r"^life reaches .*give it in another unit$", ValueError)
    elif right or np.isnan(value):
        assert np.isnan(checked_table(table).targets[9, 0]) == np.isnan(value)
    else:
        assert refused(
            lambda: checked_table(table), r"^run 9 .of 1 such. has life = .*no answer; write NaN", ValueError
        )


NAMED = ("parameters", "outputs", "covariates")
COLUMNS = [field.name for field in dataclasses.fields(TABLE) if field.name not in NAMED]
WRONG = draw.one_of(
    draw.none(),
    draw.text(),
    draw.floats(),
    draw.lists(draw.floats(), max_size=4),
    draw.dictionaries(draw.text(), draw.integers(), max_size=2),
    draw.integers(0, 5).map(lambda width: np.zeros((40, width))),
    draw.sampled_from(
        [
            np.full((40, 3), np.nan),
            np.full((40, 3), np.inf),
            np.full((40, 3), "1.0"),
            np.full((40, 3), 1.0 + 0j),
            np.ma.masked_array(np.ones((40, 3)), np.eye(40, 3)),
            np.ones((40, 3)) * astropy.units.pc,
            np.full(40, 1.5),
            np.full(40, None),
            np.array([["a"], {}] * 20, dtype=object),
            pd.DataFrame(np.ones((40, 3))),
        ]
    ),
)


@pytest.mark.parametrize("column", COLUMNS)
@FEW
@example(wrong=pd.DataFrame(np.ones((40, 3))))
@given(wrong=WRONG)
def test_any_column_is_taken_as_it_is_meant_or_refused_by_name(column, wrong):
    table = dataclasses.replace(TABLE, **{column: wrong})
    try:
        checked = checked_table(table)
    except (TypeError, ValueError) as error:
        assert any(
            word in str(error)
            for word in (column, "not in its box", "in every run", "no answer", "the target", "shape")
        )
        assert len(str(error).splitlines()) == 1
    else:
        found = getattr(checked, column)
        assert found.shape == getattr(TABLE, column).shape
        np.testing.assert_array_equal(found.astype(str), np.asarray(wrong, dtype=found.dtype).astype(str))


@pytest.mark.parametrize(
    ("words", "change"),
    [
        (r"^a fit is given a Table, not DataFrame", lambda table: pd.DataFrame(table.inputs)),
        (
            r"^inputs must have the shape \(40, 3\), a column each for galacto",
            {"inputs": TABLE.inputs[:, :2]},
        ),
        (r"^groups must have the shape \(40,\)", {"groups": TABLE.groups[:-1]}),
        (r"^role must have the shape \(40,\)", {"role": TABLE.role[:-1]}),
        (r"^groups must be words or whole numbers", {"groups": [["a"]] * 39 + [{}]}),
        (r"^parameters: the name scale_radius stands twice", {"parameters": (TABLE.parameters[1],) * 3}),
        (r"^outputs: the name core stands twice", {"outputs": (TABLE.outputs[0],) * 3}),
        (r"^parameters must be a tuple of Parameter", {"parameters": ("a", "b", "c")}),
        ("has scale_radius = .*, not in its box 0.5 to 2 pc; widen", {"inputs": TABLE.inputs * [1, 10, 1]}),
        ("has core = -.*log has no answer", {"values": -TABLE.values}),
        ("has the target .* of core, which must be log of its value", {"targets": TABLE.values}),
        ("has the target .* of core, which must be NaN", {"usable": np.zeros(40, dtype=bool)}),
        (
            r"^scale_radius is 1 in every run, so that nothing of its box .* learned; leave the parameter out",
            {"inputs": np.where([False, True, False], 1.0, TABLE.inputs)},
        ),
    ],
)
def test_what_newcomers_gave_is_refused_before_any_work(words, change, monkeypatch):
    monkeypatch.setattr(fitting, "training_rows", lambda table: pytest.fail("work was begun"))
    table = change(TABLE) if callable(change) else dataclasses.replace(TABLE, **change)
    assert refused(lambda: fit(table, HOW), words)


@pytest.mark.parametrize(("factor", "what"), [(1e200, "reaches .*e.199"), (1e-160, "varies by .*e-161")])
def test_numbers_without_a_variance_are_refused_and_another_unit_helps(factor, what):
    inputs, values = own_columns()
    plain = Output("bound", "bound", 1.0, "kg", "identity", 0.0)
    columns = values | {"bound": values["bound"] * factor}
    words = f"^bound {what}, whose square is no number any more; give it in another unit"
    assert refused(lambda: fit(table_of((SPIN, MASS), (LIFETIME, plain), inputs, columns), HOW), words)
    fit(table_of((SPIN, MASS), (LIFETIME, plain), inputs, values), HOW)


VALUES = draw.one_of(
    draw.none(),
    draw.booleans(),
    draw.integers(-2, 50),
    draw.floats(),
    draw.text(max_size=5),
    draw.lists(draw.text()),
)


@FEW
@example(key="family", inner=None, value="mean")
@example(key="seed", inner=None, value=5)
@example(key="stream", inner=None, value=["mine"])
@example(key="tuning", inner="candidates", value=3)
@example(key="tuning", inner="folds", value=2)
@example(key="hyperparameters", inner="ridge", value=0.5)
@given(
    key=draw.sampled_from(["family", "seed", "stream", "tuning", "settings", "hyperparameters"]),
    inner=draw.sampled_from(["candidates", "folds", "trees", "ridge", None]),
    value=VALUES,
)
def test_how_to_fit_is_understood_or_refused_by_key(key, inner, value):
    given_value = value if inner is None else {inner: value}
    try:
        held = checked_fitting({**HOW, key: given_value}).written().get(key)
    except ValueError as error:
        assert str(error).startswith(key)
        assert len(str(error).splitlines()) == 1
    else:
        np.testing.assert_equal(held if inner is None else held[inner], value)
        assert not (key == "tuning" and inner == "folds" and value < 2)


def test_what_is_not_said_of_tuning_and_settings_is_the_default_and_a_typing_error_is_told():
    checked = checked_fitting({"family": "forest", "seed": 1, "stream": ["mine"]})
    assert checked.settings.written() == {"trees": 200}
    assert checked.tuning.written() == {"candidates": 6, "folds": 4}
    assert refused(
        lambda: checked_fitting({**HOW, "family": "kriging"}),
        r"^family: there is no 'kriging'; allowed",
    )
    assert refused(
        lambda: checked_fitting({**HOW, "family": "forest", "settings": {"tree": 9}}),
        "did you mean 'trees'",
    )
    assert refused(lambda: checked_fitting({**HOW, "stream": "mine"}), r'^stream: .* write \["mine"\]')


@pytest.mark.parametrize(
    ("family", "given_values", "words"),
    [
        ("linear", {"ridge": -5.0}, r"^hyperparameters.ridge: -5.0"),
        ("neighbours", {"neighbours": 0}, r"^hyperparameters.neighbours: 0"),
        ("linear", {"ridge": "x"}, r"^hyperparameters.ridge: 'x'"),
        ("legendre", {"degree": 2.5, "penalty": 0.1}, r"^hyperparameters.degree: 2.5"),
    ],
)
def test_hyperparameters_that_cannot_be_are_refused_by_name(family, given_values, words):
    how = {"family": family, "seed": 1, "stream": ["mine"], "hyperparameters": given_values}
    assert refused(lambda: checked_fitting(how), words)


@pytest.mark.parametrize(
    ("family", "setting", "degree"), [("legendre", "highest", 6), ("polynomial", "degree", 6)]
)
def test_products_too_many_to_hold_are_refused_with_a_remedy_that_works(family, setting, degree):
    random = np.random.default_rng(1)
    parameters = [Parameter(f"p{number:02}", "1", 0.0, 1.0, "linear") for number in range(12)]
    inputs = {each.name: random.random(30) for each in parameters}
    table = table_of(parameters, (LIFETIME,), inputs, {"lifetime": 1.0 + random.random(30)})
    how = {"family": family, "seed": 1, "stream": ["mine"], "tuning": {"candidates": 1}}
    words = (
        rf"^emulators.{family}.{setting}: {degree} makes 18564 products of 12 parameters.*write at most 4$"
    )
    assert refused(lambda: fit(table, how | {"settings": {setting: degree}}), words)
    fit(table, how | {"settings": {setting: 4}})


def test_a_run_on_the_edge_of_the_box_is_inside_in_any_unit():
    """700 times 0.001 is 0.7000000000000001."""
    edge = Parameter("radius", "kpc", 0.1, 0.7, "linear")
    columns = {"radius": np.linspace(100, 700, 30) * astropy.units.pc}
    table = table_of((edge,), (LIFETIME,), columns, {"lifetime": np.linspace(1.0, 2.0, 30) ** 2})
    assert table.inputs.max() > 0.7
    emulator, _ = fit(table, HOW)
    assert np.isfinite(emulator.predict({"radius": 700 * astropy.units.pc}).median)
    with pytest.raises(ValueError, match=r"radius = 0\.700001, not in 0\.1 to 0\.7 kpc"):
        emulator.predict({"radius": 0.700001})


def test_a_missing_target_is_missing_and_counted():
    inputs, values = own_columns()
    values["lifetime"][:4], values["bound"][:3] = np.nan, np.nan
    emulator, _ = fit(own_table(inputs, values), HOW)
    assert emulator.metadata.training_runs == 27


def test_a_table_of_names_is_answered_like_a_mapping():
    emulator, _ = fit(TABLE, HOW)
    points = points_of(TABLE)
    expected = emulator.predict(points)
    frame = pd.DataFrame(points)
    for given_points in (frame, xr.Dataset({name: ("run", column) for name, column in points.items()})):
        np.testing.assert_array_equal(
            emulator.predict(given_points).transformed_mean, expected.transformed_mean
        )
    # Another size of batch may sum in another order.
    np.testing.assert_allclose(
        emulator.predict(frame.iloc[3]).transformed_mean, expected.transformed_mean[3], rtol=1e-9
    )
    axes = [xr.DataArray(points[name][:4], dims=name) for name in points]
    assert emulator.predict(dict(zip(points, axes, strict=True))).transformed_mean.shape == (4, 4, 4, 3)
    in_parsec = {**points, "scale_radius": points["scale_radius"] / 1e3 * astropy.units.kpc}
    np.testing.assert_allclose(
        emulator.predict(in_parsec).transformed_mean, expected.transformed_mean, rtol=1e-9
    )
    assert list(expected) == list(expected.names) == ["core", "half", "tail"]
    assert "core" in expected
    assert 0 not in expected
    assert refused(lambda: emulator.predict(frame.to_numpy()), "by name")
    assert refused(
        lambda: emulator.predict(frame.iloc[:, [0, 0, 1, 2]]), r"^parameters are given twice: galacto"
    )


def test_the_documented_example_prints_what_is_documented(tmp_path, monkeypatch, capsys):
    text = OWN_RUNS.read_text(encoding="utf-8").partition("## In Python alone")[2]
    monkeypatch.chdir(tmp_path)
    exec(text.partition("```python\n")[2].partition("```")[0], {})
    printed = capsys.readouterr().out.strip()
    documented = text.partition("It prints\n\n```\n")[2].partition("\n```")[0]
    assert NUMBER.sub("#", printed) == NUMBER.sub("#", documented)
    found, expected = ([float(each) for each in NUMBER.findall(each)] for each in (printed, documented))
    # The last bits of another processor may move one run of a hundred over the end of an interval.
    assert found == pytest.approx(expected, rel=0.02, abs=0.011)
    assert (tmp_path / "mine.eqx").exists()


def test_the_chaos_of_ones_own_runs_is_told_as_documented(capsys):
    text = OWN_RUNS.read_text(encoding="utf-8").partition("How much of the scatter")[2]
    exec(text.partition("```python\n")[2].partition("```")[0], {})
    assert f"It prints `{capsys.readouterr().out.strip()}`." in text


@pytest.mark.parametrize("package", ["netCDF4", "xarray"])
def test_a_package_that_is_missing_is_told_with_its_remedy(package):
    code = f"import sys; sys.modules[{package!r}] = None; from nbody_emulator.emulators import fit"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    told = f"{package} is not installed; it comes with: pip install 'nbody-emulator[fitting]'"
    assert ended.stderr.splitlines()[-1] == f"ModuleNotFoundError: {told}"


ANYTHING = draw.one_of(
    draw.none(),
    draw.floats(),
    draw.integers(),
    draw.text(),
    draw.complex_numbers(),
    draw.lists(draw.one_of(draw.floats(0.5, 1.5), draw.none(), draw.text()), max_size=3),
    draw.lists(draw.lists(draw.floats(0.5, 1.5), max_size=2), max_size=3),
    draw.dictionaries(draw.text(), draw.floats(), max_size=2),
    draw.sampled_from(
        [
            1.2 * astropy.units.kpc,
            1.2 * astropy.units.s,
            xr.DataArray([1.0, 1.1], dims="run", attrs={"units": "kpc"}),
            xr.DataArray([1.0, 1.1], dims="run"),
            np.ma.masked_array([1.0, 1.1], [False, True]),
            pd.Series([1.0, None], dtype="Float64"),
            pd.DataFrame({"a": [1.0]}),
        ]
    ),
)


@pytest.fixture(scope="module")
def emulator():
    return fit(TABLE, HOW)[0]


@FEW
@given(name=draw.sampled_from(["scale_radius", "virial_ratio", "radius", 7, None]), value=ANYTHING)
def test_a_prediction_is_that_of_bare_numbers_or_is_refused_by_name(emulator, name, value):
    inside = {"galactocentric_radius": 4.0, "scale_radius": 1.0, "virial_ratio": 0.9}
    try:
        prediction = emulator.predict({**inside, name: value})
    except (TypeError, ValueError) as error:
        assert str(name) in str(error)
        assert len(str(error).splitlines()) == 1
    else:
        bare = emulator.predict({**inside, name: np.asarray(value, dtype=float)})
        np.testing.assert_array_equal(prediction.transformed_mean, bare.transformed_mean)


@FEW
@given(points=ANYTHING)
def test_points_that_are_no_mapping_of_parameters_are_refused(emulator, points):
    assert refused(lambda: emulator.predict(points), "parameter")
    assert refused(
        lambda: emulator.predict({}, outside=points), r"^outside must be one of refuse, nan", ValueError
    )


FRAME_PARAMETERS = {
    "mass": {"unit": "Msun", "minimum": 100.0, "maximum": 1e4, "scale": "log"},
    "spin": {"minimum": 0.0, "maximum": 1.0},
}
FRAME_OUTPUTS = {
    "lifetime": {"unit": "Myr", "transform": "log"},
    "bound": {"transform": "logit", "resolution": 0.01},
}


def framed(columns, **how) -> Table:
    return Table.from_frame(columns, FRAME_PARAMETERS, FRAME_OUTPUTS, **how)


@pytest.mark.parametrize("holder", [*HOLDERS, "QTable"])
def test_a_frame_makes_the_table_of_its_columns_whatever_holds_them(holder):
    inputs, values = own_columns()
    columns = inputs | values
    in_years = columns | {"lifetime": 1e6 * columns["lifetime"] * astropy.units.yr}
    frame = QTable(in_years) if holder == "QTable" else HOLDERS[holder](columns)
    made, bare = framed(frame), own_table(inputs, values)
    for name in ("inputs", "values", "targets"):  # a conversion of units rounds
        np.testing.assert_allclose(getattr(made, name), getattr(bare, name), rtol=1e-14)
    assert (made.parameters, made.outputs) == (bare.parameters, bare.outputs)


def test_blocks_of_a_frame_hold_whole_points_and_more_runs_move_none():
    inputs, values = own_columns()
    twice = pd.concat([pd.DataFrame(inputs | values)] * 2).reset_index(drop=True)
    twice["point"] = np.tile(np.arange(30), 2)
    twice.loc[30:, "lifetime"] *= 1.5
    every, first = framed(twice, point="point"), framed(twice[:30], point="point")
    assert np.array_equal(every.blocks[:30], first.blocks) and np.array_equal(every.blocks[30:], first.blocks)
    assert len(set(every.groups)) == 30


FRAME_MISTAKES = {
    "a column that is missing": (lambda frame: frame.drop(columns="spin"), "no column 'spin'"),
    "a run outside the box": (lambda frame: frame.assign(spin=1.5), "parameter spin, row 0: 1.5 is outside"),
    "a length of zero": (
        lambda frame: frame.assign(lifetime=0.0),
        "output lifetime, row 0: 0 has no logarithm",
    ),
    "a run that is there twice": (
        lambda frame: pd.concat([frame, frame[3:4]]),
        "rows 3 and 30 are the same run",
    ),
    "an output that never exists": (
        lambda frame: frame.assign(bound=np.nan),
        "output bound: empty in every row",
    ),
}


@pytest.mark.parametrize("mistake", FRAME_MISTAKES)
def test_what_is_wrong_in_a_frame_is_told_with_its_row(mistake):
    spoil, words = FRAME_MISTAKES[mistake]
    inputs, values = own_columns()
    frame = spoil(pd.DataFrame(inputs | values)).reset_index(drop=True)
    assert refused(lambda: framed(frame), words)


def test_a_study_predicts_every_run_unseen_and_calibrates_on_others():
    """Scores out of fold are those computed otherwise; calibration runs that a fit has seen are refused."""
    inputs, values = own_columns(runs=120)
    frame = pd.DataFrame(inputs | values)
    table = framed(frame[:80])
    study = cross_validate(table, ["linear", "mean"], seed=3)
    assert list(study.emulators) == ["mean", "linear"]
    told = study.out_of_fold["linear"].sel(output="lifetime")
    errors = told["target"].values - told["mean"].values
    scores = study.scores.set_index(["family", "output", "metric"])["value"]
    assert scores["linear", "lifetime", "rmse"] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-12)
    held = study.calibrate(framed(frame[80:]))
    raw = held.query(
        "family == 'linear' and output == 'lifetime' and treatment == 'raw' and level == 0.9"
    ).iloc[0]
    prediction = study.emulators["linear"].predict({name: inputs[name][80:] for name in inputs})["lifetime"]
    low, high = (np.ravel(end) for end in prediction.interval(0.9))
    assert raw["value"] == np.mean((low <= values["lifetime"][80:]) & (values["lifetime"][80:] <= high))
    assert refused(lambda: study.calibrate(framed(frame[70:])), "yet the fit saw it")
