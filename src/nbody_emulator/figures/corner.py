"""One posterior: every parameter by itself and every pair, beside the prior, with what was learned of each."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.ndimage import gaussian_filter

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.style import FAINT, INK, drawing, palette
from nbody_emulator.levels import per_cent
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.settings.figure_style import Style

LEVELS = (0.68, 0.90)
"""Of the regions of pairs."""

BINS, SMOOTHING = 40, 1.5
"""Of a parameter's box, and the width in bins by which a density is smoothed."""

TRUTH: dict[str, Any] = {"color": "black", "linewidth": 1.0, "linestyle": (0, (3, 2))}


def draw(
    parameters: Sequence[Parameter],
    fractions: np.ndarray,
    weights: np.ndarray,
    style: Style,
    truth: Mapping[str, float] | None = None,
) -> Figure:
    """Densities on the parameters' own scales, over the whole box: where they fill it, nothing was learned.

    Args:
        parameters: d of them.
        fractions: (n, d) of the box.
        weights: (n,) that add up to one.
        style: of the text and the lines, and the width.
        truth: values by name, drawn as broken lines.
    """
    count = len(parameters)
    with drawing(style):
        figure = panels.new_figure(style, height=0.2 + 0.8 * min(count, 4) / 4 + 0.1)
        axes = figure.subplots(count, count, squeeze=False, sharex="col")
        color = palette(style)[0]
        deviation = np.sqrt(np.maximum(weights @ fractions**2 - (weights @ fractions) ** 2, 0.0))
        for row in range(count):
            for column in range(count):
                panel = axes[row, column]
                if column > row:
                    panel.set_visible(False)
                elif column == row:
                    _alone(panel, fractions[:, row], weights, color)
                    panel.set_title(f"contraction {1.0 - 12.0 * deviation[row] ** 2:.2f}", fontsize="small")
                else:
                    _pair(panel, fractions[:, [column, row]], weights, color)
                _dress(panel, parameters, row, column, truth or {})
        handles = [Line2D([], [], color=color, label=f"regions of {' and '.join(map(per_cent, LEVELS))} %")]
        handles += [Line2D([], [], color=FAINT, label="prior")]
        handles += [Line2D([], [], label="truth", **TRUTH)] if truth else []
        panels.outside_legend(figure, handles)
        return figure


def _alone(axes: Axes, values: np.ndarray, weights: np.ndarray, color: Any) -> None:
    density, edges = np.histogram(values, BINS, (0.0, 1.0), weights=weights)
    smooth = BINS * gaussian_filter(density, SMOOTHING, mode="reflect")
    axes.plot(0.5 * (edges[1:] + edges[:-1]), smooth, color=color)
    axes.axhline(1.0, color=FAINT, linewidth=0.8)
    axes.set_ylim(0.0, 1.15 * max(smooth.max(), 1.0))
    axes.set_yticks([])


def _pair(axes: Axes, values: np.ndarray, weights: np.ndarray, color: Any) -> None:
    box = [(0.0, 1.0), (0.0, 1.0)]
    density, edges, _ = np.histogram2d(values[:, 0], values[:, 1], BINS, box, weights=weights)
    smooth = gaussian_filter(density, SMOOTHING, mode="reflect")
    middles = 0.5 * (edges[1:] + edges[:-1])
    ordered = np.sort(smooth.ravel())[::-1]
    held = np.cumsum(ordered) / ordered.sum()
    last = len(ordered) - 1
    ends = [float(ordered[min(int(np.searchsorted(held, level)), last)]) for level in LEVELS[::-1]]
    if not ends[0] < ends[1] < ordered[0]:  # nothing stands out: there is no region to draw
        axes.set_ylim(0.0, 1.0)
        return
    shades = [(*color, 0.2), (*color, 0.45)]
    axes.contourf(middles, middles, smooth.T, [*ends, np.inf], colors=shades)
    axes.contour(middles, middles, smooth.T, ends, colors=[color], linewidths=1.0)
    axes.set_ylim(0.0, 1.0)


def _dress(
    axes: Axes, parameters: Sequence[Parameter], row: int, column: int, truth: Mapping[str, float]
) -> None:
    """Ticks at values of the parameters, names at the edges, and the truth."""
    across, up = parameters[column], parameters[row]
    axes.set_xlim(0.0, 1.0)
    _ticks(axes, across, "x", labelled=row == len(parameters) - 1)
    if across.name in truth:
        axes.axvline(float(across.to_unit_interval(np.array(truth[across.name]))), **TRUTH)
    if row == column:
        return
    _ticks(axes, up, "y", labelled=column == 0)
    if up.name in truth:
        axes.axhline(float(up.to_unit_interval(np.array(truth[up.name]))), **TRUTH)


def _ticks(axes: Axes, parameter: Parameter, name: str, labelled: bool) -> None:
    places = np.array([0.1, 0.5, 0.9])
    values = [f"{value:.2g}" for value in parameter.from_unit_interval(places)]
    getattr(axes, f"set_{name}ticks")(places, values if labelled else [""] * len(places))
    axes.tick_params(colors=INK)
    if labelled:
        unit = "" if parameter.unit == "1" else f" [{parameter.unit}]"
        getattr(axes, f"set_{name}label")(labels.narrow(labels.short_quantity(parameter.name)) + unit)
