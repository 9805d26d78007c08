"""The noise that the parameters do not fix: its share of each output's variance, and how it changes over the box."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.typing import ColorType

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.binning import running_mean
from nbody_emulator.figures.style import FLOOR, FLOOR_BAND, INK, drawing, palette
from nbody_emulator.settings.figure_style import Style

KNOWN = (
    "output",
    "group",
    "noise_variance",
    "standard_error",
    "lower",
    "upper",
    "degrees_of_freedom",
    "total_variance",
    "share",
    "share_standard_error",
    "share_lower",
    "share_upper",
)
POOLED = "all"


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Share of the variance by output, then the scatter of replicates against every parameter.

    Args:
        table: by output and design point (`group`, "all" for the pooled estimate): noise_variance,
            lower and upper (95 %), share, share_lower, share_upper, and the parameters.
        style: of the text and the lines, and the width.

    Scatter is shown as a standard deviation: in the variance itself the long tail of a few replicates rules.
    """
    parameters = panels.parameter_columns(table, KNOWN)
    pooled = table[table["group"] == POOLED].set_index("output")
    points = table[table["group"] != POOLED]
    outputs = list(pooled.index)
    with drawing(style):
        top, bottom = 0.12 + 0.035 * len(outputs), 0.14 + 0.17 * len(outputs)
        figure = panels.new_figure(style, height=top + bottom)
        shares, scatter = panels.stacked(figure, [top, bottom])
        _shares(shares.subplots(), pooled, outputs, palette(style)[0])
        axes = scatter.subplots(
            len(outputs), max(len(parameters), 1), sharex="col", sharey="row", squeeze=False
        )
        for row, output in enumerate(outputs):
            _row(
                axes[row],
                points[points["output"] == output],
                pooled.loc[output],
                parameters,
                palette(style)[0],
            )
            axes[row, 0].set_ylabel(labels.output(output))
        for panel, parameter in zip(axes[-1], parameters, strict=False):
            panel.set_xlabel(labels.quantity(parameter))
        panels.letter(axes[0, 0], 1)
        scatter.supylabel("standard deviation of replicates\n[transformed units]", fontsize="medium")
        panels.outside_legend(scatter, _handles(palette(style)[0]))
        return figure


def _shares(axes: Axes, pooled: pd.DataFrame, outputs: Sequence[str], color: ColorType) -> None:
    places = np.arange(len(outputs))[::-1]
    share = pooled["share"].to_numpy()
    lower, upper = (
        pooled[name].fillna(pooled["share"]).to_numpy() for name in ("share_lower", "share_upper")
    )
    axes.barh(places, share, height=0.55, color=color, alpha=0.35, linewidth=0)
    reach = [share - lower, upper - share]
    axes.errorbar(share, places, xerr=reach, fmt="o", markersize=4, color=color, ecolor=INK, capsize=2)
    for place, value, low, high in zip(places, share, lower, upper, strict=True):
        axes.annotate(
            f"{value:.3f} ({low:.3f} to {high:.3f})",
            (high, place),
            (5, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_yticks(places, [labels.output(name) for name in outputs])
    axes.set_ylim(-0.6, len(outputs) - 0.4)
    top = np.nanmax([1.0, *upper])
    axes.set_xlim(0, 1.12 * top if top > 1 else 1)
    axes.set_xlabel("share of the variance over the design that the parameters do not fix")
    panels.letter(axes, 0)


def _row(
    axes: Sequence[Axes], points: pd.DataFrame, pooled: pd.Series, parameters: Sequence[str], color: ColorType
) -> None:
    deviation = np.sqrt(points["noise_variance"])
    low, middle, high = np.sqrt(pooled[["lower", "noise_variance", "upper"]].to_numpy(dtype=float))
    for panel, parameter in zip(axes, parameters, strict=False):
        panel.axhspan(low, high, **FLOOR_BAND)
        panel.axhline(middle, **FLOOR)
        panel.scatter(points[parameter], deviation, s=8, color=color, alpha=0.45, linewidths=0)
        _trend(panel, running_mean(points[parameter].to_numpy(), points["noise_variance"].to_numpy()), color)
        panels.scale_to(panel, points[parameter], "x")
        panel.margins(y=0.08)
    axes[0].set_ylim(bottom=0)
    axes[0].yaxis.set_major_locator(MaxNLocator(4))


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


def _handles(color: ColorType) -> list[Line2D]:
    return [
        Line2D(
            [], [], color=color, marker="o", linestyle="", markersize=3, alpha=0.45, label="one design point"
        ),
        Line2D([], [], color=color, marker="o", markersize=3.5, label="mean of neighbouring points ± s.e."),
        Line2D([], [], label="pooled, 95 %", **FLOOR),
    ]
