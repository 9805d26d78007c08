"""Figures of runs beside predictions, and of costs, say what their tables hold, and what these are without."""

import figures_data
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

from nbody_emulator.figures.register import FIGURES


@pytest.fixture(scope="module")
def tables():
    return figures_data.tables(size=0.05, folds=2, families=["mean", "linear", "polynomial", "network"])


def drawn(name, table):
    return FIGURES.load(name).draw(table, figures_data.STYLE)


def words(figure) -> str:
    return " ".join(" ".join(text.get_text() for text in figure.findobj(Text)).split())


def panels_of(figure) -> list[Axes]:
    return [axes for axes in figure.findobj(Axes) if axes.axison]


@pytest.mark.parametrize("name", ["response", "sealed_test"])
def test_a_table_without_runs_is_drawn_and_says_so(name, tables):
    assert "No " in words(drawn(name, tables[name].iloc[:0])) and "no data" in words(
        drawn(name, tables[name].iloc[:0])
    )


def test_the_title_tells_where_bands_hold_least_and_most(tables):
    table = tables["response"].copy()
    of_level = table.index[(table["quantity"] == "held") & (table["level"] == 0.9)]
    table.loc[of_level, "value"] = np.linspace(0.815, 0.934, len(of_level))
    assert "hold 82 to 93 % of the up to 32 runs" in words(drawn("response", table))


def test_without_deaths_no_share_is_shown_that_survived(tables):
    table = tables["response"]
    alive = drawn("response", table[table["output"] != "all"])
    assert "survived" not in words(alive)
    assert len(panels_of(drawn("response", table))) - len(panels_of(alive)) == 3


def test_an_error_over_a_noise_that_is_not_known_is_left_out(tables):
    table = tables["sealed_test"]
    without = table.assign(value=table["value"].mask(table["quantity"] == "error"))
    assert "noise floor" in words(drawn("sealed_test", table))
    assert "noise" not in words(drawn("sealed_test", without))
    assert len(panels_of(drawn("sealed_test", table))) - len(panels_of(drawn("sealed_test", without))) == 1


def test_runs_outside_their_interval_are_crosses(tables):
    table = tables["sealed_test"]
    own = table[
        (table["quantity"] == "run") & (table["family"] == "network") & (table["output"] == "f_bound")
    ]
    missed = ~own["true_value"].between(own["lower"], own["upper"])
    dots, crosses = panels_of(drawn("sealed_test", table))[0].collections[:2]
    assert len(crosses.get_offsets()) == missed.sum() > 0
    assert len(dots.get_offsets()) == len(own) - missed.sum()


def test_families_that_others_beat_in_both_stand_back(tables):
    table = tables["costs"].assign(
        difference=[0.9, 0.1, 0.05, 0.0], microseconds_per_answer=[1.0, 2.0, 9.0, 3.0]
    )
    table["recommended"] = table["family"] == "network"
    told = words(drawn("costs", table))
    assert "network ensemble answers in 3 µs; no family scores better" in told
    assert "slower and worse than another" in told and "polynomial ridge regression" not in told


def test_what_was_not_timed_is_not_known(tables):
    table = tables["costs"].assign(microseconds_per_answer=np.nan)
    told = words(drawn("costs", table))
    assert "how long an answer takes is not known" in told and "answers in a time that is not known" in told
    one = tables["costs"].assign(microseconds_per_answer=[1.0, np.nan, 2.0, 3.0])
    assert "linear regression, 0.51 s a fit, not timed" in words(drawn("costs", one))
