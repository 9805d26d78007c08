"""Captions are whole whatever was measured, quote this run's numbers, and say what not to conclude."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from report_data import ROOT, finished, metrics

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.file import load
from nbody_emulator.figures.register import FIGURES, HEADINGS
from nbody_emulator.report.inline_svg import InlineFigure
from nbody_emulator.report.page import TEMPLATES, caption, context, templates

CAPTIONS = TEMPLATES / "captions"
CONFIGS = {path.stem: load(path) for path in sorted((ROOT / "config").glob("*.yaml"))}
OF_COST = ("costs", "timings")
AWAITED = {"calibration_regions"}
"""Captions of figures that are about to come."""


@pytest.fixture(params=[False, True], ids=["measured", "missing"])
def missing(request) -> bool:
    return request.param


def rendered(name: str, folder: Path, config: str = "test", missing: bool = False) -> str:
    """The text of a caption, without its markup, which is whole."""
    known = context(finished(folder, CONFIGS[config], missing))
    markup = caption(templates(), InlineFigure(name, "", "", "", 1.0), known)
    return " ".join(" ".join(ElementTree.fromstring(f"<div>{markup}</div>").itertext()).split())


def test_the_synthetic_metrics_are_such_as_the_schema_allows(missing):
    schema = json.loads((ROOT / "workflow" / "schemas" / "metrics.schema.json").read_text())
    assert not list(Draft202012Validator(schema).iter_errors(metrics(missing)))


def test_every_figure_has_a_caption_and_every_caption_a_figure():
    assert {path.stem for path in CAPTIONS.glob("*.html")} - AWAITED == {*FIGURES.names, *OF_COST}


def test_every_figure_and_every_heading_has_its_place():
    assert {FIGURES.facts(name).section for name in FIGURES.names} <= set(HEADINGS)
    assert {path.stem for path in (TEMPLATES / "sections").glob("*.html")} == set(HEADINGS)


SHOWN = [
    pytest.param(name, config, id=f"{name}-{config}")
    for name in (*FIGURES.names, *OF_COST, *AWAITED)
    for config, experiment in CONFIGS.items()
    if isinstance(experiment, ClusterExperiment)
    or not (name in FIGURES.names and FIGURES.facts(name).of_steps)
]
"""Captions, with the configurations in whose report they stand."""


@pytest.mark.parametrize(("name", "config"), SHOWN)
def test_captions_are_whole(name, config, missing, tmp_path):
    text = rendered(name, tmp_path, config, missing)
    assert "None" not in text and "nan" not in text and "{" not in text


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("costs", "Gaussian process 0.500 0.500 ± 0.500 no no 12.5 3.1 1,234 0.5 no"),
        ("timings", "took 60 % of the seconds"),
        ("comparison", "mean 0.123 ± 0.010"),
        ("energy", "95.0 % of all 100 runs"),
        ("energy", "REBOUND over ours"),
        ("energy", "ours over numba"),
        ("bias_variance", "network ensemble, widths 8: squared bias 0.123"),
        ("learning_curve", "330 (at least 190)"),
    ],
)
def test_numbers_are_those_of_the_run(name, number, tmp_path):
    assert number in rendered(name, tmp_path)


@pytest.mark.parametrize(
    ("name", "told"), [("costs", "no not known not known 1,234"), ("noise", "not known")]
)
def test_what_is_missing_is_not_known(name, told, tmp_path):
    assert told in rendered(name, tmp_path, missing=True)


@pytest.mark.parametrize("name", [*FIGURES.names, *AWAITED])
def test_captions_say_what_the_bars_are_and_what_not_to_conclude(name, tmp_path):
    text = rendered(name, tmp_path, "laptop").lower()
    assert "standard error" in text or "no error bars" in text
    assert any(words in text for words in ("do not", " not ", "no evidence", "nothing here"))


@pytest.mark.parametrize("name", ["calibration", "comparison", "learning_curve", "costs"])
def test_captions_name_families_as_legends_do(name, tmp_path):
    text = rendered(name, tmp_path)
    assert "Gaussian process" in text and "gaussian" not in text
