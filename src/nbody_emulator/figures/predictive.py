"""New simulations at draws from posteriors, beside what the emulator expects there and what was observed."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, SHADES, drawing
from nbody_emulator.settings.figure_style import Style

SIMULATED, EMULATED = "simulated", "emulated"
OFFSETS = {SIMULATED: -0.17, EMULATED: 0.17}
LOOKS: dict[str, dict[str, Any]] = {
    SIMULATED: {"color": SHADES[0], "marker": "o", "markerfacecolor": "white"},
    EMULATED: {"color": SHADES[2], "marker": "D", "markerfacecolor": "white"},
}
LINE_INCHES, FRAME_INCHES = 0.45, 0.65
DIFFERENT = 0.05
"""Probability below which two samples are called different."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """A panel an output, a row an observed run: 50 and 90 % of new runs, of the emulator's, and the observed value.

    Args:
        table: family, group, output, runs, observed, exists, q05 to q95, rank, difference_p, count.
        style: of the text and the lines, and the width.
    """
    outputs, groups = list(dict.fromkeys(table["output"])), list(dict.fromkeys(table["group"]))
    columns = max(min(len(outputs), 2 if panels.is_one_column(style) else 4), 1)
    rows = max(-(-len(outputs) // columns), 1)
    height = rows * (FRAME_INCHES + LINE_INCHES * len(groups))
    with drawing(style):
        figure = panels.new_figure(style, height=height / style.width_inches)
        axes = figure.subplots(rows, columns, squeeze=False)
        for place, panel in enumerate(axes.flat):
            if place >= len(outputs):
                panel.remove()
                continue
            _output(panel, table[table["output"] == outputs[place]], groups)
            panels.letter(panel, place, labels.output(outputs[place]))
            names = [f"run {number}" for number, _ in enumerate(groups, 1)]
            panel.set_yticks(range(len(groups)), names if place % columns == 0 else [""] * len(groups))
        handles: list[Any] = [
            Line2D([], [], linewidth=3.0, label="new simulations, 50 and 90 %", **LOOKS[SIMULATED]),
            Line2D([], [], linewidth=3.0, label="emulator, 50 and 90 %", **LOOKS[EMULATED]),
            Line2D([], [], color=INK, marker="x", linestyle="", label="observed"),
        ]
        panels.outside_legend(figure, handles)
        return figure


def _output(axes: Axes, rows: pd.DataFrame, groups: list[str]) -> None:
    every: Any = rows.itertuples()
    for row in every:
        place, look = groups.index(row.group) + OFFSETS[row.runs], LOOKS[row.runs]
        axes.plot([row.q05, row.q95], [place, place], color=look["color"], linewidth=1.0)
        axes.plot(
            [row.q25, row.q75], [place, place], color=look["color"], linewidth=3.5, solid_capstyle="butt"
        )
        axes.plot(row.q50, place, markersize=4, **look)
        if row.runs == SIMULATED:
            _observed(axes, row.observed, groups.index(row.group))
    axes.set_ylim(len(groups) - 0.5, -0.5)
    for line in np.arange(len(groups) - 1) + 0.5:
        axes.axhline(line, color=FAINT, linewidth=0.4)


def _observed(axes: Axes, value: float, place: int) -> None:
    if np.isfinite(value):
        axes.plot(value, place, "x", color=INK, markersize=6, markeredgewidth=1.5, zorder=5)
        return
    edge: dict[str, Any] = {"xycoords": axes.get_yaxis_transform(), "fontsize": "small"}
    axes.annotate("none observed", (0.02, place), **edge, color=INK, va="center")


def _finding(table: pd.DataFrame) -> str:
    """How many observed values look like new simulations, and how often the emulator's look like those."""
    seen = table[np.isfinite(table["observed"])]
    new, own = (seen[seen["runs"] == runs] for runs in (SIMULATED, EMULATED))
    if new.empty:
        return "Nothing was observed of any run: whether new simulations look like it is not known."
    compared = table.loc[table["runs"] == SIMULATED, "difference_p"].dropna()
    differ = int((compared < DIFFERENT).sum())
    return (
        f"Central 90 % of new simulations at draws from posteriors hold {_held(new)} of {len(new)} observed values, "
        f"the emulator's {_held(own)}; the two differ in {differ} of {len(compared)} (p < {DIFFERENT})."
    )


def _held(rows: pd.DataFrame) -> int:
    return int(((rows["q05"] <= rows["observed"]) & (rows["observed"] <= rows["q95"])).sum())


FIGURE = TableFigure(
    _finding,
    "One panel an output, one row an observed run: median, central 50 % and 90 % of new simulations at "
    "draws from the run's posterior, and of what the emulator expects there, with the observed value as a "
    "cross.",
    _panels,
)
