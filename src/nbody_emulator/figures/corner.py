"""Posteriors: every parameter by itself and every pair, beside the prior, with what was learned of each."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.typing import LineStyleType
from scipy.ndimage import gaussian_filter

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.style import FAINT, INK, SHADES, drawing
from nbody_emulator.levels import per_cent
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.settings.figure_style import Style

LEVELS = (0.68, 0.90)
"""Of the regions of pairs."""

BINS = 40
"""Of a parameter's box."""

PRIOR: dict[str, Any] = {"color": FAINT, "linewidth": 1.0, "linestyle": ":"}

NARROWEST_INCHES = 0.75
"""Of a panel: where pairs would be narrower, parameters stand alone, as many side by side as there is room for."""

ALONE_INCHES, FRAME_INCHES, TITLE_INCHES = 1.4, 0.8, 0.36
FLATNESS = 0.8
"""Of a panel: its height over its width."""


class Line(NamedTuple):
    """How one of several posteriors is drawn."""

    color: str
    style: LineStyleType


LINES = (
    Line(SHADES[0], "-"),
    Line(SHADES[1], (0, (4, 1.5))),
    Line(SHADES[2], "-"),
    Line(SHADES[0], (0, (1, 1.5))),
    Line(SHADES[1], (0, (4, 1, 1, 1))),
    Line(SHADES[2], (0, (1, 1))),
)


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
        posteriors: drawn over each other, with their true parameters as crosses.
        style: of the text and the lines, and the width.
    """
    count = len(parameters)
    lines = dict(zip((each.name for each in posteriors), cycle(LINES), strict=False))
    has_pairs = style.width_inches / (count + 1) >= NARROWEST_INCHES
    with drawing(style):
        draw_all = _triangle if has_pairs else _alone_side_by_side
        figure = draw_all(parameters, posteriors, lines, style)
        panels.outside_legend(figure, _handles(posteriors, lines, has_pairs))
        return figure


Lines = Mapping[str, Line]


def _triangle(
    parameters: Sequence[Parameter], posteriors: Sequence[Shown], lines: Lines, style: Style
) -> SubFigure:
    """Parameters on the diagonal, pairs below it."""
    count = len(parameters)
    side = (style.width_inches - FRAME_INCHES) / count
    inches = FRAME_INCHES + count * (FLATNESS * side + TITLE_INCHES)
    figure = panels.new_figure(style, height=inches / style.width_inches)
    axes = figure.subplots(count, count, squeeze=False, sharex="col")
    for row in range(count):
        for column in range(count):
            panel = axes[row, column]
            if column > row:
                panel.remove()
                continue
            for shown in posteriors:
                _one(panel, parameters, shown, row, column, lines[shown.name], len(posteriors) == 1)
            _dress(panel, parameters, row, column)
        _tell(axes[row, row], row, posteriors)
    return figure


def _alone_side_by_side(
    parameters: Sequence[Parameter], posteriors: Sequence[Shown], lines: Lines, style: Style
) -> SubFigure:
    """Parameters alone: a column of a page has no room for their pairs."""
    columns = max(int(style.width_inches // ALONE_INCHES), 1)
    rows = -(-len(parameters) // columns)
    figure = panels.new_figure(style, height=rows * ALONE_INCHES / style.width_inches)
    axes = figure.subplots(rows, columns, squeeze=False).flat
    for place, panel in enumerate(axes):
        if place >= len(parameters):
            panel.remove()
            continue
        for shown in posteriors:
            _one(panel, parameters, shown, place, place, lines[shown.name], False)
        panel.set_xlim(0.0, 1.0)
        _ticks(panel, parameters[place], "x", labelled=True)
        _tell(panel, place, posteriors)
    return figure


def _tell(axes: Axes, place: int, posteriors: Sequence[Shown]) -> None:
    """What was learned of the parameter, of each posterior."""
    learned = ", ".join(f"{each.contraction[place]:.2f}" for each in posteriors).replace("-", "\u2212")
    axes.set_ylim(bottom=0.0)
    between = "\n" if len(posteriors) > 1 else " "
    axes.set_title(f"contraction{between}{learned}", fontsize="small")


def _handles(posteriors: Sequence[Shown], lines: Lines, has_pairs: bool) -> list[Line2D]:
    levels = LEVELS if len(posteriors) == 1 else LEVELS[-1:]
    regions = f"regions of {' and '.join(map(per_cent, levels))} %" if has_pairs else "posterior"
    handles = [
        Line2D(
            [], [], color=lines[each.name].color, linestyle=lines[each.name].style, label=each.name or regions
        )
        for each in posteriors
    ]
    handles.append(Line2D([], [], label="prior", **PRIOR))
    if any(each.truth for each in posteriors):
        handles.append(Line2D([], [], color=INK, label="truth", marker="x", linestyle=""))
    return handles


def _one(
    axes: Axes,
    parameters: Sequence[Parameter],
    shown: Shown,
    row: int,
    column: int,
    line: Line,
    is_only: bool,
) -> None:
    """One posterior in the panel of a parameter, or of a pair of them, with its truth."""
    places = [
        float(parameters[place].to_unit_interval(np.array(shown.truth[parameters[place].name])))
        for place in (column, row)
        if shown.truth
    ]
    cross: dict[str, Any] = {"markersize": 6, "markeredgewidth": 1.6, "clip_on": False, "zorder": 6}
    if row == column:
        _alone(axes, shown.fractions[:, row], shown.weights, line)
        if places:
            axes.plot(places[0], 0.0, "x", color=line.color, **cross)
        return
    _pair(axes, shown.fractions[:, [column, row]], shown.weights, line, is_only)
    if places:
        axes.plot(*places, "x", color=line.color, **cross)


def _alone(axes: Axes, values: np.ndarray, weights: np.ndarray, line: Line) -> None:
    density, edges = np.histogram(values, BINS, (0.0, 1.0), weights=weights)
    smooth = BINS * _smoothed(density, values[:, None], weights)
    axes.plot(0.5 * (edges[1:] + edges[:-1]), smooth, color=line.color, linestyle=line.style)
    axes.axhline(1.0, **PRIOR)
    axes.set_yticks([])


def _pair(axes: Axes, values: np.ndarray, weights: np.ndarray, line: Line, is_only: bool) -> None:
    """Both regions filled where there is one posterior; the larger one as a line, over a breath of shade, else."""
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
    color, shown = to_rgb(line.color), ends if is_only else ends[:1]
    shades = [(*color, 0.15), (*color, 0.45)] if is_only else [(*color, 0.08)]
    axes.contourf(middles, middles, smooth.T, [*shown, np.inf], colors=shades)
    axes.contour(middles, middles, smooth.T, shown, colors=[color], linestyles=[line.style], linewidths=1.2)
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
        getattr(axes, f"set_{name}label")(labels.narrow(labels.short_quantity(parameter.name) + unit))
