"""New simulations at draws from posteriors, beside what the emulator expects there and what was observed."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, drawing, palette
from nbody_emulator.settings.figure_style import Style

SIMULATED, EMULATED = "simulated", "emulated"
OFFSETS = {SIMULATED: -0.16, EMULATED: 0.16}
LINE_INCHES, FRAME_INCHES = 0.5, 1.0


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """A panel an output, a row an observed run: 50 and 90 % of new runs, of the emulator's, and the observed value.

    Args:
        table: family, group, output, runs, observed, exists, q05 to q95, rank, difference_p, count.
        style: of the text and the lines, and the width.
    """
    outputs, groups = list(dict.fromkeys(table["output"])), list(dict.fromkeys(table["group"]))
    columns = min(len(outputs), 2 if panels.is_one_column(style) else 4)
    rows = -(-len(outputs) // columns)
    height = rows * (FRAME_INCHES + LINE_INCHES * len(groups))
    with drawing(style):
        figure = panels.new_figure(style, height=height / style.width_inches)
        axes = figure.subplots(rows, columns, squeeze=False)
        for place, panel in enumerate(axes.flat):
            if place >= len(outputs):
                panel.remove()
                continue
            _output(panel, table[table["output"] == outputs[place]], groups, style)
            panels.letter(panel, place, labels.output(outputs[place]))
            panel.set_yticks(
                range(len(groups)), _names(groups) if place % columns == 0 else [""] * len(groups)
            )
        colors = _colors(style)
        handles: list[Any] = [
            Line2D([], [], color=colors[SIMULATED], linewidth=3.0, label="new simulations, 50 and 90 %"),
            Line2D([], [], color=colors[EMULATED], linewidth=3.0, label="emulator, 50 and 90 %"),
            Line2D([], [], color=INK, marker="x", linestyle="", label="observed"),
        ]
        panels.outside_legend(figure, handles)
        return figure


def _output(axes: Axes, rows: pd.DataFrame, groups: list[str], style: Style) -> None:
    colors = _colors(style)
    every: Any = rows.itertuples()
    for row in every:
        place = groups.index(row.group) + OFFSETS[row.runs]
        color = colors[row.runs]
        axes.plot([row.q05, row.q95], [place, place], color=color, linewidth=1.0)
        axes.plot([row.q25, row.q75], [place, place], color=color, linewidth=3.5, solid_capstyle="butt")
        axes.plot(row.q50, place, "o", color="white", markeredgecolor=color, markersize=4)
        if row.exists < 1.0:
            axes.annotate(
                f"{100 * row.exists:.0f} % have it",
                (1.0, place),
                (2, 0),
                xycoords=axes.get_yaxis_transform(),
                textcoords="offset points",
                fontsize="x-small",
                color=color,
                va="center",
            )
        if row.runs == SIMULATED:
            _observed(axes, row.observed, groups.index(row.group))
    axes.set_ylim(len(groups) - 0.5, -0.5)
    for line in np.arange(len(groups) - 1) + 0.5:
        axes.axhline(line, color=FAINT, linewidth=0.4)


def _observed(axes: Axes, value: float, place: int) -> None:
    if np.isfinite(value):
        axes.plot(value, place, "x", color=INK, markersize=6, markeredgewidth=1.5, zorder=5)
    else:
        axes.annotate(
            "observed: none",
            (0.02, place),
            xycoords=axes.get_yaxis_transform(),
            fontsize="x-small",
            color=INK,
            va="center",
        )


def _names(groups: list[str]) -> list[str]:
    return [f"run {number}" for number, _ in enumerate(groups, 1)]


def _colors(style: Style) -> dict[str, Any]:
    blue, orange, *_ = palette(style)
    return {SIMULATED: blue, EMULATED: orange}


def _finding(table: pd.DataFrame) -> str:
    return "Predictive."


FIGURE = TableFigure(_finding, "Axes.", _panels)
