"""What the figures of ladders share: one panel a ladder, lines of terms against its rungs."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.typing import ColorType

from nbody_emulator.emulators.family import Ladder
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.figures import panels
from nbody_emulator.figures.style import FAINT, FLOOR, FLOOR_BAND, INK, palette
from nbody_emulator.settings.figure_style import Style

RESOLVED = 0.1
"""An axis is linear up to about this share of the noise, and logarithmic beyond where it reaches far."""

MOST_PLAIN_FACTOR = 300.0
"""Rungs that climb further have powers of ten for ticks."""

NARROWEST_INCHES = 1.3
"""Of a panel with its numbers; a page that is too narrow for all in a row has several rows."""


class Line(NamedTuple):
    """How a term looks: its words, marker and width, and its place in the palette (None: ink)."""

    label: str
    marker: str
    width: float
    color: int | None


SQUARED = {
    "error": Line("observed error", "o", 1.5, None),
    "bias_squared": Line("bias$^2$", "v", 1.2, 3),
    "variance": Line("variance", "^", 1.2, 9),
}
"""Of the squared error; the noise is a line across."""


OfLadder = tuple[Ladder, pd.DataFrame]
"""A ladder and its rows of the table."""


def ladders_of(table: pd.DataFrame) -> list[OfLadder]:
    """Every ladder of the table with its rows, families in the order of their register."""
    found = []
    shown = set(table["family"])
    # The families of the table alone: of what is loaded the figure is made.
    for name in (name for name in FAMILIES.names if name in shown):
        rows = table[table["family"] == name]
        found += [(each, rows[rows["ladder"] == each.key]) for each in FAMILIES.load(name).ladders]
    return [(ladder, rows) for ladder, rows in found if len(rows)]


def climb(axes: Axes, ladder: Ladder, rungs: pd.Series) -> None:
    """The axis of the rungs, on which what grows does so to the right."""
    if ladder.by_factors:
        axes.set_xscale("log")
    if ladder.is_whole and rungs.max() <= MOST_PLAIN_FACTOR * max(rungs.min(), 1):
        panels.ticks_at(axes, rungs)
    elif rungs.max() <= MOST_PLAIN_FACTOR * rungs.min():
        panels.plain_log_ticks(axes.xaxis, (rungs.min(), rungs.max()))
    axes.set_xlabel(ladder.label)
    if ladder.falls:
        axes.set_xlim(*axes.get_xlim()[::-1])


def draw_terms(axes: Axes, rows: pd.DataFrame, lines: Mapping[str, Line], style: Style) -> None:
    """The terms of `rows` (of one ladder and one output) against the rungs, with their 95 % intervals."""
    for name, line in lines.items():
        term = rows[rows["term"] == name].sort_values("rung")
        axes.errorbar(
            term["rung"],
            term["value"],
            yerr=[term["value"] - term["lower"], term["upper"] - term["value"]],
            color=_color(line, style),
            marker=line.marker,
            markersize=3.5,
            linewidth=line.width,
            elinewidth=0.8,
            capsize=1.5,
        )
    axes.axhline(0.0, color=FAINT, linewidth=0.6, zorder=0)


def draw_noise(axes: Axes, rows: pd.DataFrame) -> None:
    """The noise, the same on every rung, as a line across with its interval."""
    noise = rows[rows["term"] == "noise"]
    axes.axhline(noise["value"].mean(), **FLOOR)
    ends = noise[["lower", "upper"]].mean()
    if ends.notna().all():
        axes.axhspan(*ends, **FLOOR_BAND)


def scale_terms(axes: Axes, rows: pd.DataFrame, lines: Mapping[str, Line], unit: float) -> None:
    """An axis on which what is small beside `unit` and what is large can both be read; before anything is drawn."""
    values = rows.loc[rows["term"].isin(lines), ["value", "lower", "upper"]].to_numpy()
    panels.compress_if_wide(axes, values, resolved=RESOLVED * unit)


def value_of(rows: pd.DataFrame, term: str) -> float:
    """The term's mean over the rungs; NaN where there is none."""
    return float(rows.loc[rows["term"] == term, "value"].mean())


def counts(rows: pd.DataFrame) -> str:
    """How many fits and points the terms are of."""
    terms = rows[rows["points"] > 0]
    fits, points = (_range(np.unique(terms[name])) for name in ("fits", "points"))
    return f"{fits} fits, {points} points"


def handles(lines: Mapping[str, Line], style: Style) -> Iterator[Line2D]:
    """Legend entries."""
    for line in lines.values():
        look: dict[str, Any] = {"color": _color(line, style), "marker": line.marker, "linewidth": line.width}
        yield Line2D([], [], label=line.label, markersize=4, **look)


def noise_handle() -> Line2D:
    """That of the noise."""
    return Line2D([], [], label="noise", **FLOOR)


def _color(line: Line, style: Style) -> ColorType:
    return INK if line.color is None else palette(style)[line.color]


def _range(values: np.ndarray) -> str:
    if not len(values):
        return "no"
    return f"{values[0]}" if len(values) == 1 else f"{values[0]}–{values[-1]}"
