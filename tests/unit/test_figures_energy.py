"""The figure of the energies counts what it cannot draw, and shows the bounds that runs are near to."""

import figures_data
import numpy as np
import pandas as pd
from drawn_page import Page, drawn_page

from nbody_emulator.figures.energy import FIGURE

STYLE = figures_data.STYLE
TABLE = figures_data.tables(size=0.2, only=["energy"])["energy"]


def page_of(table: pd.DataFrame) -> Page:
    return drawn_page(FIGURE.draw(table, STYLE))


def test_runs_that_are_not_finite_are_counted_and_bounds_are_drawn():
    table = TABLE.assign(energy_tolerance=1e-3, unusable_above=1e-2)
    table.loc[:6, ["energy_error", "status"]] = np.nan, "not_finite"
    table.loc[7, "energy_error"] = 2e-2
    text = page_of(table).words
    lost = int(table["energy_error"].isna().sum())
    assert f"not finite ({lost})" in text and "tolerance 0.001" in text and "unusable above 0.01" in text


def test_a_bound_far_above_every_error_empties_no_axis():
    table = TABLE.assign(energy_tolerance=1e-3, unusable_above=1e3)
    table.loc[0, "energy_error"] = np.inf
    page = page_of(table)
    assert "tolerance 0.001" in page.words and "unusable above" not in page.words
    assert all(max(axes.get_ylim()) < 1e3 for axes in page.panels[2:])


def test_energy_is_shown_against_parameters_alone():
    table = TABLE
    parameters = [column for column in table if column in figures_data.BOXES]
    assert len(page_of(TABLE).panels) == 2 + len(parameters)


def test_refined_runs_lie_over_the_others():
    table = TABLE
    panel = page_of(TABLE).panels[2]
    dots = [dots for dots in panel.collections if len(dots.get_offsets())]
    sizes = [dots.get_sizes()[0] for dots in dots]
    assert sizes[0] < min(sizes[1:]) and len(dots[0].get_offsets()) > len(table) / 10
