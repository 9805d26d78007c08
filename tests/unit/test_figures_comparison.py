"""The figure of the comparison hides no family: beyond the axis or without a score, its numbers stand beside."""

import figures_data
import numpy as np
import pandas as pd
from drawn_page import Page, drawn_page

from nbody_emulator.figures.comparison import FIGURE

STYLE = figures_data.STYLE
TABLE = figures_data.tables(size=0.2, only=["comparison"])["comparison"]


def page_of(table: pd.DataFrame) -> Page:
    return drawn_page(FIGURE.draw(table, STYLE))


def test_numbers_of_the_comparison_stand_beside_the_axes():
    for axes in page_of(TABLE).panels:
        numbers = [text for text in axes.texts if "±" in text.get_text()]
        assert numbers
        assert all(text.get_window_extent().x0 > axes.get_window_extent().x1 for text in numbers)


def test_the_training_mean_is_told_and_stretches_no_axis():
    table = TABLE.copy()
    table.loc[table["family"] == "mean", ["nll", "difference"]] = 987.0
    page = page_of(table)
    assert all(axes.get_xlim()[1] < 100 for axes in page.panels)
    assert page.words.count("987.000") == 2


def test_a_family_without_a_score_keeps_its_line():
    table = TABLE.copy()
    numbers = ["nll", "nll_standard_error", "difference", "difference_standard_error"]
    table.loc[table["family"] == "forest", numbers] = np.nan
    text = page_of(table).words
    assert text.count("no finite score") == 2 and "random forest" in text
