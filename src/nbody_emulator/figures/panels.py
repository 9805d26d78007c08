"""What the panels of all figures share: sizes, scales, legends that stand outside, words in empty panels."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import prominent_families, reference
from nbody_emulator.figures import labels
from nbody_emulator.figures.style import FAINT, INK, MUTED, Look, drawing
from nbody_emulator.settings.figure_style import Style

RASTERIZED_FROM = 300
"""From so many points in a panel on, they are an image inside the SVG: each takes a hundred bytes, a pixel one."""

CLOUDS_BELOW = 1.5
"""Dots are drawn at 1, lines from 2 on."""

MOST_DOTS = 300
"""In one cloud, where the same runs are shown many times over."""

WIDE_RANGE = 30.0
"""A linear axis shows one part in this many of its length; beyond, it becomes logarithmic away from zero."""

ROUND = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0))
"""Multiples of the powers of ten that make ticks of a log axis, from the sparsest on."""

ONE_COLUMN_INCHES = 5.0
"""A figure narrower than this stands in one column of a page: panels side by side elsewhere go below each other."""

MOST_LEGEND_COLUMNS = 4
LEGEND_WIDTH = 0.95
"""Of the page, at most: whoever opens the SVG may have a wider font."""

FEW_DECADES = 2
MOST_DECADES = 6
"""So many powers of ten have a tick of their own; of more every second, every third, ..."""

PLAIN = FuncFormatter(lambda value, _: f"{value:g}".replace("-", "\u2212"))
"""Numbers as they are written in a text, without powers of ten."""


def new_figure(style: Style, height: float) -> SubFigure:
    """Room for panels: all of a new page of the style's width, and `height` as a fraction of it; titles add to that."""
    width = style.width_inches
    page = Figure(figsize=(width, height * width), layout="constrained")
    return page.add_subfigure(page.add_gridspec()[0])


def is_one_column(style: Style) -> bool:
    """Whether the figure is as narrow as a column of a journal's page."""
    return style.width_inches < ONE_COLUMN_INCHES


def stacked(figure: SubFigure, heights: Sequence[float]) -> list[SubFigure]:
    """Parts of the figure, one below the other, whose heights are in these proportions."""
    return list(figure.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0])


def parameter_columns(table: pd.DataFrame, known: Iterable[str]) -> list[str]:
    """The table's parameters: its numeric columns besides the `known` ones."""
    return [column for column in table.select_dtypes("number").columns if column not in set(known)]


def is_logarithmic(values: np.ndarray) -> bool:
    """Whether positive `values` (n,) fill a log axis more evenly than a linear one.

    They do where the median lies nearer to the geometric than to the arithmetic mean of the extremes: so it
    does for a design that is uniform in the logarithm, and not for one that is uniform in the value itself.
    A range below a factor of 3 is linear, since there the two can hardly be told apart.
    """
    values = values[np.isfinite(values)]
    if len(values) < 3 or values.min() <= 0 or values.max() < 3 * values.min():
        return False
    low, high, median = values.min(), values.max(), np.median(values)
    return abs(median - np.sqrt(low * high)) < abs(median - 0.5 * (low + high))


def scale_to(axes: Axes, values: np.ndarray | pd.Series, name: str = "x", ticks: int = 4) -> None:
    """Set the scale of axis `name` by `is_logarithmic`, with about so many plain numbers for `ticks`."""
    values = np.asarray(values, dtype=float)
    axis = getattr(axes, f"{name}axis")
    if not is_logarithmic(values):
        axis.set_major_locator(MaxNLocator(ticks))
        return
    getattr(axes, f"set_{name}scale")("log")
    plain_log_ticks(axis, (np.nanmin(values), np.nanmax(values)), ticks)


def plain_log_ticks(axis: Axis, limits: tuple[float, float], ticks: int = 4) -> None:
    """Plain numbers on a log axis: the sparsest of `ROUND` that has three about `limits`, else equal steps."""
    low, high = limits
    powers = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    decades = 10.0 ** powers[:: -(-len(powers) // MOST_DECADES)]
    for multiples in ROUND:
        places = np.outer(decades, multiples).ravel()
        # Points of a design come near the round edge of their box and do not reach it.
        if np.count_nonzero((places > 0.97 * low) & (places < 1.03 * high)) >= 3:
            axis.set_major_locator(FixedLocator(places.tolist()))
            break
    else:
        axis.set_major_locator(MaxNLocator(ticks))
        axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(PLAIN)
    axis.set_minor_formatter(NullFormatter())


def ticks_at(axes: Axes, values: Iterable[float], name: str = "x") -> None:
    """Ticks at exactly these values."""
    axis = getattr(axes, f"{name}axis")
    axis.set_major_locator(FixedLocator(sorted(set(values))))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(PLAIN)


def compress_if_wide(axes: Axes, values: np.ndarray, resolved: float, name: str = "y") -> None:
    """Make axis `name` linear within +-`resolved` and logarithmic beyond, where `values` reach much further.

    To be called before anything is drawn, for margins are laid out on the scale that they find.
    """
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    if not len(values) or not resolved > 0 or np.abs(values).max() <= WIDE_RANGE * resolved:
        return
    exponent = np.floor(np.log10(resolved))
    edge = np.ceil(resolved / 10**exponent) * 10**exponent
    getattr(axes, f"set_{name}scale")("symlog", linthresh=edge, linscale=1.0)
    decades = edge * 10.0 ** np.arange(1 + np.ceil(np.log10(np.abs(values).max() / edge)))
    axis = getattr(axes, f"{name}axis")
    # Of many decades there is no room for more than their ends.
    between = [0.5 * edge] if len(decades) <= FEW_DECADES else []
    axis.set_major_locator(FixedLocator([*-decades[::-1], 0.0, *between, *decades]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(PLAIN)


def letter(axes: Axes, place: int, text: str = "") -> None:
    """Title the panel with its letter, (a) for place 0, and `text`."""
    axes.set_title(f"({chr(ord('a') + place)}) {text}".rstrip(), loc="left")


def letter_inside(axes: Axes, place: int) -> None:
    """The letter in the upper left corner, for panels whose titles name something else."""
    axes.text(0.04, 0.97, f"({chr(ord('a') + place)})", transform=axes.transAxes, va="top")


def rasterize_if_crowded(axes: Axes, points: int) -> None:
    """Keep what lies lowest in a panel of so many points (clouds of dots, but no lines or text) as one image."""
    if points > RASTERIZED_FROM:
        axes.set_rasterization_zorder(CLOUDS_BELOW)
        axes.patch.set_visible(False)  # it would lie in the image too; the page is white by itself


def thinned(rows: pd.DataFrame | pd.Series) -> pd.DataFrame | pd.Series:
    """Every so manieth of the rows, `MOST_DOTS` at most: a cloud looks no different for more."""
    return rows.iloc[:: max(1, -(-len(rows) // MOST_DOTS))]


def nothing_to_show(axes: Axes, text: str = "no data") -> None:
    """Say in the panel that there is nothing, rather than showing an empty frame."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=FAINT)


def empty_figure(style: Style) -> SubFigure:
    """One panel that says so, where a table has no rows."""
    with drawing(style):
        figure = new_figure(style, height=0.3)
        nothing_to_show(figure.subplots())
        return figure


def contenders(families: Iterable[str]) -> list[str]:
    """The families worth an axis of their own: all but the baseline, unless there is nothing else."""
    families = list(families)
    return [name for name in families if name != reference(Reference.MEAN, families)] or families


def family_handles(marks: Mapping[str, Look]) -> list[Line2D]:
    """Legend entries for families."""
    return [
        Line2D([], [], color=mark.color, marker=mark.marker, markersize=4, label=labels.family(name))
        for name, mark in marks.items()
    ]


def prominent(marks: Mapping[str, Look]) -> dict[str, Look]:
    """The marks of the families that stand for all; all of them where none of those is there."""
    shown = prominent_families(marks)
    return {name: mark for name, mark in marks.items() if name in shown} or dict(marks)


def muted_handles(marks: Mapping[str, Look], text: str) -> list[Line2D]:
    """The legend entry of the families that are not prominent, if there are any."""
    return [Line2D([], [], label=text, **MUTED)] if len(prominent(marks)) < len(marks) else []


def outside_legend(figure: SubFigure, handles: Sequence[Artist], columns: int | None = None) -> None:
    """A legend above all panels, where it hides nothing, in `columns` or in as many as the page has room for."""
    if not handles:
        return
    for count in [columns] if columns else range(min(len(handles), MOST_LEGEND_COLUMNS), 0, -1):
        legend = figure.legend(handles=handles, loc="outside upper center", ncols=count, labelcolor=INK)
        if count == 1 or legend.get_window_extent().width < LEGEND_WIDTH * figure.bbox.width:
            return
        legend.remove()
