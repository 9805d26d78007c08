"""Posteriors: every parameter by itself and every pair, beside the prior, with what was learned of each."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from scipy.ndimage import gaussian_filter

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.style import FAINT, INK, drawing, palette
from nbody_emulator.levels import per_cent
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.settings.figure_style import Style

LEVELS = (0.68, 0.90)
"""Of the regions of pairs."""

BINS = 40
"""Of a parameter's box."""

TRUTH: dict[str, Any] = {"linewidth": 1.0, "linestyle": (0, (3, 2))}


class Shown(NamedTuple):
    """One posterior.

    Attributes:
        name: in the legend; one alone needs none.
        fractions: (n, d) of the box.
        weights: (n,) that add up to one.
        truth: values by name of the parameter, if they are known.
    """

    name: str
    fractions: np.ndarray
    weights: np.ndarray
    truth: Mapping[str, float]

    @property
    def contraction(self) -> np.ndarray:
        """(d,) 1 minus the posterior's variance over the prior's."""
        mean = self.weights @ self.fractions
        return 1.0 - 12.0 * (self.weights @ self.fractions**2 - mean**2)


def draw(parameters: Sequence[Parameter], posteriors: Sequence[Shown], style: Style) -> SubFigure:
    """Densities on the parameters' own scales, over the whole box: where they fill it, nothing was learned.

    Args:
        parameters: d of them.
        posteriors: drawn over each other, with their true parameters as broken lines and crosses.
        style: of the text and the lines, and the width.
    """
    count = len(parameters)
    with drawing(style):
        height = 0.3 + 0.8 * min(count, 4) / 4 + (0.3 if panels.is_one_column(style) else 0.0)
        figure = panels.new_figure(style, height=height)
        axes = figure.subplots(count, count, squeeze=False, sharex="col")
        colors = dict(zip((each.name for each in posteriors), palette(style), strict=False))
        for row in range(count):
            for column in range(count):
                panel = axes[row, column]
                if column > row:
                    panel.remove()
                    continue
                for shown in posteriors:
                    _one(panel, parameters, shown, row, column, colors[shown.name])
                _dress(panel, parameters, row, column)
            learned = ", ".join(f"{each.contraction[row]:.2f}" for each in posteriors)
            between = "\n" if len(posteriors) > 1 else " "
            axes[row, row].set_ylim(bottom=0.0)
            axes[row, row].set_title(f"contraction{between}{learned}", fontsize="small")
        panels.outside_legend(figure, _handles(posteriors, colors))
        return figure


def _handles(posteriors: Sequence[Shown], colors: Mapping[str, Any]) -> list[Line2D]:
    regions = f"regions of {' and '.join(map(per_cent, LEVELS))} %"
    handles = [Line2D([], [], color=colors[each.name], label=each.name or regions) for each in posteriors]
    handles.append(Line2D([], [], color=FAINT, label="prior"))
    if any(each.truth for each in posteriors):
        handles.append(Line2D([], [], color=INK, label="truth", marker="x", **TRUTH))
    return handles


def _one(
    axes: Axes, parameters: Sequence[Parameter], shown: Shown, row: int, column: int, color: Any
) -> None:
    """One posterior in the panel of a parameter, or of a pair of them, with its truth."""
    places = [
        float(parameters[place].to_unit_interval(np.array(shown.truth[parameters[place].name])))
        for place in (column, row)
        if shown.truth
    ]
    if row == column:
        _alone(axes, shown.fractions[:, row], shown.weights, color)
        if places:
            axes.axvline(places[0], color=color, **TRUTH)
    else:
        _pair(axes, shown.fractions[:, [column, row]], shown.weights, color)
        if places:
            axes.plot(*places, "x", color=INK, markersize=6, markeredgewidth=2.5, zorder=5)
            axes.plot(*places, "x", color=color, markersize=6, markeredgewidth=1.2, zorder=6)


def _alone(axes: Axes, values: np.ndarray, weights: np.ndarray, color: Any) -> None:
    density, edges = np.histogram(values, BINS, (0.0, 1.0), weights=weights)
    smooth = BINS * _smoothed(density, values[:, None], weights)
    axes.plot(0.5 * (edges[1:] + edges[:-1]), smooth, color=color)
    axes.axhline(1.0, color=FAINT, linewidth=0.8)
    axes.set_yticks([])


def _pair(axes: Axes, values: np.ndarray, weights: np.ndarray, color: Any) -> None:
    box = [(0.0, 1.0), (0.0, 1.0)]
    density, edges, _ = np.histogram2d(values[:, 0], values[:, 1], BINS, box, weights=weights)
    smooth = _smoothed(density, values, weights)
    middles = 0.5 * (edges[1:] + edges[:-1])
    ordered = np.sort(smooth.ravel())[::-1]
    held = np.cumsum(ordered) / ordered.sum()
    last = len(ordered) - 1
    ends = [float(ordered[min(int(np.searchsorted(held, level)), last)]) for level in LEVELS[::-1]]
    if not ends[0] < ends[1] < ordered[0]:  # nothing stands out: there is no region to draw
        axes.set_ylim(0.0, 1.0)
        return
    shades = [(*color, 0.12), (*color, 0.4)]
    axes.contourf(middles, middles, smooth.T, [*ends, np.inf], colors=shades)
    axes.contour(middles, middles, smooth.T, ends, colors=[color], linewidths=1.0)
    axes.set_ylim(0.0, 1.0)


def _smoothed(density: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A histogram of weighted values (n, k), by Scott's rule: as wide as they scatter, the less the more there are."""
    mean = weights @ values
    scatter = np.sqrt(np.maximum(weights @ values**2 - mean**2, 0.0))
    width = scatter * (weights @ weights) ** (1.0 / (values.shape[1] + 4))
    return gaussian_filter(density, BINS * width, mode="reflect")


def _dress(axes: Axes, parameters: Sequence[Parameter], row: int, column: int) -> None:
    """Ticks at values of the parameters, and names at the edges."""
    axes.set_xlim(0.0, 1.0)
    _ticks(axes, parameters[column], "x", labelled=row == len(parameters) - 1)
    if row != column:
        _ticks(axes, parameters[row], "y", labelled=column == 0)


def _ticks(axes: Axes, parameter: Parameter, name: str, labelled: bool) -> None:
    places = np.array([0.1, 0.5, 0.9])
    values = [f"{value:.2g}" for value in parameter.from_unit_interval(places)]
    getattr(axes, f"set_{name}ticks")(places, values if labelled else [""] * len(places))
    axes.tick_params(colors=INK)
    if labelled:
        unit = "" if parameter.unit == "1" else f" [{parameter.unit}]"
        getattr(axes, f"set_{name}label")(labels.narrow(labels.short_quantity(parameter.name)) + unit)
