"""Captions are valid reStructuredText whatever was measured, and begin with the verdict where they should."""

import csv
import json
from pathlib import Path
from types import SimpleNamespace

import figures_data
import pytest
import yaml
from docutils.core import publish_parts
from docutils.writers import get_writer_class
from jinja2 import Environment, StrictUndefined
from jsonschema import Draft202012Validator

from nbody_emulator.emulators.register import FAMILIES, label_of
from nbody_emulator.figures.register import FIGURES
from nbody_emulator.running.costs import KEPT, WORTH
from nbody_emulator.running.report_numbers import AGAINST_REBOUND, MeasuredTable, Timings
from nbody_emulator.running.timings import KINDS

ROOT = Path(__file__).parents[2]
CAPTIONS = ROOT / "workflow" / "report"
CONFIGS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted((ROOT / "config").glob("*.yaml"))}
OF_COST = ("costs", "timings")
SENTENCE = "The Gaussian process is recommended: its cross-validated negative log likelihood is the lowest."
# Snakemake renders captions so, but takes a word it does not know for an empty one.
JINJA = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)


class Measured:
    """As captions get the metrics: a mapping of which only the keys may be asked for."""

    def __init__(self, metrics: dict):
        self._metrics = metrics

    def __getitem__(self, key: str):
        return self._metrics[key]


def estimate(value, error=0.01) -> dict:
    ends = (None, None) if error is None else (value - 2 * error, value + 2 * error)
    return {"value": value, "standard_error": error, "lower": ends[0], "upper": ends[1]}


ODDS = figures_data.odds(models=3, size=0.1).to_csv(index=False)
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
    names = [
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
    ]
    number, whole = one["value"], {"variance": one, "share": one}
    of_rung = of_a_rung(one, outputs)
    return {
        "experiment": "synthetic",
        "runs": {
            "total": 100,
            "usable": 98,
            "unusable": 2,
            "within_tolerance_fraction": 0.95,
            "energy_error": {"median": 1e-7, "percentile_99": None if missing else 1e-5},
            "at_step_floor": 3,
            "by_status": {"ok": 95, "above_tolerance": 3, "unusable": 1, "not_finite": 1},
            "missing_outputs": {"f_bound": 0, "r_h": 1},
        },
        "not_scored": {},
        "recommended": {
            "family": "gaussian_process",
            "best": "gaussian_process",
            "difference": 0.0,
            "difference_standard_error": 0.0,
            "numbers": 1234,
            "megabytes": 0.05,
            "for_samplers": None if missing else "gaussian_process",
            "sentence": SENTENCE,
        },
        "families": {
            family: {output: dict.fromkeys(names, one) for output in outputs} for family in families
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
        "half_step": {output: {"runs": 18, "mean_shift": one, "rms_shift": number} for output in outputs},
        "noise": {output: whole | {"parts": {"chaos": whole, "stars": whole}} for output in outputs},
        "bias_variance": {
            "polynomial": {"degrees": dict.fromkeys(("0", "2", "10"), of_rung)},
            "network": {"widths": {"8": of_rung}},
        },
        "regularization": {"lasso": {"penalties": {"0.01": of_rung}}},
        "calibration": dict.fromkeys(families, calibration(one, outputs)),
        "bands": dict.fromkeys(families, BANDS),
        "posteriors": {family: posteriors(one) for family in list(families)[:2]},
    }


def needed(place: int, missing: bool) -> dict:
    if missing:
        unknown = {"value": None, "lower": None, "upper": None, "answer": "not known: too few noise floor"}
        return {"place": place} | unknown
    return {"place": place, "value": 330.0, "lower": 190.0, "upper": None, "answer": "330 (at least 190)"}


def timings(missing: bool) -> Timings:
    """Of two stages, one of which has left no seconds by kind."""
    seconds = {f"{kind}_seconds": 0.0 if missing else 1.25 for kind in KINDS}
    told = {"jobs": 3, "seconds": 9.5, "longest_seconds": 4.0, "peak_memory_mb": 512.0}
    found = Timings("timings.json")
    found.stages = {"fits": told | seconds, "tables": told | dict.fromkeys(seconds, 0.0)}
    return found


def costs(missing: bool) -> MeasuredTable:
    """Of one family, whose fits may have been taken over from elsewhere."""
    seconds = {
        "seconds_per_fit": "" if missing else "12.5",
        "microseconds_per_answer": "" if missing else "3.1",
    }
    told = dict.fromkeys((*WORTH, *KEPT), "0.5") | {"family": "gaussian_process"}
    found = MeasuredTable("costs.csv")
    found.rows = [told | seconds]
    return found


def odds(missing: bool) -> MeasuredTable:
    """Of three models; without rows where none were compared."""
    found = MeasuredTable("odds.csv")
    found.rows = [] if missing else list(csv.DictReader(ODDS.splitlines()))
    return found


def opening(present: bool, value=0.123456) -> dict:
    headline = {"family": "gaussian_process", "value": value, "standard_error": 0.01}
    named = {"models": "0123456789ab", "evaluation": "ba9876543210", "stream": "development"}
    return named | {"headline": headline, "present": present}


def rendered(name: str, config: dict, missing: bool = False, openings: tuple = ()) -> str:
    params = SimpleNamespace(
        labels={family: label_of(family) for family in FAMILIES.names},
        measured=Measured(metrics(missing)),
        openings=SimpleNamespace(lines=list(openings)),
        timings=timings(missing),
        costs=costs(missing),
        odds=odds(missing),
        integrators=MeasuredTable(str(ROOT / "benchmarks" / "results" / "integrators.csv")),
        against_rebound=MeasuredTable(
            str(ROOT / "benchmarks" / "results" / "time_to_solution.csv"),
            AGAINST_REBOUND,
        ),
        against_numba=MeasuredTable(str(ROOT / "benchmarks" / "results" / "force_sums.csv")),
    )
    snakemake = SimpleNamespace(config=config, params=params)
    if name == "workflow":
        del snakemake.params
    return JINJA.from_string((CAPTIONS / f"{name}.rst").read_text()).render(snakemake=snakemake)


@pytest.mark.parametrize("missing", [False, True], ids=["measured", "missing"])
def test_the_synthetic_metrics_are_such_as_the_schema_allows(missing):
    schema = json.loads((ROOT / "workflow" / "schemas" / "metrics.schema.json").read_text())
    assert not list(Draft202012Validator(schema).iter_errors(metrics(missing)))


def test_every_figure_has_a_caption_and_every_caption_a_figure():
    assert {path.stem for path in CAPTIONS.glob("*.rst")} == {*FIGURES.names, *OF_COST, "workflow"}


SHOWN = [
    pytest.param(name, config, id=f"{name}-{config}")
    for name in (*FIGURES.names, *OF_COST, "workflow")
    for config in CONFIGS
    if "cluster" in CONFIGS[config] or not (name in FIGURES.names and FIGURES.facts(name).of_steps)
]
"""Captions, with the configurations in whose report they stand."""


@pytest.mark.parametrize(("name", "config"), SHOWN)
def test_captions_render_to_valid_text(name, config):
    for missing, openings in ((False, ()), (True, (opening(False, None), opening(True)))):
        text = rendered(name, CONFIGS[config], missing, openings)
        # Level 2 is a warning, such as a reference without a target or an unfinished list.
        settings = {"halt_level": 2, "report_level": 5}
        html = publish_parts(text, writer=get_writer_class("html")(), settings_overrides=settings)["body"]
        assert "None" not in html and "nan" not in html and "{" not in html
        assert "system-message" not in html


def test_the_comparison_begins_with_the_verdict():
    assert rendered("comparison", CONFIGS["test"]).startswith(SENTENCE + "\n\n")


def test_every_opening_of_the_test_set_is_printed_and_none_if_there_was_none():
    never = rendered("comparison", CONFIGS["test"])
    assert "has never been opened" in never and "nats per output\n" not in never
    twice = rendered("comparison", CONFIGS["test"], openings=(opening(False), opening(True)))
    assert twice.count("- development stream") == 2 and "never been opened" not in twice
    assert "other models (``0123456789ab``):\n  Gaussian process\n  0.123 ± 0.010 nats per output" in twice
    assert twice.count("the models of this report") == 1


def test_numbers_are_those_of_the_run():
    assert '"Gaussian process", 0.5, "0.5 ± 0.5", 0.5, 0.5, 12.5, 3.1' in rendered("costs", CONFIGS["test"])
    assert "0.5, not known, not known, 0.5" in rendered("costs", CONFIGS["test"], missing=True)
    assert "took 60 % of the seconds" in rendered("timings", CONFIGS["test"])
    assert "0.123 ± 0.010" in rendered("comparison", CONFIGS["test"])
    assert "95.0 % of all\n100 runs" in rendered("energy", CONFIGS["test"])
    assert "REBOUND over ours" in rendered("energy", CONFIGS["test"])
    assert "ours over numba" in rendered("energy", CONFIGS["test"])
    assert "- network, widths 8: squared bias 0.123" in rendered("bias_variance", CONFIGS["test"])
    assert "not known" in rendered("noise", CONFIGS["test"], missing=True)
    assert "     - 330 (at least 190)\n" in rendered("learning_curve", CONFIGS["test"])


@pytest.mark.parametrize("name", FIGURES.names)
def test_captions_say_what_the_bars_are_and_what_not_to_conclude(name):
    text = " ".join(rendered(name, CONFIGS["laptop"]).split())
    assert "standard error" in text or "no error bars" in text
    assert any(words in text for words in ("Do not", "do not", " not ", "no evidence", "Nothing here"))


def test_captions_name_families_as_legends_do():
    for name in ("calibration", "comparison", "learning_curve", "costs"):
        text = rendered(name, CONFIGS["test"])
        assert "Gaussian process" in text and "gaussian" not in text
    assert "training mean" in rendered("comparison", CONFIGS["test"])
