"""The figure of what is given decides nothing within two standard errors, and hides no family, whatever its score."""

from itertools import product

import figures_data_runs
import numpy as np
import pandas as pd
import pytest
from drawn_page import Page, drawn_page
from figures_data import FAMILIES, OUTPUTS, as_read
from matplotlib.colors import to_rgb
from matplotlib.container import ErrorbarContainer
from matplotlib.patches import Rectangle

from nbody_emulator.figures import labels
from nbody_emulator.figures.given import BEST, FIGURE
from nbody_emulator.figures.style import family_looks
from nbody_emulator.settings.figure_style import Style
from nbody_emulator.streams import generator

WIDTHS = (3.4, 7.0)
FIVE = figures_data_runs.TASKS | {"energy_of_the_heaviest_stars": "energy"}
MANY = [*OUTPUTS, "t_rh", "msr", "x", "half_light_radius", "mass_function_slope", "lagrangian_radius_10", "y"]


def made(outputs=("f_bound", "r_h"), families=("mean", "linear", "network"), tasks=None) -> pd.DataFrame:
    return as_read(figures_data_runs.given(generator(5, "given"), list(outputs), list(families), tasks))


def changed(task: str, difference: float, error: float = 0.03, family: str = "network") -> pd.DataFrame:
    """The table with the score of one family of one task, which is the best there by default."""
    return with_score(made(), task, difference, error, family)


def with_score(
    table: pd.DataFrame, task: str, difference: float, error: float = 0.03, family: str = "network"
) -> pd.DataFrame:
    row = (table["task"] == task) & (table["family"] == family) & (table["output"] == "all")
    assert row.sum() == 1
    table.loc[row, ["nll", "difference", "difference_standard_error"]] = 0.9 + difference, difference, error
    return table


def of_both(stars: tuple[float, float], features: tuple[float, float]) -> pd.DataFrame:
    tasks = {name: figures_data_runs.TASKS[name] for name in ("parameters", "features", "stars")}
    return with_score(with_score(made(tasks=tasks), "stars", *stars), "features", *features)


def page_of(table: pd.DataFrame, width: float = WIDTHS[-1]) -> Page:
    return drawn_page(FIGURE.draw(table, Style(width_inches=width)))


def bars(axes) -> list[tuple[float, float, str, float]]:
    """Of every error bar its place across and down, its marker, and its half length."""
    found = []
    for each in axes.containers:
        assert isinstance(each, ErrorbarContainer)
        dot, _, reaches = each
        length = np.ptp(reaches[0].get_segments()[0][:, 0]) if reaches else 0.0
        found.append((*dot.get_xydata()[0], dot.get_marker(), 0.5 * length))
    return found


@pytest.mark.parametrize(
    ("stars", "features", "told"),
    [
        (
            (-0.21, 0.03),
            (-0.15, 0.02),
            "Given the stars themselves, the best emulator is 0.21 ± 0.03 nats per output better than given the "
            "parameters alone; features of the stars bring 0.15 ± 0.02.",
        ),
        # Two standard errors to the digit are not more than two.
        (
            (-0.21, 0.03),
            (-0.0625, 0.03125),
            "features of the stars are no better within the error (0.06 ± 0.03).",
        ),
        ((-0.21, 0.03), (0.1, 0.03), "features of the stars lose 0.10 ± 0.03."),
        (
            (0.01, 0.03),
            (-0.15, 0.02),
            "is no better within its error than given the parameters alone (\u22120.01 ± 0.03 nats per output); "
            "features of the stars bring 0.15 ± 0.02.",
        ),
        ((0.2, 0.03), (-0.15, 0.02), "is 0.20 ± 0.03 nats per output worse than given the parameters alone;"),
        (
            (0.01, 0.03),
            (-0.01, 0.02),
            "Given neither the stars themselves (\u22120.01 ± 0.03 nats per output) nor features of the stars "
            "(0.01 ± 0.02) is the best emulator better within its error.",
        ),
        (
            (0.2, 0.03),
            (0.1, 0.02),
            "Nothing beats the parameters alone: given the stars themselves, the best emulator loses 0.20 ± 0.03 "
            "nats per output, given features of the stars 0.10 ± 0.02.",
        ),
        ((np.inf, np.nan), (-0.15, 0.02), "; given the stars themselves no score is finite."),
        (
            (-0.2, np.nan),
            (-0.15, 0.02),
            "no better within its error than given the parameters alone (0.20 ± ?",
        ),
        ((np.nan, np.nan), (np.nan, np.nan), "is not known"),
    ],
)
def test_the_finding_decides_nothing_within_two_standard_errors(stars, features, told):
    finding = FIGURE.finding(of_both(stars, features))
    assert told in finding and finding.count(".") == finding.count("0.") + 1
    assert drawn_page(FIGURE.draw(of_both(stars, features), Style())).texts_off_the_page() == []


def test_of_several_tasks_of_features_the_one_that_is_decided_is_told():
    table = with_score(changed("features", -0.3, 0.2), "mass", -0.1, 0.02)
    assert "features of the stars (“mass”) bring 0.10 ± 0.02." in FIGURE.finding(table)
    assert "; features of the stars bring 0.30 ± 0.02." in FIGURE.finding(
        with_score(table, "features", -0.3, 0.02)
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("outputs", "families"), [(MANY, FAMILIES[::3]), (["f_bound"], ["mean", "network"])])
@pytest.mark.parametrize("tasks", [FIVE, {"parameters": "", "stars": ""}], ids=["five", "two"])
def test_nothing_overlaps_however_much_is_shown(tasks, outputs, families, width):
    page = page_of(made(outputs, families, tasks), width)
    assert page.overlapping_texts() == [] and page.texts_over_other_panels() == []
    assert page.texts_off_the_page() == []
    shown = set(page.words.split("\n"))
    if width == WIDTHS[-1]:
        assert {labels.family(name) for name in families} <= shown
    assert {"parameters alone", "stars"} <= shown


def test_families_stand_by_task_where_the_table_says_with_bars_of_two_errors():
    table = made()
    scored, _ = page_of(table).panels
    together = table[table["output"] == "all"]
    drawn = bars(scored)
    marks = family_looks(list(together["family"].unique()), Style())
    expected = zip(
        together["difference"],
        (marks[name].marker for name in together["family"]),
        2 * together["difference_standard_error"],
        strict=True,
    )
    assert [place for _, place, *_ in drawn] == sorted(place for _, place, *_ in drawn)
    for (across, _, marker, half), (difference, of_family, reach) in zip(drawn, expected, strict=True):
        assert marker == of_family
        # What is drawn is the table's number, up to the rounding of sums.
        assert (across, half) == pytest.approx((difference, reach), abs=1e-12)


def test_the_best_of_every_task_is_shaded():
    table = made()
    scored, _ = page_of(table).panels
    shaded = [
        0.5 * (each.get_y() + each.get_y() + each.get_height())
        for each in scored.findobj(Rectangle)
        if each is not scored.patch
        and np.allclose(each.get_facecolor(), (*to_rgb(BEST["color"]), BEST["alpha"]))
    ]
    best = table.loc[table["output"] == "all", "best"].to_numpy()
    places = [place for _, place, *_ in bars(scored)]
    assert shaded == pytest.approx([place for place, is_best in zip(places, best, strict=True) if is_best])


def test_errors_are_those_of_the_best_of_each_task():
    table = made()
    _, parted = page_of(table).panels
    best = table[(table["output"] != "all") & table["best"]]
    drawn = sorted((place, across, half) for across, place, _, half in bars(parted))
    by_line = [
        (row["rmse_over_noise"], 2 * row["rmse_over_noise_standard_error"])
        for output, task in product(best["output"].unique(), figures_data_runs.TASKS)
        for _, row in best[(best["output"] == output) & (best["task"] == task)].iterrows()
    ]
    assert len(drawn) == len(by_line) == 8
    for (_, *found), expected in zip(drawn, by_line, strict=True):
        assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("difference", "told"), [(np.inf, "infinite"), (4.321, "+4.321 ± 0.030"), (np.nan, "no finite score")]
)
def test_a_family_beyond_the_axis_is_told_and_stretches_none(difference, told):
    page = page_of(changed("mass", difference, family="mean"))
    scored, _ = page.panels
    assert page.words.split("\n").count(told) == 1
    assert scored.get_xlim()[1] < 1.0
    arrows = [line for line in scored.lines if line.get_marker() == ">"]
    assert len(arrows) == (0 if np.isnan(difference) else 1)


def test_chaos_and_errors_that_are_not_measured_are_not_drawn():
    table = made()
    assert "chaos" in page_of(table).words
    numbers = ["chaos_over_noise", "chaos_over_noise_standard_error"]
    table[numbers] = np.nan
    assert "chaos" not in page_of(table).words.split("\n")
    table.loc[table["output"] == "r_h", ["rmse_over_noise", "rmse_over_noise_standard_error"]] = np.nan
    assert page_of(table).words.split("\n").count("not measured") == 1
