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


@pytest.mark.parametrize("width", [1280, 420])
def test_the_report_can_be_read(report, show, finished, width):
    page = show(report, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    headings = page.locator("h1, h2").all_text_contents()
    assert [each.split(". ", 1)[-1] for each in headings[1:]] == list(HEADINGS.values())
    drawn = sorted(path.stem for path in (finished.repository.root / "results/test/figures").glob("*.svg"))
    figures = page.locator("figure")
    shown = [figures.nth(place).get_attribute("id") for place in range(figures.count())]
    assert sorted(shown) == [f"figure-{name}" for name in drawn]
    for place in range(figures.count()):
        figure = figures.nth(place)
        box = figure.locator("svg").bounding_box()
        assert box["width"] >= min(width, 500) - 30 and box["height"] > 100
        assert SENTENCE.fullmatch(figure.locator(".title").text_content())
        assert re.search(r"\d", figure.locator("figcaption").text_content())


def test_the_report_says_what_was_found(report, show, finished):
    page = show(report)
    text = page.locator("body").text_content()
    assert not NOWHERE.search(text)
    assert 3 <= page.locator(".answer li").count() <= 5
    for sentence in page.locator(".answer li").all_text_contents():
        assert re.search(r"\d", sentence) or "has not been opened" in sentence
    verdicts = page.locator(".goals .verdict").all_text_contents()
    assert len(verdicts) >= 6 and set(verdicts) <= {"met", "missed", "not decided"}
    targets = page.locator(".goals a").evaluate_all("links => links.map(link => link.hash.slice(1))")
    assert set(targets) <= set(HEADINGS)
    assert "has never been opened" in text
    metrics = finished.repository.root / "results/test/metrics.json"
    identity = page.locator("#reproduce tr", has_text=metrics.name).locator("code").nth(1).text_content()
    assert re.fullmatch("[0-9a-f]{12}", identity)


def test_names_in_the_page_are_unique_and_letters_its_own(report, show):
    page = show(report)
    names = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(names) == len(set(names)) > 100
    page.evaluate("document.fonts.ready.then(() => null)")
    assert "loaded" in page.evaluate("[...document.fonts].map(each => each.status)")
