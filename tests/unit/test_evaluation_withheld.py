"""One output's trouble withholds no number of another: every table, the metrics and every figure are still made."""

import evaluation_data as data
import figures_data
import numpy as np
import pandas as pd
import pytest
import test_evaluation_tables as whole
from gaussian_scores import scored
from matplotlib import pyplot
from pandas.testing import assert_frame_equal

from nbody_emulator.evaluation.metrics import collect
from nbody_emulator.evaluation.register import TABLES
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.test_set import evaluate
from nbody_emulator.figures.register import FIGURES, table_of
from nbody_emulator.settings.figure_style import Style

STYLE = Style()
SOUND, TROUBLED = "f_bound", "sigma_v"
OUTPUTS = [TROUBLED, SOUND]


def constant(dataset):
    """The output is the same in every run, so that no fit learns it."""
    return {"target": 0.0, "mean": np.nan, "variance": np.nan}


def absent(dataset):
    """No run has the output, so that none predicts it."""
    return {"target": np.nan, "mean": np.nan, "variance": np.nan}


def not_learned(dataset):
    """Runs have it, and every fit had too few."""
    return {"mean": np.nan, "variance": np.nan}


def in_one_training_run(dataset):
    """One training run has it, and no other run."""
    first = np.arange(dataset["target"].shape[0]) == 0
    return {"target": np.where(first, 1.0, np.nan)}


def only_in_training(dataset):
    """No run that judges noise or calibration has it."""
    role = dataset["role"].values if "role" in dataset else np.full(dataset["target"].shape[0], "noise")
    return {"target": np.where(role == "training", dataset["target"].sel(output=TROUBLED).values, np.nan)}


numbers_may_not_exist = pytest.mark.filterwarnings(
    "ignore::RuntimeWarning:nbody_emulator", "ignore::RuntimeWarning:numpy"
)
"""What does not exist is NaN in every table; of how it comes about, as the mean of nothing, numpy warns."""

TROUBLES = (constant, absent, not_learned, in_one_training_run, only_in_training)


def changed(dataset, trouble):
    dataset = dataset.copy(deep=True)
    for name, values in trouble(dataset).items():
        if name in dataset:
            dataset[name].loc[{"output": TROUBLED}] = values
    return scored(dataset) if "variance" in dataset else dataset


def troubled(sources: Sources, trouble) -> Sources:
    return Sources(
        {
            role: found
            if role in ("fittings", "posteriors", "evidences", "information", "draws", "fate_predictions")
            else tuple(changed(each, trouble) for each in found)
            for role, found in sources.items()
        }
    )


def made(sources: Sources, outputs) -> dict[str, pd.DataFrame]:
    def only(dataset):
        if "output" not in dataset.dims:
            return dataset
        chosen = dataset.sel(output=outputs)
        return scored(chosen) if "variance" in chosen else chosen

    of_outputs = Sources({role: tuple(map(only, found)) for role, found in sources.items()})
    return {name: TABLES.load(name)(of_outputs, data.PROTOCOL) for name in TABLES.names}


@pytest.fixture(scope="module")
def sound() -> dict[str, pd.DataFrame]:
    return made(whole.sources(), [SOUND])


@numbers_may_not_exist
@pytest.mark.parametrize("trouble", TROUBLES)
def test_an_output_in_trouble_leaves_all_numbers_of_the_other_and_every_figure(trouble, sound):
    tables = made(troubled(whole.sources(), trouble), OUTPUTS)
    for name in (
        "scores",
        "noise",
        "bias_variance",
        "learning_curve",
        "calibration",
        "half_step",
        "residuals",
    ):
        of_sound = tables[name][tables[name]["output"] == SOUND].reset_index(drop=True)
        expected = sound[name][sound[name]["output"] == SOUND].reset_index(drop=True)
        assert_frame_equal(of_sound, expected, check_dtype=False, obj=name)
    metrics = collect(tables, data.METRICS)
    assert all(np.isfinite(score["value"]) for score in metrics["primary"].values())
    for name in FIGURES.names:
        if table_of(name) in tables:
            pyplot.close(FIGURES.load(name).draw(figures_data.as_read(tables[table_of(name)]), STYLE))


@numbers_may_not_exist
@pytest.mark.parametrize("trouble", (constant, absent, not_learned))
def test_what_cannot_be_scored_decides_nothing(trouble, sound):
    tables = made(troubled(whole.sources(), trouble), OUTPUTS)
    assert_frame_equal(tables["comparison"], sound["comparison"])
    metrics = collect(tables, data.METRICS)
    assert list(metrics["not_scored"]) == [TROUBLED]
    assert f"{TROUBLED} {metrics['not_scored'][TROUBLED]}" in metrics["recommended"]["sentence"]
    assert ("the same" in metrics["not_scored"][TROUBLED]) == (trouble is constant)


@numbers_may_not_exist
@pytest.mark.parametrize("trouble", (constant, absent, not_learned))
def test_the_test_set_is_evaluated_all_the_same(trouble):
    def both(outputs, change):
        sealed = data.families(data.runs(data.SEALED_SETS))
        unsealed = data.families()
        of_outputs = [
            [scored(dataset.sel(output=outputs)) for dataset in change(families)]
            for families in (sealed, unsealed)
        ]
        return evaluate(*of_outputs, data.PROTOCOL, "network")

    metrics, scores, _ = both(OUTPUTS, lambda families: [changed(each, trouble) for each in families])
    expected_metrics, expected, _ = both([SOUND], list)
    frames = (each[each["output"] == SOUND].reset_index(drop=True) for each in (scores, expected))
    assert_frame_equal(*frames)
    assert metrics["primary"] == expected_metrics["primary"]


@numbers_may_not_exist
def test_without_any_score_nothing_is_said_of_the_best():
    tables = made(troubled(whole.sources(), constant), [TROUBLED])
    sentence = collect(tables, data.METRICS.changed(outputs=(TROUBLED,)))["recommended"]["sentence"]
    assert sentence.startswith("No family has a score")
    assert "nan" not in sentence
