"""The page to play with, in a browser: its numbers are Python's, its words are text, and every hand can use it."""

import json
import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from pages_samples import EVALUATED, OUTPUTS, write_page

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.pages.contents import LEVELS
from nbody_emulator.quantities.quantity import Parameter

AGREEMENT = 1e-9
"""Relative; two orders of summation and two libraries of functions."""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("page"))


def points_of(parameters) -> np.ndarray:
    """50 points: the corners of the box, and random ones inside."""
    corners = list(product(*((each.minimum, each.maximum) for each in parameters)))
    fractions = np.random.default_rng(3).random((50 - len(corners), len(parameters)))
    inside = [each.from_unit_interval(part) for each, part in zip(parameters, fractions.T, strict=True)]
    return np.concatenate([corners, np.stack(inside, axis=1)])


def in_python(emulator: Emulator, points: np.ndarray) -> dict[str, np.ndarray]:
    told = emulator.predict({each.name: points[:, place] for place, each in enumerate(emulator.parameters)})
    lower, upper = zip(*(told.interval(level) for level in LEVELS), strict=True)
    quantiles = [*reversed(lower), told.median, *upper]
    return {
        "survival": told.probability,
        "existence": told.existence,
        "quantiles": np.stack(quantiles, axis=-1),
    }


def in_the_page(page, number: int, points: np.ndarray) -> dict[str, np.ndarray]:
    ask = "([number, points]) => points.map((point) => evaluator.predict(number, point))"
    answers = page.evaluate(ask, [number, points.tolist()])
    return {name: np.array([answer[name] for answer in answers]) for name in answers[0]}


def differences(page, folder) -> dict[str, float]:
    """By family, how far the page's numbers are from Python's, relative to these."""
    found = {}
    for number, family in enumerate(page.evaluate("data.models.map((model) => model.family)")):
        emulator = Emulator.load(folder / f"{family}.eqx")
        points = points_of(emulator.parameters)
        expected, told = in_python(emulator, points), in_the_page(page, number, points)
        apart = [
            np.abs(told[name] - each) / np.maximum(np.abs(each), 1e-3) for name, each in expected.items()
        ]
        found[family] = max(each.max() for each in apart)
    return found


def test_numbers_are_those_of_python_for_every_family_that_is_shown(show, path):
    found = differences(show(path), path.parent)
    assert set(found) == set(EVALUATED)
    assert max(found.values()) < AGREEMENT, found


def test_a_slider_moves_by_the_keyboard_and_numbers_and_curves_with_it(show, path):
    page = show(path)
    values = page.locator(".value")
    before, curve = values.all_text_contents(), page.locator(".median").first.get_attribute("d")
    slider = page.get_by_label("scale radius", exact=True)
    slider.focus()
    assert "scale radius" in page.locator(".panel svg").first.get_attribute("aria-label")
    assert page.locator(".median").first.get_attribute("d") != curve
    for _ in range(30):
        slider.press("ArrowRight")
    assert page.get_by_label("scale radius, as a number").input_value() == "1.042"
    assert slider.get_attribute("aria-valuetext") == "1.042 pc"
    after = values.all_text_contents()
    assert len(after) == len(OUTPUTS) + 1
    assert all(one != other for one, other in zip(before[:-1], after[:-1], strict=True))


def test_what_is_shown_are_the_rounded_numbers_of_the_model_that_is_named(show, path):
    page = show(path)
    assert page.locator("#model option:checked").text_content() == "network ensemble"
    page.select_option("#model", label="training mean (recommended)")
    assert "It is the recommended family" in page.locator("#answered").text_content()
    page.select_option("#model", label="linear regression")
    told = page.locator("#answered").text_content()
    assert "0.990 ± 0.020 nats" in told and "Recommended is the training mean, 1.000 ± 0.020" in told
    # What the page says of Python is what a person would copy.
    call = re.fullmatch(
        r'In Python: Emulator.load\("(.*)"\).predict\((.*)\)',
        page.locator("#answers code").locator("..").text_content(),
    )
    assert call[1] == "results/planted/emulators/linear.eqx"
    expected = Emulator.load(path.parent / "linear.eqx").predict(json.loads(call[2]))
    assert page.locator(".value").all_text_contents()[:-1] == [f"{each:#.4g}" for each in expected.median]
    low, high = expected.interval(0.9)
    for place, intervals in enumerate(page.locator(".intervals").all_text_contents()[:-1]):
        assert f"90 %: {low[place]:#.3g} to {high[place]:#.3g}".replace("-", "−") in intervals


def test_dots_are_the_nearest_usable_runs(show, path):
    page = show(path)
    shown = page.evaluate("nearestRuns().map(({ run }) => run.point)")
    every = np.array(page.evaluate("data.runs.parameters"))
    assert len(every) == 99 and len(shown) == 60
    logarithms = np.log(every[:, 1] / 0.5) / np.log(4.0)
    distance = np.hypot(logarithms - 0.5, (every[:, 2] - 0.2) / 1.6 - 0.5)
    nearest = every[np.argsort(distance, kind="stable")[:60]]
    assert {tuple(row) for row in shown} == {tuple(row) for row in nearest}
    with_outputs = sum(
        run is not None for run in page.evaluate("nearestRuns().map(({ run }) => run.outputs[0])")
    )
    assert page.locator(".panel").first.locator(".run").count() == with_outputs < 60


def frame_of(page) -> str:
    return page.locator("#answers").evaluate("(element) => getComputedStyle(element).borderTopColor")


def test_outside_the_box_there_is_a_red_frame_and_words(show, path):
    page = show(path)
    number, calm = page.get_by_label("scale radius, as a number"), frame_of(page)
    assert page.locator("#warning").text_content() == ""
    number.fill("2.5")
    red, green, blue = map(int, re.findall(r"\d+", frame_of(page))[:3])
    assert red > 150 and green < 100 and blue < 100
    told = page.locator("#warning").text_content()
    assert "scale radius = 2.5 pc, not in 0.5 to 2 pc" in told and "refuses" in told
    assert page.locator(".beyond").count() == len(OUTPUTS) + 1
    number.fill("2")
    assert frame_of(page) == calm and page.locator("#warning").text_content() == ""


@pytest.mark.parametrize("typed", ["", "0", "-3"])
def test_what_is_no_value_gets_no_answer(show, path, typed):
    page = show(path)
    page.get_by_label("scale radius, as a number").fill(typed)
    assert "scale radius needs a number above 0" in page.locator("#warning").text_content()
    assert set(page.locator(".value").all_text_contents()) == {"–"}
    page.get_by_role("button", name="Middle of the box").click()
    assert "–" not in page.locator(".value").all_text_contents()


@pytest.mark.parametrize("width", [420, 1280])
def test_nothing_is_wider_than_the_window(show, path, width):
    page = show(path, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in page.locator("input, select, button").all():
        control.click()
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["height"] >= 28


CONTRASTS = """
() => {
  const channels = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((each) => Number(each) / 255);
  const linear = (each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).map(linear);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const paper = luminance(getComputedStyle(document.body).backgroundColor);
  const contrast = (color) => {
    const ink = luminance(color);
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  };
  const seen = (element) => getComputedStyle(element)[element.closest("svg text") ? "fill" : "color"];
  const elements = [...document.querySelectorAll("body *")];
  const told = elements.filter((element) => element.checkVisibility() && element.textContent);
  return [paper, ...told.map((element) => contrast(seen(element)))];
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read_in_light_and_in_the_dark(show, path, scheme):
    page = show(path, scheme=scheme)
    page.get_by_label("scale radius, as a number").fill("3")
    paper, *contrasts = page.evaluate(CONTRASTS)
    assert (paper > 0.5) == (scheme == "light")
    assert len(contrasts) > 50 and min(contrasts) >= 4.5


INJECTED = """</title></script><script>alert("1")</script><img src=x onerror='alert(2)'>"""
HOSTILE = f"""{INJECTED} & "quoted" 'so' \u2028 @SCRIPT@"""


def test_hostile_words_are_shown_as_words(show, tmp_path):
    parameters = [
        Parameter(HOSTILE, HOSTILE, 1.0, 10.0, "log"),
        Parameter("b", "pc", 0.5, 2.0, "log"),
        Parameter("c", "1", 0.2, 1.8, "linear"),
    ]
    outputs = [replace(OUTPUTS[0], name=HOSTILE, statistic=f"more {HOSTILE}", unit=HOSTILE), *OUTPUTS[1:]]
    page = show(write_page(tmp_path, ["linear"], outputs, parameters, title=HOSTILE))
    assert page.title() == HOSTILE
    assert page.locator("#title").text_content().startswith(HOSTILE)
    assert page.locator("h2").first.text_content() == f"{HOSTILE} [{HOSTILE}]"
    assert page.locator(".meaning").first.text_content() == f"more {HOSTILE}".replace("_", " ")
    assert page.locator("label").first.text_content() == HOSTILE
    assert page.locator("img").count() == 0 and page.locator("script").count() == 2


def test_families_that_no_page_can_evaluate_are_told(show, tmp_path):
    page = show(write_page(tmp_path, ["forest"]))
    assert page.get_by_text("None of the fitted families can be evaluated in a page").is_visible()
    assert not page.locator("#page").is_visible()
