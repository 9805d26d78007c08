"""What the figures of ladders share: one panel a ladder, lines of terms against its rungs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.typing import LineStyleType

from nbody_emulator.emulators.family import Ladder
from nbody_emulator.emulators.register import FAMILIES, label_of
from nbody_emulator.figures import panels
from nbody_emulator.figures.style import FAINT, FLOOR, FLOOR_BAND, INK, SHADES

RESOLVED = 0.1
"""An axis is linear up to about this share of the noise, and logarithmic beyond where it reaches far."""

MOST_PLAIN_FACTOR = 300.0
"""Rungs that climb further have powers of ten for ticks."""

NARROWEST_INCHES = 1.3
"""Of a panel with its numbers; a page that is too narrow for all in a row has several rows."""


class Line(NamedTuple):
    """How a term looks: its words, marker, width, colour, dashes, and whether the marker is filled."""

    label: str
    marker: str
    width: float
    color: str
    dashes: LineStyleType = "-"
    is_filled: bool = True

    @property
    def look(self) -> dict[str, Any]:
        """As matplotlib takes it."""
        filling = {} if self.is_filled else {"markerfacecolor": "white"}
        return {
            "color": self.color,
            "marker": self.marker,
            "linewidth": self.width,
            "linestyle": self.dashes,
        } | filling


SQUARED = {
    "error": Line("observed error", "o", 1.6, INK),
    "bias_squared": Line("bias$^2$", "v", 1.2, SHADES[1], (0, (4, 1.5))),
    "variance": Line("variance", "^", 1.2, SHADES[2]),
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


def draw_terms(axes: Axes, rows: pd.DataFrame, lines: Mapping[str, Line]) -> None:
    """The terms of `rows` (of one ladder and one output) against the rungs, with their 95 % intervals."""
    for name, line in lines.items():
        term = rows[rows["term"] == name].sort_values("rung")
        axes.errorbar(
            term["rung"],
            term["value"],
            yerr=[term["value"] - term["lower"], term["upper"] - term["value"]],
            markersize=3.5,
            elinewidth=0.8,
            capsize=1.5,
            **line.look,
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


@dataclass(frozen=True)
class Lowest:
    """The rung of the smallest error: where it is in words, its error and the terms of it, and the error at the least
    rung of its ladder (the weakest prior, the simplest model)."""

    where: str
    error: float
    bias: float
    variance: float
    of_first_rung: float


def of_lowest_error(rows: pd.DataFrame) -> Lowest | None:
    """The rung whose error is smallest, of the rows of one output; None where no rung has one."""
    found = []
    for ladder, of_ladder in ladders_of(rows):
        terms = of_ladder.pivot(index="rung", columns="term", values="value").dropna(subset="error")
        if len(terms):
            rung = float(terms.index.to_numpy()[terms["error"].argmin()])
            first = terms.index.max() if ladder.falls else terms.index.min()
            where = f"{label_of(of_ladder['family'].iloc[0])}, {ladder.label.partition(' [')[0]} {rung:g}"
            error, bias, variance = (
                float(terms[name][rung]) for name in ("error", "bias_squared", "variance")
            )
            found.append(Lowest(where, error, bias, variance, float(terms["error"][first])))
    return min(found, key=lambda each: each.error, default=None)


def counts(rows: pd.DataFrame) -> str:
    """How many fits and points the terms are of."""
    terms = rows[rows["points"] > 0]
    fits, points = (_range(np.unique(terms[name])) for name in ("fits", "points"))
    return f"{fits} fits, {points} points"


def handles(lines: Mapping[str, Line]) -> Iterator[Line2D]:
    """Legend entries."""
    for line in lines.values():
        yield Line2D([], [], label=line.label, markersize=4, **line.look)


def noise_handle() -> Line2D:
    """That of the noise."""
    return Line2D([], [], label="noise", **FLOOR)


def _range(values: np.ndarray) -> str:
    if not len(values):
        return "no"
    return f"{values[0]}" if len(values) == 1 else f"{values[0]}–{values[-1]}"
