"""What it is worth to be given more: on planted noise that a task knows in part, the table says how much."""

import evaluation_data as data
import numpy as np
import pytest

from nbody_emulator.evaluation.given import make
from nbody_emulator.evaluation.sources import Sources


def table(predictions=None, tasks=None, repeats=True):
    dataset = data.dataset(data.with_repeats() if repeats else None)
    sources = Sources(
        dataset=(dataset,), predictions=predictions or data.families(), task_predictions=tasks or data.tasks()
    )
    return make(sources, data.PROTOCOL)


@pytest.fixture(scope="module")
def found():
    return table().set_index(["task", "family", "output"])


def test_tasks_stand_in_the_order_of_the_configuration_each_with_its_best_family(found):
    order = list(dict.fromkeys(found.index.get_level_values("task")))
    assert order == ["parameters", "mass", "stars"]
    assert found["best"].groupby(level=["task", "output"]).sum().eq(1).all()
    best = found[found["best"]].index.droplevel("output").unique()
    assert list(best) == [("parameters", "network"), ("mass", "linear"), ("stars", "network")]
    assert dict(found["given"].groupby(level="task").first()) == {
        "parameters": "parameters",
        "mass": "features",
        "stars": "stars",
    }


def test_differences_are_to_the_best_that_is_given_the_parameters_alone_run_by_run(found):
    whole = found.xs("all", level="output")
    reference = whole.loc["parameters", "network"]
    assert reference["difference"] == reference["difference_standard_error"] == 0.0
    np.testing.assert_allclose(whole["difference"], whole["nll"] - reference["nll"], atol=1e-12)
    # The same runs: what a task knows of the noise it knows in every one, so that the difference is known better than
    # either score.
    mass = whole.loc["mass", "linear"]
    assert mass["difference_standard_error"] < 0.5 * mass["nll_standard_error"]


def test_who_knows_half_of_the_noise_has_half_of_its_error_and_who_knows_all_has_none(found):
    outputs = found.drop(index="all", level="output")
    of = {
        task: outputs.xs(key, level=("task", "family"))
        for task, key in {
            "parameters": ("parameters", "network"),
            "mass": ("mass", "linear"),
            "stars": ("stars", "network"),
        }.items()
    }
    # The network of the synthetic data knows the response: what it misses is the noise, of as many runs as train.
    ratio = of["parameters"]["rmse_over_noise"]
    assert np.all(np.abs(ratio - 1.0) < 3.0 * of["parameters"]["rmse_over_noise_standard_error"])
    np.testing.assert_allclose(of["mass"]["rmse_over_noise"], 0.5 * ratio, rtol=1e-12)
    np.testing.assert_allclose(of["stars"]["rmse_over_noise"], 0.0, atol=1e-12)


def test_chaos_is_the_floor_of_what_stars_leave_open(found):
    chaos = found.sort_index().loc["parameters", "network"].drop(index="all")
    expected = {output: data.CHAOS[output] / data.NOISE[output] for output in data.OUTPUTS}
    for output, row in chaos.iterrows():
        assert abs(row["chaos_over_noise"] - expected[output]) < 3.0 * row["chaos_over_noise_standard_error"]
    assert table(repeats=False)["chaos_over_noise"].isna().all()


def test_runs_that_are_not_the_same_are_not_compared():
    columns = data.runs()
    other = {name: values[::-1] for name, values in columns.items()}
    with pytest.raises(ValueError, match="the runs of linear in the task mass are not those of mean"):
        table(tasks=data.tasks(other))
