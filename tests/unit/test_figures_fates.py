"""The figure of fates decides nothing within two standard errors, and draws the curves of its table and no others."""

import fates_samples as samples
import numpy as np
import pandas as pd
import pytest
from drawn_page import Page, drawn_page
from evaluation_data import PROTOCOL
from figures_data import as_read, fates
from matplotlib.colors import to_rgb

from nbody_emulator.evaluation.fate_curves import make
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.figures.fates import BEST, FIGURE, OTHERS
from nbody_emulator.figures.style import palette
from nbody_emulator.settings.figure_style import Style

WIDTHS = (3.4, 7.0)
CLASSIFIERS = ("logistic", "boosting")
TABLE = fates("fate_curves", 3, 0.02)


def made(studies=("escape", "hardest_binary")) -> pd.DataFrame:
    table = as_read(TABLE)
    return table[table["study"].isin(studies)].reset_index(drop=True)


def with_gain(table: pd.DataFrame, study: str, gain: float, error: float = 0.01, area=0.8) -> pd.DataFrame:
    """The table with what all classifiers of a study gain."""
    row = table["study"] == study
    assert row.any()
    table.loc[row, ["difference", "difference_standard_error", "auc"]] = -gain, error, area
    return table


def of_both(first: tuple, second: tuple) -> pd.DataFrame:
    return with_gain(with_gain(made(), "escape", *first), "hardest_binary", *second)


def page_of(table: pd.DataFrame, width: float = WIDTHS[-1]) -> Page:
    return drawn_page(FIGURE.draw(table, Style(width_inches=width)))


def curves_of(axes) -> list:
    """Lines of classifiers, which have a marker."""
    return [line for line in axes.lines if line.get_marker() not in ("None", "", None)]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (
            (0.21, 0.01),
            (0.05, 0.02),
            "Which star has escaped by the end is told 0.210 ± 0.010 nats better than by the share alone (AUC 0.80), "
            "which is in the hardest binary 0.050 ± 0.020 (0.80).",
        ),
        # Two standard errors to the digit are not more than two.
        (
            (0.21, 0.01),
            (0.0625, 0.03125),
            "(AUC 0.80), which is in the hardest binary no better within the error (0.062 ± 0.031).",
        ),
        ((0.21, 0.01), (-0.05, 0.01), "which is in the hardest binary 0.050 ± 0.010 worse (0.80)."),
        (
            (-0.01, 0.02),
            (0.05, 0.01),
            "Which star has escaped by the end is told no better within the error than by the share alone "
            "(\u22120.010 ± 0.020 nats, AUC 0.80), which is in the hardest binary 0.050 ± 0.010 better (0.80).",
        ),
        ((-0.21, 0.01), (-0.05, 0.01), "is told 0.210 ± 0.010 nats worse than by the share alone"),
        (
            (-np.inf, np.nan),
            (np.nan, np.nan, np.nan),
            "is told with no finite gain over the share alone (AUC 0.80), which is in the hardest binary with no "
            "finite gain (AUC not known).",
        ),
        ((0.2, np.nan), (0.05, 0.01), "no better within the error than by the share alone (0.200 ± ? nats"),
    ],
)
def test_the_finding_decides_nothing_within_two_standard_errors(first, second, told):
    table = of_both(first, second)
    finding = FIGURE.finding(table)
    assert told in finding and "nan" not in finding
    assert page_of(table).texts_off_the_page() == []


def test_a_fate_that_is_studied_twice_is_told_once_as_its_classes_are():
    table = with_gain(made(("escape_balanced", "escape")), "escape", 0.2)
    reversed_order = pd.concat([table[table["balanced"]], table[~table["balanced"]]])
    for each in (table, reversed_order):
        assert FIGURE.finding(with_gain(each, "escape_balanced", 0.1)).count("which") == 0
        assert "0.200 ± 0.010 nats better" in FIGURE.finding(each)
    alone = with_gain(made(("escape_balanced",)), "escape_balanced", 0.1)
    assert "0.100 ± 0.010 nats better" in FIGURE.finding(alone)


def several(count: int) -> pd.DataFrame:
    """So many studies of other happenings each."""
    first = made(("hardest_binary",))
    words = [
        "is in the hardest binary",
        "has met another star",
        "is the heaviest of those bound",
        "a",
        "b",
        "c",
    ]
    return pd.concat(
        [first.assign(study=f"study {one}", happening=words[one]) for one in range(count)], ignore_index=True
    )


def test_more_fates_than_a_title_holds_are_counted():
    assert FIGURE.finding(several(4)).endswith("; 2 more below.")
    assert "more below" not in FIGURE.finding(several(2))


@pytest.mark.parametrize(
    ("studies", "width"), [(1, WIDTHS[0]), (2, WIDTHS[1]), (3, WIDTHS[0]), (6, WIDTHS[1])]
)
def test_nothing_overlaps_and_a_page_holds_four_studies(studies, width):
    page = page_of(several(studies), width)
    assert page.overlapping_texts() == [] and page.texts_over_other_panels() == []
    assert page.texts_off_the_page() == []
    assert len(page.panels) == 3 * min(studies, 4)
    letters = [each.text[1] for each in page.written if each.text[:1] == "("]
    assert letters == sorted(letters, key="abcdefghijkl".index) or width == WIDTHS[0]
    assert sorted(letters) == list("abcdefghijkl"[: 3 * min(studies, 4)])


@pytest.mark.parametrize("width", WIDTHS)
def test_every_curve_is_that_of_the_table_in_the_look_of_its_classifier(width):
    table = made()
    page = page_of(table, width)
    names = list(dict.fromkeys(table["classifier"]))
    by_labels = {
        (axes.get_xlabel(), axes.get_xscale()): axes for axes in page.panels
    }  # the rare fate's calibration alone is logarithmic
    assert len(by_labels) == 4
    for panel in page.panels:
        drawn = curves_of(panel)
        assert len(drawn) == len(names) == 5
        assert sorted(line.get_linewidth() for line in drawn) == [OTHERS["linewidth"]] * 4 + [
            BEST["linewidth"]
        ]
        for line, name in zip(drawn, names, strict=True):
            label, color, marker, _ = samples.CLASSIFIERS[name]
            assert to_rgb(line.get_color()) == palette(Style())[color] and line.get_marker() == marker
            assert label in page.words
    escape = table[table["study"] == "escape"]
    panels = [axes for axes in page.panels if axes.get_xlabel() == "probability"]
    linear = next(axes for axes in panels if axes.get_xscale() == "linear")
    for line, name in zip(curves_of(linear), names, strict=True):
        points = escape[(escape["curve"] == "calibration") & (escape["classifier"] == name)]
        np.testing.assert_array_equal(line.get_xydata(), points[["x", "y"]])
        is_best = line.get_linewidth() == BEST["linewidth"]
        assert is_best == points["best"].iloc[0]


def test_a_rare_fate_is_calibrated_on_logarithmic_axes_and_none_of_a_bin_stands_at_the_edge():
    table = made(("hardest_binary",))
    row = table.index[(table["curve"] == "calibration") & (table["classifier"] == "logistic")][0]
    table.loc[row, ["y", "lower"]] = 0.0
    _, alarms, calibration = page_of(table).panels
    assert calibration.get_xscale() == calibration.get_yscale() == "log"
    first = curves_of(calibration)[0].get_ydata()[0]
    assert first == calibration.get_ylim()[0] > 0.0
    points = table[table["curve"] == "calibration"]
    assert calibration.get_xlim()[0] < points.loc[points["x"] > 0, "x"].min()
    # What the share alone gives is the precision of any alarm.
    level = [line for line in alarms.lines if line not in curves_of(alarms)]
    assert [set(line.get_ydata()) for line in level] == [{table["share"].iloc[0]}]
    common = page_of(made(("escape",))).panels[2]
    assert common.get_xscale() == common.get_yscale() == "linear"


def test_without_a_star_it_says_so():
    none = [
        each.assign(happened=each["happened"] * np.nan) for each in samples.every(("escape",), CLASSIFIERS)
    ]
    table = make(Sources(fate_predictions=none), PROTOCOL)
    assert "0 stars" in FIGURE.finding(table)
    assert "no data" in page_of(table).words


@pytest.mark.parametrize("share", [0, 1])
def test_where_all_stars_share_a_fate_what_is_known_is_drawn(share):
    alike = [
        each.assign(happened=each["happened"] * 0 + share) for each in samples.every(("escape",), CLASSIFIERS)
    ]
    page = page_of(as_read(make(Sources(fate_predictions=alike), PROTOCOL)))
    assert "AUC not known" in page.words.replace("\n", " ")
    assert page.overlapping_texts() == []
