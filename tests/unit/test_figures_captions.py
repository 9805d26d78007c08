"""Captions are whole whatever was measured, quote this run's numbers, and say what not to conclude."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from report_data import ROOT, context_of, metrics

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.file import load
from nbody_emulator.figures.register import FIGURES, HEADINGS
from nbody_emulator.report.page import TEMPLATES, templates

CONFIGS = {path.stem: load(path) for path in sorted((ROOT / "config").glob("*.yaml"))}

SHOWN = [f"captions/{name}" for name in FIGURES.names] + ["tables/costs", "tables/timings"]


@pytest.fixture(params=[False, True], ids=["measured", "missing"])
def missing(request) -> bool:
    return request.param


def rendered(name: str, folder: Path, config: str = "test", missing: bool = False) -> str:
    """The text of a template, without its markup, which is whole."""
    known = context_of(folder, CONFIGS[config], missing)
    markup = templates().get_template(f"{name}.html").render(known)
    return " ".join(" ".join(ElementTree.fromstring(f"<div>{markup}</div>").itertext()).split())


def test_the_synthetic_metrics_are_such_as_the_schema_allows(missing):
    schema = json.loads((ROOT / "workflow" / "schemas" / "metrics.schema.json").read_text())
    assert not list(Draft202012Validator(schema).iter_errors(metrics(missing)))


def test_every_figure_has_a_caption_and_every_caption_a_figure():
    assert {path.stem for path in (TEMPLATES / "captions").glob("*.html")} == set(FIGURES.names)


def test_every_figure_and_every_heading_has_its_place():
    assert {FIGURES.facts(name).section for name in FIGURES.names} <= set(HEADINGS)
    assert {path.stem for path in (TEMPLATES / "sections").glob("*.html")} == set(HEADINGS)


@pytest.mark.parametrize("name", SHOWN)
def test_captions_are_whole_in_every_report_where_they_stand(name, missing, tmp_path):
    is_of_steps = Path(name).stem in FIGURES.names and FIGURES.facts(Path(name).stem).of_steps
    for config, experiment in CONFIGS.items():
        if isinstance(experiment, ClusterExperiment) or not is_of_steps:
            text = rendered(name, tmp_path, config, missing)
            assert "None" not in text and "nan" not in text and "{" not in text


OF_CLUSTERS = re.compile(
    r"\b(stars?|clusters?|dissolved?|surviv\w+|soften\w+|bound|chao\w+)\b", re.IGNORECASE
)
OF_CLUSTERS_ALONE = ("odds", "given", "fates")
"""Odds are between clusters, what is given is of their stars, and so are fates."""

OF_ALL = [
    name for name in FIGURES.names if not FIGURES.facts(name).of_steps and name not in OF_CLUSTERS_ALONE
]
"""Figures that runs of any simulator may have."""

OTHERS = sorted(name for name, each in CONFIGS.items() if not isinstance(each, ClusterExperiment))


@pytest.mark.parametrize("config", OTHERS)
@pytest.mark.parametrize("name", OF_ALL)
def test_captions_of_runs_of_another_simulator_say_nothing_of_stars(name, config, tmp_path):
    known = context_of(tmp_path, CONFIGS[config], missing=False)
    noise = {output: {**told, "parts": None} for output, told in known["metrics"]["noise"].items()}
    known |= {"metrics": {**known["metrics"], "noise": noise}}  # chaos is told of clusters alone
    markup = templates().get_template(f"captions/{name}.html").render(known)
    assert not OF_CLUSTERS.findall(markup)


def test_captions_of_runs_from_files_say_nothing_of_how_points_were_drawn(tmp_path):
    assert "hypercube" in rendered("captions/design", tmp_path, "laptop")
    assert "hypercube" not in rendered("captions/design", tmp_path, "borehole")


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("tables/costs", "Gaussian process 0.500 0.500 ± 0.500 no no 12.5 3.1 1,234 0.5 no"),
        ("tables/timings", "took 60 % of the seconds"),
        ("captions/comparison", "mean 0.123 ± 0.010"),
        ("captions/energy", "95.0 % of all 100 runs"),
        ("captions/energy", "REBOUND over ours"),
        ("captions/energy", "ours over numba"),
        (
            "captions/given",
            "stars (the drawn stars themselves): network ensemble, \u22120.210 ± 0.020, of 640 runs",
        ),
        ("captions/given", "f_bound 0.20 ± 0.02, r_core 0.25 ± 0.02, r_h 0.30 ± 0.02, sigma_v not known."),
        ("captions/fates", "has escaped by the end, as 2"),
        ("captions/fates", "gradient boosting, \u22120."),
        ("captions/fates", "Where a miss costs 4 false alarms, it says yes from a probability of 0.220 on"),
        ("captions/bias_variance", "network ensemble, widths 8: squared bias 0.123"),
        ("captions/learning_curve", "330 (at least 190)"),
    ],
)
def test_numbers_are_those_of_the_run(name, number, tmp_path):
    assert number in rendered(name, tmp_path)


@pytest.mark.parametrize(
    ("name", "told"), [("tables/costs", "no not known not known 1,234"), ("captions/noise", "not known")]
)
def test_what_is_missing_is_not_known(name, told, tmp_path):
    assert told in rendered(name, tmp_path, missing=True)


@pytest.mark.parametrize("name", FIGURES.names)
def test_captions_say_what_the_bars_are_and_what_not_to_conclude(name, tmp_path):
    text = rendered(f"captions/{name}", tmp_path, "laptop").lower()
    assert "standard error" in text or "no error bars" in text
    assert any(words in text for words in ("do not", " not ", "no evidence", "nothing here"))


@pytest.mark.parametrize("name", ["captions/calibration", "captions/comparison", "tables/costs"])
def test_captions_name_families_as_legends_do(name, tmp_path):
    text = rendered(name, tmp_path)
    assert "Gaussian process" in text and "gaussian" not in text
