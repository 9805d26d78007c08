"""The evaluation on sealed rows: refusal of seen points, errors by design point, exact closing."""

import copy
import functools
import json

import evaluation_data as data
import jsonschema
import numpy as np
import pytest

from nbody_emulator.evaluation.as_json import SCHEMAS, checked
from nbody_emulator.evaluation.conformal import conformal_quantiles
from nbody_emulator.evaluation.rows import rows_of
from nbody_emulator.evaluation.test_set import evaluate
from nbody_emulator.evaluation.treatments import REGION_TREATMENTS, TREATMENTS
from nbody_emulator.identity.seen_points import PARTS, record

A_FIT = record({"test/0/1": "0123456789ab"}, dict.fromkeys(PARTS, ("test/0/1",)))
SEALED = data.runs(data.SEALED_SETS)


@pytest.fixture(scope="module")
def evaluated():
    return evaluate(data.families(SEALED), data.families(), data.PROTOCOL, "network")


def test_scores_close_and_agree_with_the_truth(evaluated):
    metrics, scores, _ = evaluated
    by_score = scores.set_index(["family", "output", "metric"]).sort_index()
    table, errors = by_score["value"], by_score["standard_error"]
    for family in data.PROTOCOL.families:
        for output in data.OUTPUTS:
            one = table.loc[family, output]
            # Algebra of one fit with two runs a point: only rounding.
            assert one["mse_mean_response"] + one["noise_variance"] == pytest.approx(one["mse"], rel=1e-12)
    for output in data.OUTPUTS:
        perfect, error = table.loc["network", output], errors.loc["network", output]
        # The network is the true response: three standard errors of one fixed draw.
        assert abs(perfect["mse_mean_response"]) < 3 * error["mse_mean_response"]
        assert abs(perfect["noise_variance"] - data.NOISE[output] ** 2) < 3 * error["noise_variance"]
        assert abs(perfect["explainable_r2"] - 1) < 3 * error["explainable_r2"]
    assert metrics["points"] == 50
    assert metrics["runs"] == {
        "total": 100,
        "usable": 100,
        "unusable": 0,
        "missing_outputs": {"f_bound": 0, "sigma_v": 0},
    }


def test_coverages_are_counted_with_one_run_a_point(evaluated):
    bands = evaluated[0]["bands"]["network"]
    assert set(bands) == {*TREATMENTS, *REGION_TREATMENTS} - {"raw_out_of_fold"}
    outputs, levels = len(data.OUTPUTS), len(data.PROTOCOL.levels)
    for kinds in bands.values():
        for kind, looks in (("central", outputs), ("one_sided", 2 * outputs), ("region", 1)):
            if kind in kinds:
                assert kinds[kind]["looks"] == looks * levels
                # It is the true response with the true noise: one draw of twenty is farther off.
                assert kinds[kind]["outside"] <= kinds[kind]["at_most"]
    assert set(bands["raw"]) == {"central", "one_sided", "region"}
    copied = {name: np.concatenate([values, values]) for name, values in SEALED.items()}
    again, *_ = evaluate(data.families(copied), data.families(), data.PROTOCOL, "network")
    # Other runs of the same points say nothing new.
    assert again["bands"]["network"] == bands


def test_what_treats_sealed_rows_is_all_of_the_calibration_role_and_none_of_them(evaluated):
    by_score = evaluated[1].set_index(["family", "output", "metric"]).sort_index()["value"]
    by_score = by_score.loc["network", "f_bound"]
    calibration = rows_of(data.families()[2], "f_bound", ["calibration"])
    sealed = rows_of(data.families(SEALED)[2], "f_bound", ["sealed"])
    for level in data.PROTOCOL.levels:
        reach = conformal_quantiles(np.abs(calibration.target - calibration.mean), np.array([level]))[0]
        held = np.mean(np.abs(sealed.target - sealed.mean) <= reach)
        assert by_score[f"split_conformal_coverage_{100 * level:.0f}"] == held


def test_metrics_fit_their_schema_and_others_are_refused(evaluated):
    metrics, *_ = evaluated
    assert checked(metrics, "evaluation") == metrics
    for path in (("points",), ("primary", "linear", "value"), ("families", "mean", "f_bound", "mse")):
        *above, last = path
        wrong = copy.deepcopy(metrics)
        section = functools.reduce(dict.__getitem__, above, wrong)
        section["unheard_of"] = section.pop(last)
        with pytest.raises(jsonschema.ValidationError):
            checked(wrong, "evaluation")


def test_every_key_of_the_schema_is_described():
    schema = json.loads((SCHEMAS / "evaluation.schema.json").read_text())

    def parts(part):
        yield part
        for key in ("properties", "patternProperties", "$defs"):
            for inner in part.get(key, {}).values():
                yield from parts(inner)

    for part in parts(schema):
        assert part.get("description") or "$ref" in part
        assert part.get("type") != "object" or "additionalProperties" in part


def test_the_recommendation_is_that_of_cross_validation(evaluated):
    metrics, *_ = evaluated
    assert metrics["recommended"]["family"] == "network"
    assert metrics["primary"]["network"]["above_recommended"] == 0
    assert metrics["primary"]["linear"]["above_recommended"] > 0
    assert "50 sealed design points the network" in metrics["recommended"]["sentence"]
    # Sealed targets that favour the mean change the scores, not the recommendation.
    spoiled = {
        **SEALED,
        "target": np.broadcast_to(data.runs()["response"].mean(axis=0), SEALED["target"].shape),
    }
    metrics, *_ = evaluate(data.families(spoiled), data.families(), data.PROTOCOL, "network")
    assert metrics["recommended"]["family"] == "network"
    assert metrics["primary"]["mean"]["above_recommended"] < 0


def test_copies_of_the_replicates_make_no_error_smaller():
    copied = {name: np.concatenate([values, values]) for name, values in SEALED.items()}
    copied["replicate"] = np.concatenate([SEALED["replicate"], SEALED["replicate"] + 2])
    errors = [
        evaluate(data.families(columns), data.families(), data.PROTOCOL, "network")[1]
        .set_index(["family", "output", "metric"])
        .loc[("linear", "f_bound", "mse"), "standard_error"]
        for columns in (SEALED, copied)
    ]
    # The line is fitted to the true response of either: the same but for rounding.
    assert errors[1] == pytest.approx(errors[0], rel=1e-9)


def test_missing_outputs_of_the_test_set_are_counted():
    columns = {**SEALED, "target": SEALED["target"].copy()}
    columns["target"][[0, 1, 2], 1] = np.nan
    metrics, scores, _ = evaluate(data.families(columns), data.families(), data.PROTOCOL, "network")
    assert metrics["runs"]["missing_outputs"] == {"f_bound": 0, "sigma_v": 3}
    assert np.all(np.isfinite(scores["value"]))


def test_a_point_that_was_seen_is_refused_by_name():
    with pytest.raises(ValueError, match=r"not sealed.*train/0/3"):
        leaked = {**SEALED, "group": np.where(SEALED["group"] == "test/0/1", "train/0/3", SEALED["group"])}
        evaluate(data.families(leaked), data.families(), data.PROTOCOL, "network")
    with pytest.raises(ValueError, match=r"not sealed.*test/0/1"):
        evaluate(data.families(SEALED), data.families(), data.PROTOCOL, "network", {"a.eqx": A_FIT})


def test_a_point_that_was_seen_is_refused_under_another_name():
    leaked = {**SEALED, "input": SEALED["input"].copy()}
    leaked["input"][4:6] = data.runs()["input"][17]
    with pytest.raises(ValueError, match="not sealed"):
        evaluate(data.families(leaked), data.families(), data.PROTOCOL, "network")


def test_sealed_rows_among_the_unsealed_are_refused():
    with pytest.raises(ValueError, match="sealed rows"):
        evaluate(data.families(SEALED), data.families(SEALED), data.PROTOCOL, "network")
    with pytest.raises(ValueError, match="sealed rows"):
        evaluate(data.families(), data.families(), data.PROTOCOL, "network")
