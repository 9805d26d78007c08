"""The figures of ladders show the table's own numbers, those below zero too."""

import figures_data
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from nbody_emulator.figures.ladders import ladders_of
from nbody_emulator.figures.register import FIGURES

NAMES = ("bias_variance", "regularization")
TABLES = figures_data.tables(size=0.2, only=NAMES)


def panels_of(name: str) -> list[Axes]:
    return FIGURES.load(name).draw(TABLES[name], figures_data.STYLE).findobj(Axes)


def ladders(name: str) -> list[pd.DataFrame]:
    """By rung the terms of every ladder of the figure, all outputs together."""
    together = TABLES[name][TABLES[name]["output"] == "all"]
    return [rows.pivot(index="rung", columns="term", values="value") for _, rows in ladders_of(together)]


def shows(panel: Axes, terms: pd.DataFrame) -> bool:
    """Whether every one of the terms is a line against the rungs."""
    lines = [line.get_xydata() for line in panel.get_lines()]
    curves = [np.column_stack([terms.index, terms[name]]) for name in terms]
    return all(
        any(line.shape == curve.shape and np.allclose(line, curve) for line in lines) for curve in curves
    )


def is_crossed_at(panel: Axes, level: float) -> bool:
    flat = [np.asarray(line.get_ydata(), float) for line in panel.get_lines()]
    return any(np.allclose(line, level) for line in flat)


@pytest.mark.parametrize("name", NAMES)
def test_every_ladder_shows_its_terms_in_units_of_the_noise(name):
    drawn = panels_of(name)
    for terms in ladders(name):
        of_ladder = [panel for panel in drawn if shows(panel, terms[["error", "bias_squared", "variance"]])]
        assert of_ladder and all(is_crossed_at(panel, terms["noise"].iloc[0]) for panel in of_ladder)


def test_the_log_score_stands_above_its_floor():
    drawn = panels_of("bias_variance")
    for terms in ladders("bias_variance"):
        parts = terms[["log_bias", "log_variance", "log_width", "log_shape"]]
        assert any(
            shows(panel, parts.assign(excess=terms["log_score"] - terms["log_floor"])) for panel in drawn
        )


def test_zeros_of_coefficients_are_told_above_every_rung():
    zeros = TABLES["regularization"].query("term == 'zero_coefficients'")
    drawn = [[text.get_text() for text in panel.texts] for panel in panels_of("regularization")]
    (told,) = [texts for texts in drawn if "coefficients that are zero" in texts]
    assert told[:-1] == [f"{number:.0f}" for number in zeros.groupby("rung")["value"].mean()]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_negative_is_drawn_and_inside_the_panel(name):
    assert any(terms["bias_squared"].min() < 0 for terms in ladders(name))
    for panel in panels_of(name):
        for line in panel.get_lines():
            assert panel.get_ylim()[0] < np.nanmin(np.asarray(line.get_ydata(), float), initial=0.0)
