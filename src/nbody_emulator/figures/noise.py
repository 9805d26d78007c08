"""The noise that the parameters do not fix: its share of each output's variance, its parts, and how both change."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.typing import ColorType

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.binning import running_mean
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import (
    FLOOR,
    FLOOR_BAND,
    INK,
    ROLE_MARKS,
    drawing,
    palette,
)
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
CHAOS_DOT: dict[str, Any] = {
    "marker": ROLE_MARKS["repeat"].marker,
    "linestyle": "",
    "markersize": 3,
    "alpha": 0.7,
}
BAR_INCHES, FRAME_INCHES = 0.25, 0.9
ROW_OF_WIDTH, LEAST_ROW_INCHES = 0.17, 0.8
LIGHT = 0.35
"""Opacity of bars, on which intervals are drawn."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Share of the variance by output, its parts, then the scatter of runs against every parameter.

    Args:
        table: by output, part (noise, chaos, stars) and group ("all" for the pooled estimate, or a design point):
            variance, lower and upper (95 %), share and noise_share with theirs, and the parameters.
        style: of the text and the lines, and the width.

    Scatter is shown as a standard deviation: in the variance itself the long tail of a few replicates rules.
    """
    parameters = panels.parameter_columns(table, KNOWN)
    whole = table[table["group"] == POOLED]
    pooled = {part: whole[whole["part"] == part].set_index("output") for part in whole["part"].unique()}
    points = table[table[parameters].notna().all(axis=1)]
    outputs = list(pooled["noise"].index)
    with drawing(style):
        colors = {"noise": palette(style)[0], "chaos": palette(style)[ROLE_MARKS["repeat"].color]}
        bars_height = BAR_INCHES * len(outputs) + FRAME_INCHES
        rows_height = max(ROW_OF_WIDTH * style.width_inches, LEAST_ROW_INCHES) * len(outputs) + FRAME_INCHES
        heights = [bars_height] * (2 if "chaos" in pooled else 1) + [rows_height]
        figure = panels.new_figure(style, height=sum(heights) / style.width_inches)
        *shares, scatter = panels.stacked(figure, heights)
        bars = [each.subplots() for each in shares]
        _shares(bars[0], pooled["noise"], outputs, colors["noise"])
        if "chaos" in pooled:
            _parts(bars[1], pooled["chaos"], outputs, colors)
        axes = scatter.subplots(
            len(outputs), max(len(parameters), 1), sharex="col", sharey="row", squeeze=False
        )
        for row, output in enumerate(outputs):
            of_output = {part: rows.loc[output] for part, rows in pooled.items()}
            _row(axes[row], points[points["output"] == output], of_output, parameters, colors)
            axes[row, 0].set_ylabel(labels.output(output))
        for panel, parameter in zip(axes[-1], parameters, strict=False):
            panel.set_xlabel(labels.wrapped(labels.quantity(parameter), style.width_inches / len(parameters)))
        for panel in bars:
            panel.set_xlabel(labels.wrapped(panel.get_xlabel(), style.width_inches))
        for place, panel in enumerate([*bars, axes[0, 0]]):
            panels.letter(panel, place)
        scatter.supylabel("standard deviation of runs\n[transformed units]", fontsize="medium")
        panels.outside_legend(scatter, _handles({part: colors[part] for part in colors if part in pooled}))
        return figure


def _shares(axes: Axes, pooled: pd.DataFrame, outputs: Sequence[str], color: ColorType) -> None:
    places = _places(axes, outputs)
    share = pooled["share"].to_numpy()
    axes.barh(places, share, height=0.55, color=color, alpha=LIGHT, linewidth=0)
    lower, upper = _interval(axes, pooled, "share", places, color)
    for place, value, low, high in zip(places, share, lower, upper, strict=True):
        axes.annotate(
            f"{value:.3f} ({low:.3f} to {high:.3f})",
            (high, place),
            (5, 0),
            textcoords="offset points",
            va="center",
        )
    top = np.nanmax([1.0, *upper])
    axes.set_xlim(0, 1.12 * top if top > 1 else 1)
    axes.set_xlabel("share of the variance over the design that the parameters do not fix")


def _parts(axes: Axes, chaos: pd.DataFrame, outputs: Sequence[str], colors: Mapping[str, ColorType]) -> None:
    """Bars as long as the noise, divided where chaos ends: the interval of the one part is that of the other."""
    places = _places(axes, outputs)
    share = chaos["noise_share"].to_numpy()
    bars: dict[str, Any] = {"height": 0.55, "alpha": LIGHT, "linewidth": 0}
    axes.barh(places, share, color=colors["chaos"], **bars)
    axes.barh(places, 1 - share, left=share, color=colors["noise"], **bars)
    _, upper = _interval(axes, chaos, "noise_share", places, colors["chaos"])
    axes.set_xlim(0, np.nanmax([1.0, *(1.02 * upper)]))
    axes.set_xlabel("share of the noise: chaos, and beyond it the draw of stars")


def _places(axes: Axes, outputs: Sequence[str]) -> np.ndarray:
    """A place for every output, from the top, named on the axis."""
    places = np.arange(len(outputs))[::-1]
    axes.set_yticks(places, [labels.output(name) for name in outputs])
    axes.set_ylim(-0.6, len(outputs) - 0.4)
    return places


def _interval(
    axes: Axes, pooled: pd.DataFrame, name: str, places: np.ndarray, color: ColorType
) -> tuple[np.ndarray, np.ndarray]:
    """A dot with its interval for every output; the ends, which are the dot where there is none."""
    value = pooled[name].to_numpy()
    lower, upper = (pooled[f"{name}_{end}"].fillna(pooled[name]).to_numpy() for end in ("lower", "upper"))
    reach = [value - lower, upper - value]
    axes.errorbar(value, places, xerr=reach, fmt="o", markersize=4, color=color, ecolor=INK, capsize=2)
    return lower, upper


def _row(
    axes: Sequence[Axes],
    points: pd.DataFrame,
    pooled: Mapping[str, pd.Series],
    parameters: Sequence[str],
    colors: Mapping[str, ColorType],
) -> None:
    noise, chaos = (points[points["part"] == part] for part in ("noise", "chaos"))
    for panel, parameter in zip(axes, parameters, strict=False):
        panel.scatter(
            noise[parameter], np.sqrt(noise["variance"]), s=8, color=colors["noise"], alpha=0.45, linewidths=0
        )
        _pooled(panel, pooled["noise"], FLOOR, FLOOR_BAND)
        _trend(
            panel, running_mean(noise[parameter].to_numpy(), noise["variance"].to_numpy()), colors["noise"]
        )
        if "chaos" in pooled:
            _chaos(panel, chaos[parameter], chaos, colors["chaos"])
            _pooled(panel, pooled["chaos"], *_chaos_lines(colors["chaos"]))
        panels.scale_to(panel, points[parameter], "x")
        panel.margins(y=0.08)
    axes[0].set_ylim(bottom=0)
    axes[0].yaxis.set_major_locator(MaxNLocator(4))


def _pooled(axes: Axes, pooled: pd.Series, line: Mapping[str, Any], band: Mapping[str, Any]) -> None:
    low, middle, high = np.sqrt(pooled[["lower", "variance", "upper"]].to_numpy(dtype=float))
    axes.axhspan(low, high, **band)
    axes.axhline(middle, **line)


def _chaos(axes: Axes, places: pd.Series, chaos: pd.DataFrame, color: ColorType) -> None:
    """Every point with its own interval: there are few."""
    low, middle, high = np.sqrt(chaos[["lower", "variance", "upper"]].to_numpy(dtype=float)).T
    reach = [middle - low, high - middle]
    axes.errorbar(places, middle, yerr=reach, color=color, elinewidth=0.6, **CHAOS_DOT)


def _chaos_lines(color: ColorType) -> tuple[dict[str, Any], dict[str, Any]]:
    return FLOOR | {"color": color, "linestyle": "-"}, FLOOR_BAND | {"color": color}


def _trend(axes: Axes, trend: pd.DataFrame, color: ColorType) -> None:
    """The root of the mean variance in bins, so that it compares with the pooled one."""
    middle = np.sqrt(trend["mean"])
    low = np.sqrt(np.maximum(trend["mean"] - trend["standard_error"], 0.0))
    high = np.sqrt(trend["mean"] + trend["standard_error"])
    axes.errorbar(
        trend["position"],
        middle,
        yerr=[middle - low, high - middle],
        color=color,
        fmt="-o",
        markersize=3.5,
        capsize=1.5,
    )


def _handles(colors: Mapping[str, ColorType]) -> list[Artist]:
    noise = colors["noise"]
    dot: dict[str, Any] = {"linestyle": "", "markersize": 3, "alpha": 0.45}
    handles: list[Artist] = [
        Line2D([], [], color=noise, marker="o", label="noise at one design point", **dot),
        Line2D([], [], color=noise, marker="o", markersize=3.5, label="mean of neighbouring points ± s.e."),
        Line2D([], [], label="noise, pooled, 95 %", **FLOOR),
    ]
    if "chaos" in colors:
        handles += [
            Line2D([], [], color=colors["chaos"], label="chaos at one design point, 95 %", **CHAOS_DOT),
            Line2D([], [], label="chaos, pooled, 95 %", **_chaos_lines(colors["chaos"])[0]),
        ]
    return handles


def _finding(table: pd.DataFrame) -> str:
    return "Noise."


FIGURE = TableFigure(_finding, "Axes.", _panels)
