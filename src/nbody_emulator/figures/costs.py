"""What a family's accuracy costs: how far its score lies behind the best against how long one answer takes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import in_a_sentence, reference
from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FLOOR, INK, SHADES, Look, drawing, family_looks
from nbody_emulator.settings.figure_style import Style

HEIGHT_INCHES, LEGEND_LINE_INCHES = 2.6, 0.16
FAINTEST_NATS = 0.005
"""The axis of the score is linear at least up to here: what is less is no difference."""

POINT: dict[str, Any] = {"linestyle": "none", "markersize": 6, "elinewidth": 0.9, "zorder": 3}
OTHER: dict[str, Any] = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 3.5,
    "color": SHADES[2],
    "zorder": 2,
}
FRONT: dict[str, Any] = {"color": SHADES[1], "linewidth": 0.9, "zorder": 1}


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Joint score behind the best against the time of one answer; lower left is better and faster.

    Args:
        table: by family: difference and its standard error, microseconds_per_answer, seconds_per_fit, recommended.
        style: of the text and the lines, and the width.

    In colour stand the families than which none is both faster and better, the recommended one and the straight line.
    The axis of the score is laid out for the contenders; a baseline beyond them is a triangle at the edge.
    """
    timed = table[table["microseconds_per_answer"] > 0].sort_values("microseconds_per_answer")
    shown = _shown(table, timed)
    with drawing(style):
        marks = family_looks(shown, style)
        handles = _handles(table, timed, marks)
        legend = LEGEND_LINE_INCHES * len(handles) if panels.is_one_column(style) else 0.0
        figure = panels.new_figure(style, height=(HEIGHT_INCHES + legend) / style.width_inches)
        axes = figure.subplots()
        axes.set_xlabel("time of one answer [µs]")
        axes.set_ylabel("score behind the best\n[nats per output]")
        if timed.empty:
            panels.nothing_to_show(axes, "how long an answer takes is not known")
        else:
            _points(axes, timed, marks)
        panels.outside_legend(figure, handles)
        return figure


def _shown(table: pd.DataFrame, timed: pd.DataFrame) -> list[str]:
    named = {
        _recommended(table)["family"],
        reference(Reference.LINE, table["family"]),
        *_front(timed)["family"],
    }
    return [name for name in table["family"] if name in named]


def _front(timed: pd.DataFrame) -> pd.DataFrame:
    """Of families from the fastest on, those that are better than every faster one."""
    best_before = timed["difference"].cummin().shift(fill_value=np.inf)
    return timed[timed["difference"] < best_before]


def _points(axes: Axes, timed: pd.DataFrame, marks: Mapping[str, Look]) -> None:
    axes.set_xscale("log")
    contenders = panels.contenders(timed["family"])
    contends = timed[timed["family"].isin(contenders)]
    resolved = max(FAINTEST_NATS, contends["difference_standard_error"].median())
    panels.compress_if_wide(axes, contends["difference"].to_numpy(), resolved)
    axes.margins(x=0.08, y=0.12)
    axes.axhline(0.0, **FLOOR)
    front = _front(contends)
    axes.plot(front["microseconds_per_answer"], front["difference"], drawstyle="steps-post", **FRONT)
    row: Any  # its attributes are the table's columns
    for row in contends.itertuples():
        if row.family in marks:
            _point(axes, row, marks[row.family])
        else:
            axes.plot(row.microseconds_per_answer, row.difference, **OTHER)
    axes.set_ylim(axes.get_ylim())
    for row in timed[~timed["family"].isin(contenders)].itertuples():
        _beyond(axes, row, marks[row.family].color if row.family in marks else OTHER["color"])
    times = timed["microseconds_per_answer"]
    panels.plain_log_ticks(axes.xaxis, (times.min(), times.max()))


def _point(axes: Axes, row: Any, look: Look) -> None:
    error = row.difference_standard_error
    bar = error if np.isfinite(error) and error > 0 else None
    axes.errorbar(
        row.microseconds_per_answer, row.difference, yerr=bar, color=look.color, marker=look.marker, **POINT
    )


def _beyond(axes: Axes, row: Any, color: Any) -> None:
    """A triangle at the upper edge, and the number."""
    place: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False}
    axes.plot(row.microseconds_per_answer, 1.0, "^", color=color, markersize=6, **place)
    words: dict[str, Any] = {"xycoords": axes.get_xaxis_transform(), "textcoords": "offset points"}
    at = (row.microseconds_per_answer, 1.0)
    axes.annotate(f"{row.difference:.2f}", at, (6, 0), **words, va="center", color=INK)


def _handles(table: pd.DataFrame, timed: pd.DataFrame, marks: Mapping[str, Look]) -> list[Line2D]:
    handles = [_handle(row, marks) for row in table[table["family"].isin(marks)].itertuples()]
    others = not timed["family"].isin(marks).all()
    return [*handles, *([Line2D([], [], label="slower and worse than another", **OTHER)] if others else [])]


def _handle(row: Any, marks: Mapping[str, Look]) -> Line2D:
    """A family, with what one fit takes."""
    told = [labels.family(row.family)]
    if np.isfinite(row.seconds_per_fit):
        told.append(f"{_rounded(row.seconds_per_fit)} s a fit")
    if not row.microseconds_per_answer > 0:
        told.append("not timed")
    look = marks[row.family]
    mark: dict[str, Any] = {"color": look.color, "marker": look.marker, "markersize": 5, "linestyle": "none"}
    return Line2D([], [], label=", ".join(told), **mark)


def _recommended(table: pd.DataFrame) -> pd.Series:
    return table[table["recommended"].astype(str) == "True"].iloc[0]


def _finding(table: pd.DataFrame) -> str:
    """What an answer of the recommended family takes, and what one of the best would."""
    recommended, best = _recommended(table), table.sort_values("difference").iloc[0]
    name = in_a_sentence(recommended["family"])
    told = f"{name[0].upper()}{name[1:]} answers in {_time(recommended)}"
    if best["family"] == recommended["family"]:
        return f"{told}; no family scores better."
    behind = f"{recommended['difference']:.3f} ± {recommended['difference_standard_error']:.3f}"
    return (
        f"{told}, {behind} nats per output behind {in_a_sentence(best['family'])}, which takes {_time(best)}."
    )


def _time(row: pd.Series) -> str:
    time = row["microseconds_per_answer"]
    return f"{_rounded(time)}\u00a0µs" if time > 0 else "a time that is not known"


def _rounded(number: float) -> str:
    """With two digits that count, and none of them a power of ten."""
    return f"{float(f'{number:.2g}'):,g}"


FIGURE = TableFigure(
    _finding,
    "A point a family: the time of one answer in microseconds against its joint negative log score less that of the "
    "best family, in nats per output, with a bar of one standard error; a stepped line joins the families than which "
    "none is both faster and better.",
    _panels,
)
