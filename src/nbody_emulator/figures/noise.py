"""The noise that the parameters do not fix: its share of each output's variance, and how it changes over the box."""

from collections.abc import Sequence
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.binning import running_mean
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FLOOR, INK, MUTED, SHADES, SMALLEST, drawing
from nbody_emulator.settings.figure_style import Style

KNOWN = (
    "output",
    "part",
    "group",
    "variance",
    "standard_error",
    "lower",
    "upper",
    "degrees_of_freedom",
    "total_variance",
    "share",
    "share_standard_error",
    "share_lower",
    "share_upper",
    "noise_share",
    "noise_share_standard_error",
    "noise_share_lower",
    "noise_share_upper",
)
POOLED = "all"
PER_ROW = 3
BAR_INCHES, FRAME_INCHES, ROW_INCHES = 0.3, 0.95, 1.9
BINS = 5
"""Along a parameter: finer ones show the scatter of their means."""

LOWEST_END = 0.9
"""Of a mean: its bar ends there at the latest, for the axis is logarithmic."""

LIGHT = 0.35
"""Opacity of bars, on which intervals are drawn."""

LOOKS: tuple[dict[str, Any], ...] = (
    {"color": SHADES[0], "marker": "o", "linestyle": "-"},
    {"color": SHADES[1], "marker": "s", "linestyle": (0, (4, 2))},
    {"color": SHADES[2], "marker": "^", "linestyle": "-"},
    {"color": SHADES[1], "marker": "D", "linestyle": (0, (1, 1)), "markerfacecolor": "white"},
)
"""Of the outputs whose noise changes most; more lines hide one another, and the others are faint."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Share of the variance by output, then the scatter of runs against every parameter, over its mean.

    Args:
        table: by output, part (noise alone is drawn) and group ("all" for the pooled estimate, or a design point):
            variance, share with share_lower and share_upper (95 %), and the parameters.
        style: of the text and the lines, and the width.

    The variance at neighbouring points is averaged, for that of a few replicates says little alone.
    """
    parameters = panels.parameter_columns(table, KNOWN)
    noise = table[table["part"] == "noise"]
    pooled = noise[noise["group"] == POOLED].set_index("output")
    points = noise[noise[parameters].notna().all(axis=1)] if parameters else noise.iloc[:0]
    columns = 1 if panels.is_one_column(style) else min(PER_ROW, max(len(parameters), 1))
    rows = -(-len(parameters) // columns)
    heights = [FRAME_INCHES + BAR_INCHES * len(pooled)] + ([ROW_INCHES * rows + 0.3] if parameters else [])
    with drawing(style):
        figure = panels.new_figure(style, height=sum(heights) / style.width_inches)
        shares, *scatter = panels.stacked(figure, heights)
        _shares(shares.subplots(), pooled, style)
        for part in scatter:
            _over_the_box(part, points, pooled, parameters, (rows, columns))
        return figure


def _shares(axes: Axes, pooled: pd.DataFrame, style: Style) -> None:
    places = np.arange(len(pooled))[::-1]
    share, low, high = (pooled[name].to_numpy() for name in ("share", "share_lower", "share_upper"))
    axes.barh(places, share, height=0.55, color=SHADES[1], alpha=LIGHT, linewidth=0)
    reach = np.nan_to_num([share - low, high - share])
    axes.errorbar(share, places, xerr=reach, fmt="o", markersize=4, color=SHADES[1], ecolor=INK, capsize=2)
    edge: dict[str, Any] = {
        "xycoords": axes.get_yaxis_transform(),
        "textcoords": "offset points",
        "va": "center",
    }
    for place, numbers in zip(places, zip(share, low, high, strict=True), strict=True):
        text = "{:.2f} ({:.2f} to {:.2f})".format(*numbers) if np.isfinite(numbers[0]) else "not known"
        axes.annotate(text, (1.0, place), (6, 0), fontsize=SMALLEST, **edge)
    axes.axvline(1.0, **FLOOR)
    axes.set_yticks(places, [labels.output(name) for name in pooled.index])
    axes.set_ylim(-0.6, len(pooled) - 0.4)
    axes.set_xlim(0, 1.04 * np.nanmax([1.0, *high]))
    narrow = 0.6 * style.width_inches
    axes.set_xlabel(labels.wrapped("share of the variance over the design", narrow))
    panels.letter(axes, 0, "left open by the parameters")


def _over_the_box(
    figure: SubFigure,
    points: pd.DataFrame,
    pooled: pd.DataFrame,
    parameters: Sequence[str],
    shape: tuple[int, int],
) -> None:
    """The mean of neighbouring points' variances over the pooled one, in a panel for every parameter."""
    grid = figure.subplots(*shape, sharey=True, squeeze=False)
    trends = {
        (output, parameter): running_mean(
            points.loc[points["output"] == output, parameter].to_numpy(),
            points.loc[points["output"] == output, "variance"].to_numpy() / pooled["variance"][output],
            BINS,
        )
        for output in pooled.index
        for parameter in parameters
    }
    told = _most_changing(trends, list(pooled.index))
    looks = dict(zip(told, cycle(LOOKS), strict=False))
    for place, (panel, parameter) in enumerate(zip(grid.flat, parameters, strict=False)):
        for output in pooled.index:
            trend = trends[output, parameter]
            if output in looks:
                bar: dict[str, Any] = {"markersize": 3.5, "elinewidth": 0.7, "capsize": 1.5, "linewidth": 1.1}
                low = np.minimum(trend["standard_error"], LOWEST_END * trend["mean"])
                ends = [low, trend["standard_error"]]
                panel.errorbar(trend["position"], trend["mean"], yerr=ends, **bar, **looks[output])
            else:
                panel.plot(trend["position"], trend["mean"], **MUTED)
        panel.axhline(1.0, **FLOOR)
        panel.set_yscale("log")
        panels.scale_to(panel, points[parameter], "x")
        panel.update_datalim([(place, 1.0) for place in points[parameter]])
        panel.autoscale_view(scaley=False)
        panel.set_xlabel(labels.quantity(parameter))
        panels.letter(panel, 1 + place)
    for panel in grid.flat[len(parameters) :]:
        panel.remove()
    panels.plain_log_ticks(grid[0, 0].yaxis, grid[0, 0].get_ylim())
    for panel in grid[:, 0]:
        panel.set_ylabel("noise variance\n[its mean over the box]")
    handles = [
        Line2D([], [], label=labels.output(name), markersize=4, **look) for name, look in looks.items()
    ]
    if len(looks) < len(pooled):
        handles.append(Line2D([], [], label="other outputs", **MUTED))
    panels.outside_legend(figure, handles)


def _most_changing(trends: dict[tuple[str, str], pd.DataFrame], outputs: list[str]) -> list[str]:
    """The outputs whose noise changes most over the box, as many as have a look, in their own order."""
    spread = dict.fromkeys(outputs, 0.0)
    for (output, _), trend in trends.items():
        if len(trend):
            spread[output] = max(spread[output], float(trend["mean"].max() - trend["mean"].min()))
    most = sorted(outputs, key=lambda name: -spread[name])[: len(LOOKS)]
    return [name for name in outputs if name in most]


def _finding(table: pd.DataFrame) -> str:
    """What share the parameters leave open, and where in the box the noise changes most."""
    noise = table[table["part"] == "noise"].set_index("group")
    shares = noise.loc[[POOLED]].set_index("output")["share"].dropna()
    if shares.empty:
        return "How much the parameters leave open is not known: no point has two runs with an output."
    least, most = str(shares.idxmin()), str(shares.idxmax())
    told = f"Parameters leave {_percent(shares[least])} ({labels.output(least)})"
    told += f" to {_percent(shares[most])} ({labels.output(most)})" if len(shares) > 1 else ""
    told += " of the variance open"
    change = _largest_change(noise)
    if change is not None:
        told += (
            f"; this noise is {change.ratio:.1f} ± {change.error:.1f} times as large in the {change.half} half of "
            f"{labels.short_quantity(change.parameter)} ({labels.output(change.output)})"
        )
    return f"{told}.".replace("\n", " ")


class _Change(NamedTuple):
    """The noise of an output in one half of a parameter's box over that in the other, and its standard error."""

    parameter: str
    output: str
    half: str
    ratio: float
    error: float


def _largest_change(noise: pd.DataFrame) -> _Change | None:
    """The one that stands out most from one, in its errors: the largest of many ratios is large in any case."""
    parameters = [
        name.removesuffix(":lower") for name in noise.index.unique().astype(str) if name.endswith(":lower")
    ]
    found = []
    for parameter in parameters:
        halves = (noise.loc[[f"{parameter}:{half}"]].set_index("output") for half in ("lower", "upper"))
        lower, upper = (each[each["variance"] > 0] for each in halves)
        for output in lower.index.intersection(upper.index):
            rows = lower.loc[output], upper.loc[output]
            relative = float(np.hypot(*(row["standard_error"] / row["variance"] for row in rows)))
            ratio = float(rows[0]["variance"] / rows[1]["variance"])
            if relative > 0:
                larger, half = max((ratio, "lower"), (1 / ratio, "upper"))
                found.append(
                    (np.log(larger) / relative, _Change(parameter, output, half, larger, larger * relative))
                )
    return max(found, key=lambda each: each[0])[1] if found else None


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


FIGURE = TableFigure(
    _finding,
    "Above, the share of each output's variance over the design that is noise, with its 95 % interval and a line at "
    "one; below, against every parameter, the noise variance of neighbouring points over its mean over the box, with"
    " standard errors.",
    _panels,
)
