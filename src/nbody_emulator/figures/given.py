"""What an emulator gains that is given more than the parameters: features of the drawn stars, or the stars."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.given_words import finding, heading, is_best
from nbody_emulator.figures.style import (
    FAINT,
    FLOOR,
    FLOOR_BAND,
    INK,
    SHADES,
    SMALLEST,
    Look,
    drawing,
    family_looks,
)
from nbody_emulator.settings.figure_style import Style

ALL = "all"
ERRORS = 2.0
"""Standard errors in a bar."""

NATS_SHOWN = 0.5
"""Per output: a family that loses more is beyond the axis, unless tasks gain more than that."""

RESOLVED = 0.1
"""Of the noise: the axis of errors is linear up to here where some are tens of times as large, and else everywhere."""

WIDE_TICKS = (0.0, 0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0)
"""Of that axis: most errors above the noise are less than a decade above it."""

LINE_INCHES, MORE_INCHES = 0.2, 0.1
"""Of a family, and of every further line of its name."""

FRAME_INCHES, LEGEND_INCHES = 0.95, 0.17
STEP_INCHES, GAP_INCHES = 0.1, 0.16
"""From one task to the next in the line of an output, and between lines."""

LINE = 18
"""Longer names of families and tasks go on over the next line in a narrow figure."""

BETWEEN: dict[str, Any] = {"color": SHADES[3], "linewidth": 0.6, "zorder": 0}
BEST: dict[str, Any] = {"color": "0.35", "alpha": 0.13, "linewidth": 0}
CHAOS: dict[str, Any] = {"color": INK, "linewidth": 1.3}

LOOKS: tuple[dict[str, Any], ...] = (
    {"color": SHADES[2], "marker": "o"},
    {"color": SHADES[1], "marker": "s"},
    {"color": SHADES[0], "marker": "^"},
    {"color": SHADES[1], "marker": "D", "markerfacecolor": "white"},
    {"color": SHADES[0], "marker": "v"},
    {"color": SHADES[2], "marker": "P"},
    {"color": SHADES[1], "marker": "X"},
    {"color": SHADES[0], "marker": "o", "markerfacecolor": "white"},
)
"""Of the tasks."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Paired differences to the best family of the parameters alone, by task; then the best's error of each output.

    Args:
        table: by task, family and output ("all" are all together): given, features, best; of "all" nll and
            difference [nats per output], and of each output rmse_over_noise and chaos_over_noise, with their
            standard errors.
        style: of the text and the lines, and the width.

    Numbers stand beside their bars. A family beyond the axis is an arrow at its edge.
    """
    together = table[table["output"] == ALL]
    headings = {row["task"]: heading(row) for _, row in table.drop_duplicates("task").iterrows()}
    best = table[(table["output"] != ALL) & is_best(table)]
    outputs = list(dict.fromkeys(table.loc[table["output"] != ALL, "output"]))
    looks = dict(zip(headings, cycle(LOOKS), strict=False))
    narrow = panels.is_one_column(style)
    handles = _handles(headings, looks, best)
    lines = _lines(together, headings, narrow)
    heights = [
        lines[-1].top + lines[-1].height,
        (GAP_INCHES + STEP_INCHES * len(headings)) * len(outputs),
    ]
    inches = sum(heights) + 2 * FRAME_INCHES if narrow else max(heights) + FRAME_INCHES
    inches += LEGEND_INCHES * -(-len(handles) // _legend_columns(headings, narrow))
    with drawing(style):
        figure = panels.new_figure(style, height=inches / style.width_inches)
        beside: dict[str, Any] = {"height_ratios": heights} if narrow else {"width_ratios": [1.1, 1.0]}
        scored, parted = figure.subplots(*((2, 1) if narrow else (1, 2)), **beside)
        _differences(scored, together, lines, style)
        _errors(parted, best, outputs, looks)
        panels.letter(scored, 0, "all outputs together")
        panels.letter(parted, 1, "best of each task")
        panels.outside_legend(figure, handles)
        return figure


def _legend_columns(headings: Mapping[str, str], narrow: bool) -> int:
    """For how many there is room, as far as can be told before it is drawn."""
    if not narrow:
        return panels.MOST_LEGEND_COLUMNS
    return 1 if max(map(len, headings.values())) > LINE else 2


class Line(NamedTuple):
    """A family of a task, or the heading of the task, for which there is no row.

    Attributes:
        name: on as many lines as it takes.
        top, height: inches from the upper edge of the panel, and those that the name takes.
        row: of the table.
    """

    name: str
    top: float
    height: float
    row: Any

    @property
    def middle(self) -> float:
        return self.top + 0.5 * self.height


def _lines(together: pd.DataFrame, headings: Mapping[str, str], narrow: bool) -> list[Line]:
    """From top to bottom: every task in its order, and below its heading its families."""
    lines: list[Line] = []
    for task, text in headings.items():
        every: Any = together[together["task"] == task].itertuples()
        named = [(text, None), *((labels.family(row.family), row) for row in every)]
        for name, row in named:
            name = labels.narrow(name, LINE) if narrow else name
            top = lines[-1].top + lines[-1].height if lines else 0.0
            lines.append(Line(name, top, LINE_INCHES + MORE_INCHES * name.count("\n"), row))
    return lines


def _differences(axes: Axes, together: pd.DataFrame, lines: Sequence[Line], style: Style) -> None:
    marks = family_looks(list(dict.fromkeys(together["family"])), style)
    axes.axvline(0.0, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_xlim(*_reach(together))
    headings = [line for line in lines if line.row is None]
    families = [line for line in lines if line.row is not None]
    for line in headings[1:]:
        axes.axhline(line.top, **BETWEEN)
    for line in families:
        _family(axes, line.middle, line.row, marks[line.row.family])
        if str(line.row.best) == "True":
            axes.axhspan(line.top, line.top + line.height, zorder=0, **BEST)
    axes.set_yticks([line.middle for line in families], [line.name for line in families])
    bold: dict[str, Any] = {"minor": True, "fontweight": "bold"}
    axes.set_yticks([line.middle for line in headings], [line.name for line in headings], **bold)
    axes.tick_params(axis="y", which="minor", length=0)
    axes.set_ylim(lines[-1].top + lines[-1].height + 0.1 * LINE_INCHES, -0.1 * LINE_INCHES)
    _plain_ticks(axes, 3 if panels.is_one_column(style) else 5)
    axes.set_xlabel("joint NLL \u2212 that of the best\ngiven the parameters alone\n[nats per output]")


def _reach(together: pd.DataFrame) -> tuple[float, float]:
    """Of an axis that holds the bars of the best, and those of families that lose no more than is shown."""
    difference, error = (together[name].to_numpy() for name in ("difference", "difference_standard_error"))
    ends = ERRORS * np.nan_to_num(error)
    low, high = difference - ends, difference + ends
    least = np.min(low, where=np.isfinite(low), initial=0.0)
    shown = (difference <= max(NATS_SHOWN, -least)) | is_best(together).to_numpy()
    most = np.max(high, where=shown & np.isfinite(high), initial=0.05)
    margin = 0.06 * (most - least)
    return least - margin, most + margin


def _family(axes: Axes, place: float, row: Any, mark: Look) -> None:
    if np.isnan(row.difference):
        _beside(axes, place, "no finite score", FAINT)
        return
    low, high = axes.get_xlim()
    if row.difference <= high:
        bar = ERRORS * np.nan_to_num(row.difference_standard_error) or None
        axes.errorbar(
            row.difference, place, xerr=bar, color=mark.color, marker=mark.marker, markersize=4.5, capsize=2.0
        )
        axes.set_xlim(low, high)
    else:
        edge: dict[str, Any] = {"color": mark.color, "clip_on": False, "markersize": 5}
        axes.plot(1.0, place, ">", transform=axes.get_yaxis_transform(), **edge)
    if np.isinf(row.difference):
        _beside(axes, place, "infinite", FAINT)
        return
    if row.difference == 0 and row.difference_standard_error == 0:
        _beside(axes, place, "reference", INK)
        return
    told = f"{row.difference:+z.3f} ± {row.difference_standard_error:.3f}".replace("-", "\u2212")
    _beside(axes, place, told.replace("nan", "?"), INK)


def _plain_ticks(axes: Axes, intervals: int) -> None:
    """So many intervals at most, so that numbers do not touch."""
    axes.xaxis.set_major_locator(MaxNLocator(intervals, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(panels.PLAIN)


def _beside(axes: Axes, place: float, text: str, color: str) -> None:
    edge: dict[str, Any] = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
    axes.annotate(text, (1.0, place), (8, 0), **edge, va="center", fontsize=SMALLEST, color=color)


def _errors(
    axes: Axes, best: pd.DataFrame, outputs: Sequence[str], looks: Mapping[str, dict[str, Any]]
) -> None:
    """A line an output, in which tasks stand below each other in their order."""
    panels.compress_if_wide(axes, best["rmse_over_noise"].to_numpy(), RESOLVED, "x")
    axes.axvline(1.0, zorder=1, **FLOOR)
    step = STEP_INCHES / (GAP_INCHES + STEP_INCHES * len(looks))
    half = 0.5 * step * (len(looks) + 0.4)
    for line, output in enumerate(outputs):
        rows = best[best["output"] == output].set_index("task")
        if line:
            axes.axhline(line - 0.5, **BETWEEN)
        _chaos(axes, rows, line, half)
        for number, (task, look) in enumerate(looks.items()):
            if task in rows.index and np.isfinite(rows["rmse_over_noise"][task]):
                place = line + step * (number - 0.5 * (len(looks) - 1))
                bar = ERRORS * np.nan_to_num(rows["rmse_over_noise_standard_error"][task]) or None
                axes.errorbar(
                    rows["rmse_over_noise"][task], place, xerr=bar, markersize=3.5, elinewidth=0.9, **look
                )
        if not np.isfinite(rows["rmse_over_noise"]).any():
            axes.annotate("not measured", (0.02, line), va="center", fontsize=SMALLEST, color=FAINT)
    axes.set_xlim(0.0, max(1.05, axes.get_xlim()[1]))
    if axes.get_xscale() == "linear":
        _plain_ticks(axes, 4)
    else:
        panels.ticks_at(axes, WIDE_TICKS)
    axes.set_yticks(range(len(outputs)), [labels.output(name) for name in outputs])
    axes.set_ylim(len(outputs) - 0.4, -0.6)
    axes.set_xlabel("root mean square\nerror [noise]")


def _chaos(axes: Axes, rows: pd.DataFrame, line: int, half: float) -> None:
    """The floor of an output, the same of all tasks, with its bar of standard errors."""
    known = rows[np.isfinite(rows["chaos_over_noise"])]
    for _, row in known.iloc[:1].iterrows():
        floor, reach = (
            row["chaos_over_noise"],
            ERRORS * np.nan_to_num(row["chaos_over_noise_standard_error"]),
        )
        axes.fill_betweenx([line - half, line + half], max(floor - reach, 0.0), floor + reach, **FLOOR_BAND)
        axes.plot([floor, floor], [line - half, line + half], solid_capstyle="butt", **CHAOS)


def _handles(
    headings: Mapping[str, str], looks: Mapping[str, dict[str, Any]], best: pd.DataFrame
) -> list[Artist]:
    handles: list[Artist] = [Patch(label="best of its task", **BEST)]
    handles += [Line2D([], [], markersize=4, label=headings[task], **look) for task, look in looks.items()]
    handles.append(Line2D([], [], label="noise", **FLOOR))
    if np.isfinite(best["chaos_over_noise"]).any():
        handles.append(Line2D([], [], label="chaos", **CHAOS))
    return handles


FIGURE = TableFigure(
    finding,
    "Left, by task, the joint negative log score of every family less that of the best given the parameters alone, "
    "paired run by run, in nats per output; the best of each task is shaded. Right, for every output, the root mean "
    "square error of each task's best over the scatter of runs of one design point, with a line at one and, where it "
    "is measured, what chaos leaves. Bars are two standard errors, the numbers beside them one.",
    _panels,
)
