"""The learning curve shows the table's own numbers of the best families."""

import figures_data
import numpy as np
import pandas as pd
from drawn_page import Page, drawn_page
from matplotlib.axes import Axes

from nbody_emulator.figures import labels
from nbody_emulator.figures.learning_curve import FIGURE

FAMILIES = ["mean", "linear", "polynomial", "neighbours", "gaussian_process", "forest", "network"]
TABLE = figures_data.tables(families=FAMILIES, only=["learning_curve"])["learning_curve"]
SHOWN = {"network", "gaussian_process", "polynomial", "linear"}
"""The three best of the made-up table, and the straight line."""

ALL_RUNS = TABLE["training_runs"].max()
NETWORK = (TABLE["family"] == "network") & (TABLE["output"] == "f_bound")


def page_of(table: pd.DataFrame) -> Page:
    return drawn_page(FIGURE.draw(table, figures_data.STYLE))


def lines_of(axes: Axes, along: int) -> list[np.ndarray]:
    return [np.asarray(line.get_xydata(), float)[:, along] for line in axes.get_lines()]


def has(lines: list[np.ndarray], expected) -> bool:
    expected = np.atleast_1d(expected)
    return any(len(line) == len(expected) and np.allclose(line, expected) for line in lines)


def in_floors(rows: pd.DataFrame) -> pd.Series:
    return rows.groupby("training_runs")["excess"].mean() / rows["noise_variance"].iloc[0]


def test_scores_and_laws_of_the_best_families_and_the_line_are_means_over_training_sets():
    page = page_of(TABLE)
    ((told,),) = [[legend.get_texts()] for legend in page.legends]
    words = {"power law", "10% of the floor"}
    assert {text.get_text() for text in told} == {*map(labels.family, SHOWN)} | words
    score, _ = page.panels
    shown = lines_of(score, 1)
    for family, rows in TABLE[TABLE["output"] == "all"].groupby("family"):
        means = rows.groupby("training_runs")[["nll", "fitted"]].mean()
        assert [has(shown, means[name]) for name in means] == [family in SHOWN] * 2


def test_what_is_left_is_in_units_of_the_noise_and_ends_in_the_symbol_of_all_runs():
    _, left = page_of(TABLE).panels
    shown = lines_of(left, 0)
    for (family, output), rows in TABLE.groupby(["family", "output"]):
        if output != "all":
            path = in_floors(rows)
            assert [has(shown, path), has(shown, path.iloc[-1])] == [family in SHOWN] * 2
    assert has(shown, [0.0, 0.0]) and has(shown, [0.1, 0.1])


def test_an_error_below_the_noise_is_drawn_inside_the_panel():
    lost = NETWORK & (TABLE["training_runs"] == ALL_RUNS)
    table = TABLE.assign(excess=TABLE["excess"].mask(lost, -TABLE["noise_variance"]))
    _, left = page_of(table).panels
    assert has(lines_of(left, 0), -1.0) and left.get_xlim()[0] < -1.0


def test_the_training_mean_stretches_no_axis_even_where_it_is_best():
    of_mean = TABLE["family"] == "mean"
    of_old = page_of(TABLE).panels
    table = TABLE.assign(
        excess=TABLE["excess"].mask(of_mean, 987.0 * TABLE["noise_variance"]),
        nll=TABLE["nll"].mask(of_mean, 987.0),
        place=TABLE["place"].mask(of_mean, 0),
    )
    page = page_of(table)
    assert [(axes.get_xlim(), axes.get_ylim()) for axes in page.panels] == [
        (axes.get_xlim(), axes.get_ylim()) for axes in of_old
    ]
    assert labels.family("mean") not in page.words
