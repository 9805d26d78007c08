"""A finished experiment that was never run, for the report: every number is there, or all are missing that may be."""

import json
from pathlib import Path
from typing import Any

import figures_data

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.report.finished import Finished
from nbody_emulator.report.page import context
from nbody_emulator.running.costs import KEPT, WORTH
from nbody_emulator.running.timings import KINDS

ROOT = Path(__file__).parents[2]
SENTENCE = "The Gaussian process is recommended: its cross-validated negative log likelihood is the lowest."


def estimate(value, error=0.01) -> dict:
    ends = (None, None) if error is None else (value - 2 * error, value + 2 * error)
    return {"value": value, "standard_error": error, "lower": ends[0], "upper": ends[1]}


ODDS = figures_data.odds(models=3, size=0.1).to_csv(index=False)
GIVEN = figures_data.tables(size=0.1, families=["mean", "linear", "network"], only=["given"])["given"]
FATES = figures_data.fates("fates", studies=2, size=0.1)
COUNT = {"outside": 3, "looks": 12, "expected": 0.5, "at_most": 4.0}
BANDS = {"raw": dict.fromkeys(("central", "one_sided"), COUNT), "hpd_conformal": {"region": COUNT}}


def of_a_rung(one: dict, outputs: list[str]) -> dict:
    """The parts of the squared error of each output, and of the joint score."""
    terms = dict.fromkeys(("bias_squared", "variance", "noise", "error", "closing_error"), one)
    of_score = ("floor", "bias", "variance", "width", "shape", "score", "closing_error")
    return dict.fromkeys(outputs, terms) | {"all": terms | {f"log_{name}": one for name in of_score}}


def posteriors(one: dict) -> dict:
    """Of one family, by the likelihood in use."""
    number = {name: one[name] for name in ("value", "standard_error") if one[name] is not None}
    found = {
        "coverage": {level: {"value": 0.9, "standard_error": 0.01} for level in ("50", "68", "90", "95")},
        "hpd_p": {"all": {"value": 0.4}},
        "variance_factor": {"all": {"value": 1.3, "standard_error": 0.1}},
        "contraction": {name: {"value": 0.3} for name in ("scale_radius", "virial_ratio")},
        "information": {"all": number},
    }
    return {"joint": {"widened": {"observation": found}}}


def calibration(one: dict, outputs: list[str]) -> dict:
    """Of one family, by output and treatment."""
    worst = {"region": "r_h:low", "level": 0.9, "distance": 2.5, "at_most": 3.1}
    shared = {"mace": one["value"], "mace_under_perfect_calibration": one["value"], "rows": 60}
    shared |= {"worst_region": worst}
    treated = dict.fromkeys(["coverage_90", "tail_below_90", "tail_above_90"], one) | shared
    whole = dict.fromkeys(("raw", "recalibrated", "raw_out_of_fold"), treated | dict.fromkeys(MOMENTS, one))
    region = shared | {"coverage_90": one}
    joint = {"hpd_conformal": region, "raw": region}
    return dict.fromkeys(outputs, whole | {"distributional_conformal": treated}) | {"all": joint}


MOMENTS = ("z_mean", "z_standard_deviation")


def metrics(missing: bool) -> dict:
    """Metrics of two families and two outputs; with `missing`, every number that may be null is."""
    one = estimate(None, None) if missing else estimate(0.123456)
    families, outputs = ["gaussian_process", "mean"], ["f_bound", "r_h"]
    return {
        "experiment": "synthetic",
        "runs": runs(missing),
        "not_scored": {},
        "recommended": recommended(missing),
        "families": {
            family: {output: dict.fromkeys(SCORES, one) for output in outputs} for family in families
        },
        "primary": dict.fromkeys(families, one),
        "whole_runs": {
            family: dict.fromkeys(("joint_nll", "state_nll", "energy_score"), one) for family in families
        },
        "runs_needed": {
            family: {output: needed(place, missing) for output in (*outputs, "all")}
            for place, family in enumerate(families, 1)
        },
        "optimism": dict.fromkeys(families, one),
        "half_step": {
            output: {"runs": 18, "mean_shift": one, "rms_shift": one["value"]} for output in outputs
        },
        "noise": dict.fromkeys(outputs, noise(one)),
        **ladders(one, outputs),
        "calibration": dict.fromkeys(families, calibration(one, outputs)),
        "bands": dict.fromkeys(families, BANDS),
        "posteriors": {family: posteriors(one) for family in families},
    }


SCORES = (
    "mse",
    "rmse",
    "mae",
    "r2",
    "explainable_r2",
    "rmse_over_noise_floor",
    "nll",
    "crps",
    "coverage_68",
    "coverage_90",
)


def runs(missing: bool) -> dict:
    return {
        "total": 100,
        "usable": 98,
        "unusable": 2,
        "within_tolerance_fraction": 0.95,
        "energy_error": {"median": 1e-7, "percentile_99": None if missing else 1e-5},
        "at_step_floor": 3,
        "by_status": {"ok": 95, "above_tolerance": 3, "unusable": 1, "not_finite": 1},
        "missing_outputs": {"f_bound": 0, "r_h": 1},
    }


def recommended(missing: bool) -> dict:
    return {
        "family": "gaussian_process",
        "best": "gaussian_process",
        "difference": 0.0,
        "difference_standard_error": 0.0,
        "numbers": 1234,
        "megabytes": 0.05,
        "for_samplers": None if missing else "gaussian_process",
        "sentence": SENTENCE,
    }


def noise(one: dict) -> dict:
    whole = {"variance": one, "share": one}
    return whole | {"parts": {"chaos": whole, "stars": whole}}


def ladders(one: dict, outputs: list[str]) -> dict:
    rung = of_a_rung(one, outputs)
    return {
        "bias_variance": {
            "polynomial": {"degrees": dict.fromkeys(("0", "2", "10"), rung)},
            "network": {"widths": {"8": rung}},
        },
        "regularization": {"lasso": {"penalties": {"0.01": rung}}},
    }


def needed(place: int, missing: bool) -> dict:
    if missing:
        unknown = {"value": None, "lower": None, "upper": None, "answer": "not known: too few noise floor"}
        return {"place": place} | unknown
    return {"place": place, "value": 330.0, "lower": 190.0, "upper": None, "answer": "330 (at least 190)"}


def timings(missing: bool) -> dict:
    """Of two stages, one of which has left no seconds by kind."""
    seconds = {f"{kind}_seconds": 0.0 if missing else 1.25 for kind in KINDS}
    told = {"jobs": 3, "seconds": 9.5, "longest_seconds": 4.0, "peak_memory_mb": 512.0}
    return {"fits": told | seconds, "tables": told | dict.fromkeys(seconds, 0.0)}


def costs(missing: bool) -> str:
    """costs.csv of one family, whose fits may have been taken over from elsewhere."""
    seconds = {"seconds_per_fit": "12.5", "microseconds_per_answer": "3.1"}
    told = dict.fromkeys((*WORTH, *KEPT), "0.5") | {"family": "gaussian_process", "numbers": "1234"}
    row = told | (dict.fromkeys(seconds, "") if missing else seconds)
    return f"{','.join(row)}\n{','.join(row.values())}\n"


def context_of(folder: Path, experiment: Experiment, missing: bool) -> dict[str, Any]:
    """What captions may ask for, of files in `folder`; benchmarks are those of this checkout."""
    (folder / "tables").mkdir(exist_ok=True)
    (folder / "metrics.json").write_text(json.dumps(metrics(missing)))
    (folder / "timings.json").write_text(json.dumps(timings(missing)))
    (folder / "costs.csv").write_text(costs(missing))
    if not missing:
        (folder / "tables" / "odds.csv").write_text(ODDS)
        GIVEN.to_csv(folder / "tables" / "given.csv", index=False)
        FATES.to_csv(folder / "tables" / "fates.csv", index=False)
    evaluation = {"points": 30, "runs": {"usable": 60}, "recommended": {"sentence": SENTENCE}}
    return context(Finished(experiment, folder, ROOT, models="")) | {"evaluation": evaluation}
