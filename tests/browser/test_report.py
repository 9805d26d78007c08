"""The report of a whole run, as a browser shows it: alone, readable at both sizes, every figure with its numbers."""

import re
from pathlib import Path

import pytest

from nbody_emulator.configuration.file import load
from nbody_emulator.figures.register import HEADINGS
from nbody_emulator.plan.from_configuration import plan_of
from nbody_emulator.report.finished import Finished
from nbody_emulator.report.page import report_page
from nbody_emulator.store.ledger import models_identity

SENTENCE = re.compile(r"Figure \d+\. \S.*")
NOWHERE = re.compile(r"\bnan\b|\bNaN\b|None|undefined|{{|}}")


@pytest.fixture(scope="module")
def report(finished, tmp_path_factory) -> Path:
    root = finished.repository.root
    experiment = load(root / "config/test.yaml")
    models = models_identity(plan_of(experiment, root))
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report_page(Finished(experiment, root / "results/test", root, models)))
    return path


FIGURES = """[...document.querySelectorAll("figure")].map(figure => {
    const box = figure.querySelector("svg").getBoundingClientRect(), caption = figure.querySelector("figcaption");
    return [figure.id, box.width, box.height, caption.querySelector(".title").textContent, caption.textContent];
})"""


@pytest.mark.parametrize("width", [1280, 420])
def test_the_report_can_be_read(report, show, finished, width):
    page = show(report, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    headings = page.locator("h1, h2").all_text_contents()
    assert [each.split(". ", 1)[-1] for each in headings[1:]] == list(HEADINGS.values())
    figures = page.evaluate(FIGURES)
    drawn = (finished.repository.root / "results/test/figures").glob("*.svg")
    assert {f"figure-{path.stem}" for path in drawn} <= {name for name, *_ in figures}
    for _, wide, high, title, caption in figures:
        assert wide > min(width, 600) - 40 and high > 100
        assert SENTENCE.fullmatch(title) and "$" not in title  # what TeX is for a drawing is none for a page
        assert re.search(r"\d", caption.removeprefix(title))


def test_the_report_says_what_was_found(report, show):
    page = show(report)
    text = page.locator("body").text_content()
    assert not NOWHERE.search(text)
    answers = page.locator(".answer li").all_text_contents()
    assert 3 <= len(answers) <= 5 and all(re.search(r"\d", each) for each in answers)
    verdicts = page.locator(".goals .verdict").all_text_contents()
    assert len(verdicts) >= 6 and set(verdicts) <= {"met", "missed", "not decided"}
    places = page.locator(".goals a").evaluate_all("links => links.map(link => link.hash.slice(1))")
    assert set(places) <= set(HEADINGS)
    assert "has never been opened" in text
    made = page.locator("#reproduce tr", has_text="metrics.json").locator("code").all_text_contents()
    assert re.fullmatch("metrics.json [0-9a-f]{12} [0-9a-f]{12} make results EXPERIMENT=test", " ".join(made))


def test_names_in_the_page_are_unique_and_letters_its_own(report, show):
    page = show(report)
    names = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(names) == len(set(names)) > 100
    fonts = page.evaluate("document.fonts.ready.then(all => [...all].map(each => each.status))")
    assert ("loaded" in fonts) is (page.locator("figure svg text").count() > 0)
