"""The parts of the report: figures keep to themselves, words are those of numbers, goals are judged as they say."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from nbody_emulator.report import numbers
from nbody_emulator.report.finished import Finished
from nbody_emulator.report.fonts import font_faces
from nbody_emulator.report.inline_svg import inline, texts

DRAWN = """<?xml version="1.0"?><!DOCTYPE svg>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 504 200" width="504pt">
<title>Nine of ten\n hold.</title><desc>Nine of ten hold. Dots.</desc><metadata>made</metadata>
<defs><style>*{stroke-linecap: butt}</style><path id="m1"/><clipPath id="p0"/></defs>
<g clip-path="url(#p0)" style="fill: url(#p0)"><use xlink:href="#m1"/><text>Σ ab</text></g></svg>"""


@pytest.fixture
def drawn(tmp_path) -> Path:
    path = tmp_path / "noise.svg"
    path.write_text(DRAWN)
    return path


def test_a_figure_says_what_it_found_and_what_it_shows(drawn):
    figure = inline(drawn)
    assert (figure.title, figure.description) == ("Nine of ten hold.", "Dots.")
    assert figure.width == pytest.approx(7 * 96)
    assert texts(drawn) == "Σ ab"


def test_names_and_styles_of_a_figure_are_its_own(drawn):
    markup = inline(drawn).markup
    for written in ('id="noise-m1"', '"#noise-m1"', 'id="noise-p0"', "#noise-svg { *{stroke-linecap"):
        assert written in markup
    assert markup.count("url(#noise-p0)") == 2 and 'viewBox="0 0 504 200"' in markup
    assert "metadata" not in markup and "width=" not in markup and "ns0:" not in markup


@pytest.mark.parametrize("text", ["no svg", "<svg/>", '<svg xmlns="http://www.w3.org/2000/svg"/>'])
def test_what_is_no_figure_is_refused_in_one_line(text, tmp_path):
    path = tmp_path / "noise.svg"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"^{path}: no SVG.*; make it again$"):
        inline(path)


def test_the_font_has_the_letters_that_are_written_and_the_same_bytes_again():
    few = font_faces("ab")
    assert few == font_faces("ba") and few.count("@font-face") == 3
    assert len(few) < 20_000
    assert font_faces(" ") == ""


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"value": 0.12345, "standard_error": 0.01}, "0.123 ± 0.010"),
        ({"value": 0.12345, "standard_error": None}, "0.123"),
        ({"value": None, "standard_error": None}, "not known"),
        ({"value": float("nan"), "standard_error": 1.0}, "not known"),
        ({"value": -1e-9, "standard_error": 1e-9}, "0.000 ± 0.000"),
    ],
)
def test_a_number_stands_with_its_error_or_is_not_known(entry, told):
    assert numbers.estimate(entry) == told


def test_a_span_is_of_what_is_known():
    assert numbers.span([0.9, None, 0.5], 1, 100.0) == "50.0 to 90.0"
    assert (numbers.span([0.5]), numbers.span([None])) == ("0.50", "not known")
    assert [numbers.significant(value, 3) for value in (1075.5, 2.208, 1e-7, None)] == [
        "1,080",
        "2.21",
        "1e-07",
        "not known",
    ]
    assert numbers.unit("pc Myr-1") == "pc Myr⁻¹"


LEDGER = (
    {"evaluation": "e1", "models": "old"},
    {"evaluation": "e2", "models": "mine"},
    {"evaluation": "e3", "models": "mine", "carried_from": "e2"},
    {"evaluation": "e4", "models": "other"},
)


@pytest.mark.parametrize(
    ("evaluation", "models", "is_told"),
    [
        ("e2", "mine", True),
        ("e3", "mine", True),
        ("e1", "mine", False),
        ("e4", "mine", False),
        ("e1", "old", True),
    ],
)
def test_an_evaluation_is_told_where_it_judged_these_models(evaluation, models, is_told, tmp_path):
    ledger = tmp_path / "results/published/mine/test_set_ledger.jsonl"
    folder = tmp_path / "results/mine/evaluation"
    for each in (ledger.parent, folder):
        each.mkdir(parents=True)
    ledger.write_text("".join(json.dumps(line) + "\n" for line in LEDGER))
    (folder / "evaluation.json").write_text('{"points": 3}')
    (folder / "export-0.json").write_text(json.dumps({"evaluation.json": {"identity": evaluation}}))
    found = Finished(SimpleNamespace(experiment="mine"), folder.parent, tmp_path, models)
    assert (found.evaluation == {"points": 3}) is is_told
    assert [line["present"] for line in found.openings] == [line["models"] == models for line in LEDGER]
