"""What the error is made of: bias^2, variance and noise against the complexity of the model."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.typing import ColorType

from nbody_emulator.emulators.family import Ladder
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.style import FAINT, FLOOR, FLOOR_BAND, INK, drawing, palette
from nbody_emulator.settings.figure_style import Style

TERMS = {
    "error": ("observed error", "o", 1.5),
    "bias_squared": ("bias$^2$", "v", 1.2),
    "variance": ("variance", "^", 1.2),
}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """One row of panels an output, one column a ladder; the noise is a band across.

    Args:
        table: by ladder, complexity and output: bias_squared, variance, noise and error, each with its
            `_lower` and `_upper`, the 95 % interval (NaN where too few fits give none), fits, points.
        style: of the text and the lines, and the width.

    Estimates may be negative and are shown so. Where the range is wide, an axis is linear up to
    about twice the noise on either side of zero and logarithmic beyond.
    """
    ladders = sorted(table["ladder"].unique(), key=FAMILIES.names.index)
    outputs = sorted(table["output"].unique())
    with drawing(style):
        colors = _colors(style)
        figure = panels.new_figure(style, height=0.16 + 0.24 * len(outputs))
        axes = figure.subplots(len(outputs), max(len(ladders), 1), sharex="col", sharey="row", squeeze=False)
        for (row, column), panel in np.ndenumerate(axes):
            of_output = table[table["output"] == outputs[row]]
            terms = of_output[list(TERMS)].to_numpy().ravel()
            panels.compress_if_wide(panel, terms, resolved=2 * of_output["noise"].mean())
            chosen = of_output[of_output["ladder"] == ladders[column]]
            _panel(panel, chosen.sort_values("complexity"), ladders[column], colors)
        for row, output in enumerate(outputs):
            axes[row, 0].set_ylabel(f"{labels.output(output)}\n{labels.SQUARED}")
        for column, ladder in enumerate(ladders):
            axes[-1, column].set_xlabel(_ladder(ladder).label)
            counts = _counts(table[table["ladder"] == ladder])
            panels.letter(axes[0, column], column, f"{_ladder(ladder).title}, {counts}")
        panels.outside_legend(figure, _handles(colors))
        return figure


def _colors(style: Style) -> dict[str, ColorType]:
    colors = palette(style)
    return {"error": INK, "bias_squared": colors[3], "variance": colors[9]}


def _ladder(name: str) -> Ladder:
    return FAMILIES.load(name).ladder


def _panel(axes: Axes, rows: pd.DataFrame, ladder: str, colors: Mapping[str, ColorType]) -> None:
    if _ladder(ladder).by_factors:
        axes.set_xscale("log")
    for name, (_, marker, width) in TERMS.items():
        axes.errorbar(
            rows["complexity"],
            rows[name],
            yerr=[rows[name] - rows[f"{name}_lower"], rows[f"{name}_upper"] - rows[name]],
            color=colors[name],
            marker=marker,
            markersize=3.5,
            linewidth=width,
            elinewidth=0.8,
            capsize=1.5,
        )
    axes.axhline(rows["noise"].mean(), **FLOOR)
    ends = rows[["noise_lower", "noise_upper"]].mean()
    if ends.notna().all():
        axes.axhspan(*ends, **FLOOR_BAND)
    axes.axhline(0.0, color=FAINT, linewidth=0.6, zorder=0)
    panels.ticks_at(axes, rows["complexity"])


def _counts(rows: pd.DataFrame) -> str:
    fits, points = (sorted(set(rows[name])) for name in ("fits", "points"))
    return f"{_range(fits)} fits, {_range(points)} points"


def _range(values: list[int]) -> str:
    return f"{values[0]}" if len(values) == 1 else f"{values[0]}–{values[-1]}"


def _handles(colors: Mapping[str, ColorType]) -> list[Line2D]:
    common: dict[str, Any] = {"markersize": 4, "xdata": [], "ydata": []}
    terms = [
        Line2D(color=colors[name], marker=marker, linewidth=width, label=f"{label}, 95 %", **common)
        for name, (label, marker, width) in TERMS.items()
    ]
    return [*terms, Line2D([], [], label="noise, 95 %", **FLOOR)]
