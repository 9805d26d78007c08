"""Where the design points lie: every pair of parameters, and every parameter alone, set by set."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import INK, Look, drawing, set_looks
from nbody_emulator.settings.figure_style import Style

KNOWN = ("set", "role", "group", "usable")


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """A triangle of scatter plots with the cumulative distributions on its diagonal.

    Args:
        table: one row a design point: set, role, group, usable, and the parameters with their units.
        style: of the text and the lines, and the width.

    Axes are logarithmic where the points fill a log axis more evenly (`panels.is_logarithmic`). Points with
    an unusable run are crossed out.
    """
    parameters = panels.parameter_columns(table, KNOWN)
    with drawing(style):
        count = max(len(parameters), 1)
        figure = panels.new_figure(style, height=0.6 if count == 1 else 0.9)
        axes = figure.subplots(count, count, squeeze=False)
        looks = set_looks(table, style)
        for (row, column), panel in np.ndenumerate(axes):
            if column > row:
                panel.remove()
                continue
            if row == column:
                _marginal(panel, table, parameters[row], looks)
            else:
                _pair(panel, table, parameters[column], parameters[row], looks)
            _label(panel, row, column, parameters)
        panels.outside_legend(figure, _handles(table, looks))
        return figure


def _marginal(axes: Axes, table: pd.DataFrame, parameter: str, looks: Mapping[str, Look]) -> None:
    """Share of each set's points below a value: straight where they are spread evenly, and free of bins."""
    for name, mark in looks.items():
        values = table.loc[table["set"] == name, parameter].dropna().sort_values()
        axes.ecdf(panels.thinned(values), color=mark.color, linewidth=1.1)
    panels.ticks_at(axes, (0.0, 0.5, 1.0), "y")
    axes.set_ylabel("fraction below")
    panels.scale_to(axes, table[parameter])


def _pair(axes: Axes, table: pd.DataFrame, across: str, up: str, looks: Mapping[str, Look]) -> None:
    panels.rasterize_if_crowded(axes, len(table))
    for name, mark in looks.items():
        points = table[table["set"] == name]
        axes.scatter(
            points[across],
            points[up],
            s=7 if len(points) > 100 else 14,
            color=mark.color,
            marker=mark.marker,
            alpha=0.6,
            linewidths=0,
        )
    unusable = table[~_true(table["usable"])]
    axes.scatter(unusable[across], unusable[up], s=24, color=INK, marker="x", linewidths=0.9, zorder=3)
    panels.scale_to(axes, table[across], "x")
    panels.scale_to(axes, table[up], "y")


def _label(axes: Axes, row: int, column: int, parameters: Sequence[str]) -> None:
    last = len(parameters) - 1
    axes.set_xlabel(labels.quantity(parameters[column]) if row == last else "")
    if row != column:
        axes.set_ylabel(labels.quantity(parameters[row]) if column == 0 else "")
    axes.tick_params(labelbottom=row == last, labelleft=column == 0 or row == column)


def _handles(table: pd.DataFrame, looks: Mapping[str, Look]) -> list[Line2D]:
    sizes = table["set"].value_counts()
    handles = [
        Line2D([], [], markersize=4, label=f"{name} ({sizes[name]} points)", **vars(mark))
        for name, mark in looks.items()
    ]
    unusable = int((~_true(table["usable"])).sum())
    text = f"with an unusable run ({unusable})"
    crossed = Line2D([], [], color=INK, marker="x", linestyle="", markersize=5, label=text)
    return [*handles, crossed] if unusable else handles


def _true(column: pd.Series) -> pd.Series:
    # A column of True and False comes back from a CSV as booleans or, with a gap in it, as words.
    return column.astype(str) == "True"


def _finding(table: pd.DataFrame) -> str:
    return "Design."


FIGURE = TableFigure(_finding, "Axes.", _panels)
