"""Every regularizer as the prior that it is: error, bias^2 and variance as it grows stronger."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from nbody_emulator.figures import panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.ladders import (
    SQUARED,
    climb,
    draw_noise,
    draw_terms,
    handles,
    ladders_of,
    noise_handle,
    of_lowest_error,
    scale_terms,
)
from nbody_emulator.figures.style import INK, SMALLEST, drawing
from nbody_emulator.settings.figure_style import Style

NARROWEST_INCHES = 2.2
"""Of a panel, whose title names a prior."""

MOST_ABREAST = 3
ROW_INCHES = 2.1
HEADROOM = 1.25
"""Height, in that of the panels, up to which there is room for the numbers of zeros."""

ALL = "all"


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """One panel a regularizer, of all outputs together, each in units of its noise, which is 1.

    Args:
        table: by family, ladder, rung, output and term: value, with lower and upper, the 95 % interval.
        style: of the text and the lines, and the width.

    Priors grow stronger to the right. Where a fit has coefficients that are exactly zero, their number stands above
    each rung, averaged over fits and outputs.
    """
    climbed = ladders_of(table)
    columns = min(max(int(style.width_inches // NARROWEST_INCHES), 1), MOST_ABREAST, max(len(climbed), 1))
    rows_of_panels = max(-(-len(climbed) // columns), 1)
    with drawing(style):
        figure = panels.new_figure(style, height=0.1 + ROW_INCHES * rows_of_panels / style.width_inches)
        grid = figure.subplots(rows_of_panels, columns, sharey=True, squeeze=False)
        axes = grid.ravel()
        together = table[table["output"] == ALL]
        for place, (panel, (ladder, rows)) in enumerate(zip(axes, climbed, strict=False)):
            scale_terms(panel, together, SQUARED, unit=1.0)
            of_all = rows[rows["output"] == ALL]
            draw_terms(panel, of_all, SQUARED)
            draw_noise(panel, of_all)
            climb(panel, ladder, rows["rung"])
            panels.letter(panel, place, ladder.title)
            _tell_zeros(panel, rows[rows["term"] == "zero_coefficients"])
        for panel in grid[:, 0]:
            panel.set_ylabel("squared error [noise]")
        if not climbed:
            panels.nothing_to_show(axes[0], "no regularizer was varied")
        for panel in axes[max(len(climbed), 1) :]:
            panel.remove()
        panels.outside_legend(figure, [*handles(SQUARED), noise_handle()])
        return figure


def _tell_zeros(axes: Axes, rows: pd.DataFrame) -> None:
    if rows.empty:
        return
    to_data = axes.transAxes + axes.transData.inverted()
    axes.set_ylim(top=to_data.transform((0.0, HEADROOM))[1])
    words: dict[str, Any] = {"ha": "center", "va": "top", "color": INK, "fontsize": SMALLEST}
    by_rung = rows.groupby("rung", as_index=False)["value"].mean()
    for rung, zeros in zip(by_rung["rung"], by_rung["value"], strict=True):
        axes.text(rung, 0.99, f"{zeros:.0f}", transform=axes.get_xaxis_transform(), **words)
    axes.text(0.5, 0.9, "coefficients that are zero", transform=axes.transAxes, **words)


def _finding(table: pd.DataFrame) -> str:
    """The prior of the smallest error, and what it gains on the weakest of its ladder."""
    together = table[table["output"] == ALL]
    best = of_lowest_error(together)
    if best is None:
        return "What a prior is worth is not known: no regularizer has an error."
    told = f"The least squared error, {best.error:.2f} of the noise, is by the {best.where}"
    if best.error == best.of_first_rung:
        return f"{told}, the weakest of its ladder."
    return f"{told}; the weakest of its ladder has {best.of_first_rung:.2f}."


FIGURE = TableFigure(
    _finding,
    "A panel for every regularizer, whose prior grows stronger to the right: squared error, squared bias and variance "
    "averaged over the outputs, each in units of its noise; bars are 95 % intervals.",
    _panels,
)
