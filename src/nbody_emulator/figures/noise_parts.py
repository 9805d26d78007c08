"""The noise taken apart: chaos, what is seen of the drawn stars at the start, and the rest of their draw."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, SHADES, SMALLEST, drawing
from nbody_emulator.settings.figure_style import Style

PARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "chaos": ("chaos", {"color": SHADES[0], "marker": "D"}),
    "seen": ("seen at the start", {"color": SHADES[1], "marker": "s"}),
    "rest": ("rest of the draw", {"color": SHADES[2], "marker": "o"}),
}
"""Part -> its words, and its look."""

LINE_INCHES, FRAME_INCHES = 0.3, 0.75
BAR = 0.5
ROOM = 0.35
"""For the numbers, in units of the noise."""

LIGHT = 0.35
"""Opacity of bars, on which intervals are drawn."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """One panel a part: its share of the noise of every output, with its 95 % interval.

    Args:
        table: by output and part (noise, chaos, seen, rest): share, share_lower and share_upper (of the noise), and
            not_measured, why there is none.
        style: of the text and the lines, and the width.

    Shares are of the variance between runs of one design point; none is clipped.
    """
    outputs = list(table["output"].drop_duplicates())
    narrow = panels.is_one_column(style)
    inches = (FRAME_INCHES + LINE_INCHES * len(outputs)) * (len(PARTS) if narrow else 1)
    with drawing(style):
        figure = panels.new_figure(style, height=inches / style.width_inches)
        axes = figure.subplots(*((len(PARTS), 1) if narrow else (1, len(PARTS))), sharex=True, sharey=True)
        reach = _reach(table)
        for place, (panel, (part, (words, look))) in enumerate(zip(axes.flat, PARTS.items(), strict=True)):
            rows = table[table["part"] == part].set_index("output").loc[outputs]
            _shares(panel, rows, look)
            panels.letter(panel, place, words)
            panel.set_xlim(*reach)
            panels.ticks_at(panel, (0.0, 0.5, 1.0))
            panel.set_yticks(range(len(outputs))[::-1], [labels.output(name) for name in outputs])
        axes[0].set_ylim(-0.6, len(outputs) - 0.4)
        axes[-1 if narrow else 1].set_xlabel("share of the noise")
        return figure


def _shares(axes: Axes, rows: pd.DataFrame, look: dict[str, Any]) -> None:
    for edge in (0.0, 1.0):
        axes.axvline(edge, color=FAINT, linewidth=0.8, zorder=0)
    row: Any  # its attributes are the table's columns
    for place, row in zip(range(len(rows))[::-1], rows.itertuples(), strict=True):
        if not np.isfinite(row.share):
            _beside(axes, place, "not measured", FAINT)
            continue
        axes.barh(place, row.share, height=BAR, color=look["color"], alpha=LIGHT, linewidth=0)
        ends = np.nan_to_num([[row.share - row.share_lower], [row.share_upper - row.share]])
        axes.errorbar(row.share, place, xerr=ends, ecolor=INK, capsize=2, markersize=4, **look)
        _beside(axes, place, f"{row.share:z.2f}".replace("-", "\u2212"), INK)


def _beside(axes: Axes, place: int, text: str, color: str) -> None:
    at: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "center"}
    axes.text(1.0, place, text, fontsize=SMALLEST, color=color, **at)


def _reach(table: pd.DataFrame) -> tuple[float, float]:
    """Of an axis that holds nothing and all of the noise, every interval, and the numbers on the right."""
    ends = table.loc[table["part"].isin(PARTS), ["share", "share_lower", "share_upper"]].to_numpy()
    return min(-0.05, np.nanmin([0.0, *ends.ravel()]) - 0.03), np.nanmax([1.0, *ends.ravel()]) + ROOM


def _finding(table: pd.DataFrame) -> str:
    """What each part is of the noise, from the output of the least to that of the most."""
    chaos, seen, rest = (_range(table, part) for part in PARTS)
    told = "Of the scatter that parameters leave, "
    if chaos is None and seen is None:
        return f"{told}no part is measured: neither chaos nor what is seen of the stars at the start."
    if chaos is None:
        return f"{told}a line in what is seen at the start explains {seen}; chaos is not measured."
    if seen is None:
        return f"{told}chaos is {chaos}; what is seen of the stars at the start is not measured."
    return (
        f"{told}chaos is {chaos}; a line in what is seen at the start explains {seen}, and {rest} is neither."
    )


def _range(table: pd.DataFrame, part: str) -> str | None:
    shares = table.loc[table["part"] == part, "share"].dropna()
    if shares.empty:
        return None
    low, high = (f"{100 * share:z.0f}".replace("-", "\u2212") for share in (shares.min(), shares.max()))
    return f"{low} %" if low == high else f"{low} to {high} %"


FIGURE = TableFigure(
    _finding,
    "For every output, three shares of the variance between runs of one design point, with 95 % intervals: chaos; "
    "what a line in the statistics of the first snapshot explains at points that it has not seen; and the rest of "
    "the draw of stars.",
    _panels,
)
