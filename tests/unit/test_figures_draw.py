"""Every figure draws every table it may meet, hides nothing, and shows what the table says."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import product

import figures_data
import matplotlib
import numpy as np
import pandas as pd
import pytest
from drawn_page import Page, drawn_page
from matplotlib import pyplot
from matplotlib.colors import to_rgb

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.binning import running_mean
from nbody_emulator.figures.register import FIGURES, table_of
from nbody_emulator.figures.style import family_looks, palette
from nbody_emulator.settings.figure_style import Style
from nbody_emulator.streams import generator

STYLE = figures_data.STYLE
WIDTHS = (3.4, 7.0)
"""A column of a journal's page, and the page."""

SHAPES = {
    "usual": {
        "size": 0.2,
        "folds": 2,
        "families": ["mean", "linear", "polynomial", "neighbours", "gaussian_process", "forest", "network"],
    },
    "narrow": {
        "size": 0.05,
        "parameters": 1,
        "outputs": ["f_bound"],
        "families": ["mean", "linear"],
        "folds": 2,
    },
    "broad": {
        "size": 0.05,
        "parameters": 5,
        "outputs": [*figures_data.OUTPUTS, "lagrangian_radius_10", "x"],
        "families": [*figures_data.FAMILIES[::2], "wavelets"],
    },
}
"""Tables of the sizes the configurations give, and of sizes they may give.

The narrow one is drawn in a column alone, for a page leaves it more room.
"""

SYMBOLS = re.compile(r"\\mathrm|[\\${}_^]")
"""What makes symbols and is not seen."""

SMALLEST_POINTS = 7.0
LONGEST_TITLE = 160
LEAST_PIXELS = 20
COLORLESS = 0.17
"""Difference of the largest and the smallest of red, green and blue up to which a colour is a grey or slate."""


@pytest.fixture(scope="module")
def tables():
    made = {shape: figures_data.tables(**options) for shape, options in SHAPES.items()}
    for each in made.values():
        units = each["residuals"]["output"].map(figures_data.UNITS).fillna("pc")
        each["residuals"] = each["residuals"].assign(unit=units)
    return made


@dataclass(frozen=True)
class Drawing:
    """A page, and what drawing it did beside."""

    page: Page
    kept_its_table: bool
    kept_the_process: bool

    @property
    def figure(self):
        return self.page.figure


@pytest.fixture(scope="module")
def drawing(tables):
    """The drawing of a figure from a table as it is, made once for all who look at it."""

    @cache
    def draw(name: str, shape: str, width: float) -> Drawing:
        table, settings = tables[shape][table_of(name)], dict(matplotlib.rcParams)
        before = table.copy(deep=True)
        figure = drawn(name, table, STYLE.changed(width_inches=width))
        kept_the_process = pyplot.get_fignums() == [] and dict(matplotlib.rcParams) == settings
        return Drawing(drawn_page(figure), table.equals(before), kept_the_process)

    return lambda name, shape, width=WIDTHS[-1]: draw(name, shape, width)


def drawn(name: str, table: pd.DataFrame, style=STYLE):
    return FIGURES.load(name).draw(table, style)


def all_axes(figure):
    return [axes for axes in figure.findobj(matplotlib.axes.Axes) if axes.get_visible()]


def labels_of(figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(matplotlib.text.Text))


def figure_legends(figure):
    return figure.findobj(matplotlib.legend.Legend)


EVERY_PAGE = pytest.mark.parametrize(
    ("name", "shape", "width"),
    [each for each in product(FIGURES.names, SHAPES, WIDTHS) if each[1:] != ("narrow", 7.0)],
)


@EVERY_PAGE
def test_every_word_is_read_whole(name, shape, width, drawing):
    page = drawing(name, shape, width).page
    assert page.overlapping_texts() == [] and page.texts_over_other_panels() == []
    assert page.texts_off_the_page() == []
    assert [each.text for each in page.written if each.points < SMALLEST_POINTS] == []


@EVERY_PAGE
def test_panels_have_room_and_legends_hide_nothing(name, shape, width, drawing):
    page = drawing(name, shape, width).page
    assert page.figure.get_size_inches()[0] == width
    frames = [axes.get_window_extent() for axes in page.panels]
    # A layout without room gives up and lets panels shrink to nothing.
    assert min(min(frame.width, frame.height) for frame in frames) > LEAST_PIXELS
    legends = [legend.get_window_extent().padded(-1) for legend in page.legends if legend.axes is None]
    assert [legend for legend in legends if any(legend.overlaps(frame) for frame in frames)] == []
    # A legend whose words an SVG's reader sets in a wider font is not to leave the page.
    assert all(legend.width < 0.97 * page.figure.bbox.width for legend in legends)


@EVERY_PAGE
def test_drawing_changes_no_table_and_leaves_no_trace_in_the_process(name, shape, width, drawing):
    made = drawing(name, shape, width)
    assert made.kept_its_table and made.kept_the_process


@EVERY_PAGE
def test_hues_are_of_families_and_classifiers_alone(name, shape, width, drawing, tables):
    table = tables[shape][table_of(name)]
    families = list(dict.fromkeys(table["family"])) if "family" in table else []
    theirs = {look.color for look in family_looks(families, STYLE).values()}
    theirs |= {palette(STYLE)[color] for color in table.get("color", ())}
    hues = [
        color
        for color in drawing(name, shape, width).page.colors()
        if max(color) - min(color) > COLORLESS or color in palette(STYLE)
    ]
    assert [color for color in hues if not any(np.allclose(color, each) for each in theirs)] == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", FIGURES.names)
def test_a_title_is_a_finding(name, shape, tables):
    figure = FIGURES.load(name)
    finding = figure.finding(tables[shape][table_of(name)])
    assert finding.endswith(".") and not finding.endswith("..") and finding[0] == finding[0].upper()
    assert "nan" not in finding.split() and finding.count("$") % 2 == 0
    assert "\n" not in figure.alternative(tables[shape][table_of(name)])
    if shape == "usual":
        assert len(SYMBOLS.sub("", finding)) <= LONGEST_TITLE
        assert any(letter.isdigit() for letter in finding)


@pytest.mark.parametrize("name", FIGURES.names)
def test_who_cannot_see_it_is_told_what_is_drawn(name):
    shows = FIGURES.load(name).shows
    assert shows.endswith(".") and len(shows.split()) >= 10 and "$" not in shows


def test_the_style_sets_text_and_colours(tables):
    large = drawn(
        "comparison", tables["narrow"]["comparison"], Style(context="talk", palette="deep", width_inches=11.0)
    )
    assert large.get_size_inches()[0] == 11.0
    usual = drawn("comparison", tables["narrow"]["comparison"])
    sizes = [all_axes(each)[0].xaxis.label.get_fontsize() for each in (usual, large)]
    assert sizes[1] > 1.3 * sizes[0]


@pytest.mark.parametrize(
    ("name", "units"),
    {
        "design": ["[kpc]", "[pc]", "[dex]"],
        "energy": ["[kpc]", "[pc]", "[dex]"],
        "noise": ["[kpc]", "[pc]", "share of the variance", "[its mean over the box]"],
        "bias_variance": ["squared error\n[noise]", "[nats]"],
        "regularization": ["squared error [noise]"],
        "learning_curve": ["(squared error \u2212 noise) / noise", "[nats per output]", "training runs"],
        "training_history": ["[nats per output]", "epoch"],
        "comparison": ["[nats per output]"],
    }.items(),
)
def test_axes_name_their_units(name, units, drawing):
    text = labels_of(drawing(name, "broad").figure)
    assert [unit for unit in units if unit not in text] == []


def test_residuals_name_the_unit_of_each_output(drawing):
    text = labels_of(drawing("residuals", "usual").figure)
    assert "[pc]" in text and "[pc Myr$^{-1}$]" in text and "[1]" not in text


def test_a_family_looks_the_same_in_every_figure(drawing):
    marks = family_looks(figures_data.FAMILIES, STYLE)
    assert len({mark.marker for mark in marks.values()}) == len(marks)
    # The palette has ten colours.
    uses = Counter(mark.color for mark in marks.values())
    assert len(uses) == min(len(marks), 10) and max(uses.values()) <= 2
    told = {labels.family(name): marks[name] for name in SHAPES["usual"]["families"]}
    for name in ("learning_curve", "calibration", "calibration_regions", "residuals", "posteriors"):
        (legend,) = figure_legends(drawing(name, "usual").figure)
        handles = dict(
            zip([text.get_text() for text in legend.get_texts()], legend.legend_handles, strict=True)
        )
        families = {label: handle for label, handle in handles.items() if label in told}
        assert families
        for label, handle in families.items():
            assert (
                to_rgb(handle.get_color()) == told[label].color and handle.get_marker() == told[label].marker
            )


def test_an_unknown_family_gets_a_look_of_its_own():
    marks = family_looks([*figures_data.FAMILIES, "wavelets", "splines"], STYLE)
    assert len({(mark.color, mark.marker) for mark in marks.values()}) == len(marks)


def test_log_axes_have_a_few_plain_ticks_whatever_their_range():
    axes = matplotlib.figure.Figure().subplots()
    for decades in np.linspace(0.1, 16, 80):
        low, high = 0.0123, 0.0123 * 10**decades
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        panels.plain_log_ticks(axes.xaxis, (low, high))
        shown = [tick for tick in axes.get_xticks() if low <= tick <= high]
        assert 2 <= len(shown) <= 8 and min(shown) < np.sqrt(low * high) < max(shown)


def test_shifts_are_spread_sideways_in_no_order_of_theirs(tables, drawing):
    table = tables["usual"]["half_step"]
    panel = all_axes(drawing("half_step", "usual").figure)[0]
    swarms = [dots for dots in panel.collections if len(dots.get_offsets()) > 2]
    assert len(swarms) == table["output"].nunique()
    for dots in swarms:
        aside, shift = np.asarray(dots.get_offsets()).T
        assert abs(np.corrcoef(aside, np.argsort(np.argsort(shift)))[0, 1]) < 0.6


def test_a_design_is_drawn_on_the_scale_it_was_drawn_from():
    random = generator(3, "scales")
    for points in (12, 100, 1000):
        # Stratified, as a Latin hypercube is: the median is where it belongs even with few points.
        unit = (np.arange(points) + random.random(points)) / points
        assert panels.is_logarithmic(10.0**unit)
        assert not panels.is_logarithmic(0.2 + 1.6 * unit)
    assert not panels.is_logarithmic(np.linspace(-1, 5, 20))
    assert not panels.is_logarithmic(np.array([np.nan, 1.0]))


def test_a_running_mean_keeps_every_row_and_its_errors_are_those_of_means():
    random = generator(4, "bins")
    position, value = random.random(203), random.normal(size=203)
    value[:3] = np.nan
    bins = running_mean(position, value)
    assert bins["count"].sum() == 200 and set(bins["count"]) == {25}
    # Bins of equal size: the mean of their means is the mean of all, up to rounding.
    assert bins["mean"].mean() == pytest.approx(np.nanmean(value), abs=1e-12)
    order = np.argsort(position[3:])[:25]
    first = value[3:][order]
    assert bins["standard_error"].iloc[0] == pytest.approx(first.std(ddof=1) / 5, rel=1e-12)
    assert running_mean(position[:10], value[:10]).empty
