"""Where the design points lie: every parameter alone, set by set, and the pairs that lie least evenly."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import INK, Look, drawing, set_looks
from nbody_emulator.settings.figure_style import Style

KNOWN = ("set", "role", "group", "usable")
PER_ROW = 3
MOST_PAIRS = 3
"""Clouds that fill their box look all alike: those of the largest rank correlations stand for the rest."""

ROW_INCHES = 1.9
CROSS: dict[str, Any] = {"color": INK, "marker": "x"}


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Cumulative distributions of every parameter, then scatter plots of the pairs of largest rank correlation.

    Args:
        table: one row a design point: set, role, group, usable, and the parameters with their units.
        style: of the text and the lines, and the width.

    Axes are logarithmic where the points fill a log axis more evenly (`panels.is_logarithmic`). Points with
    an unusable run are crossed out.
    """
    parameters = panels.parameter_columns(table, KNOWN)
    pairs = list(_correlations(table).index[:MOST_PAIRS])
    columns = 1 if panels.is_one_column(style) else PER_ROW
    alone_rows, pair_rows = (max(-(-len(each) // columns), 1) for each in (parameters, pairs))
    heights = [ROW_INCHES * alone_rows, ROW_INCHES * pair_rows] if pairs else [ROW_INCHES * alone_rows]
    with drawing(style):
        figure = panels.new_figure(style, height=(0.5 + sum(heights)) / style.width_inches)
        parts = panels.stacked(figure, heights)
        looks = set_looks(table)
        grid = parts[0].subplots(
            alone_rows, min(columns, max(len(parameters), 1)), sharey=True, squeeze=False
        )
        for place, (panel, parameter) in enumerate(zip(grid.flat, parameters, strict=False)):
            _marginal(panel, table, parameter, looks)
            panels.letter(panel, place)
        for panel in grid.flat[len(parameters) :]:
            panel.remove()
        for panel in grid[:, 0]:
            panel.set_ylabel("fraction below")
        if pairs:
            axes = parts[1].subplots(pair_rows, min(columns, len(pairs)), squeeze=False).ravel()
            for place, (panel, (across, up)) in enumerate(zip(axes, pairs, strict=False)):
                _pair(panel, table, across, up, looks)
                panels.letter(panel, len(parameters) + place)
        panels.outside_legend(figure, _handles(table, looks))
        return figure


def _correlations(table: pd.DataFrame) -> pd.Series:
    """Rank correlation of every pair of parameters in the largest set, the largest first."""
    largest = table[table["set"] == table["set"].mode().iloc[0]]
    ranks = largest[panels.parameter_columns(table, KNOWN)].rank().corr()
    found = pd.Series({pair: ranks.loc[pair] for pair in combinations(ranks.columns, 2)}, dtype=float)
    return found.sort_values(key=lambda each: -each.abs(), kind="stable")


def _marginal(axes: Axes, table: pd.DataFrame, parameter: str, looks: Mapping[str, Look]) -> None:
    """Share of each set's points below a value: straight where they are spread evenly, and free of bins."""
    for name, look in looks.items():
        values = table.loc[table["set"] == name, parameter].dropna().sort_values()
        axes.ecdf(panels.thinned(values), color=look.color, linestyle=look.line, linewidth=1.2)
    panels.ticks_at(axes, (0.0, 0.5, 1.0), "y")
    panels.scale_to(axes, table[parameter])
    axes.set_xlabel(labels.quantity(parameter))


def _pair(axes: Axes, table: pd.DataFrame, across: str, up: str, looks: Mapping[str, Look]) -> None:
    panels.rasterize_if_crowded(axes, len(table))
    for name, look in looks.items():
        points = table[table["set"] == name]
        size = 4 if len(points) > 100 else 12
        axes.scatter(points[across], points[up], s=size, color=look.color, marker=look.marker, linewidths=0)
    unusable = table[~_true(table["usable"])]
    axes.scatter(unusable[across], unusable[up], s=24, linewidths=0.9, zorder=3, **CROSS)
    panels.scale_to(axes, table[across], "x")
    panels.scale_to(axes, table[up], "y")
    axes.set_xlabel(labels.quantity(across))
    axes.set_ylabel(labels.quantity(up))


def _handles(table: pd.DataFrame, looks: Mapping[str, Look]) -> list[Line2D]:
    sizes = table["set"].value_counts()
    handles = [
        Line2D(
            [],
            [],
            color=look.color,
            linestyle=look.line,
            marker=look.marker,
            markersize=4,
            label=f"{name} ({sizes[name]} points)",
        )
        for name, look in looks.items()
    ]
    unusable = int((~_true(table["usable"])).sum())
    crossed = Line2D([], [], linestyle="", markersize=5, label=f"with an unusable run ({unusable})", **CROSS)
    return [*handles, crossed] if unusable else handles


def _true(column: pd.Series) -> pd.Series:
    # A column of True and False comes back from a CSV as booleans or, with a gap in it, as words.
    return column.astype(str) == "True"


def _finding(table: pd.DataFrame) -> str:
    """How many points, how evenly they lie, and how many lost a run."""
    count, sets = len(panels.parameter_columns(table, KNOWN)), table["set"].nunique()
    lost = int((~_true(table["usable"])).sum())
    told = f"{len(table)} points in {_plural(sets, 'set')} fill a box of {_plural(count, 'parameter')}"
    correlations = _correlations(table).dropna()
    if len(correlations):
        told += f"; no two have a rank correlation above {abs(correlations.iloc[0]):.2f} in the largest set"
    return f"{told}; {_plural(lost, 'point') if lost else 'no point'} lost a run."


def _plural(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


FIGURE = TableFigure(
    _finding,
    "Above, for every parameter, the fraction of each set's points below a value, a straight line where they are "
    "spread evenly; below, the points of the pairs of parameters with the largest rank correlations, crossed out "
    "where a run is unusable.",
    _panels,
)
