"""Lagrangian radii against time for three runs, from one that shrinks to one that swells."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import drawing, palette
from nbody_emulator.settings.figure_style import Style

PLACES = (0, 2, 1)
"""Places in the palette of the mass fractions, from the inner radius outwards."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """One panel a run: its radii that hold a fraction of the bound mass.

    Args:
        table: by run (`quantile`), age and mass fraction: the radius, and the run's parameters; age and radius with
            their units in the headers.
        style: of the text and the lines, and the width.
    """
    age, radius = (_headed(table, name) for name in ("age", "radius"))
    parameters = panels.parameter_columns(table, ("quantile", age, "mass_fraction", radius))
    with drawing(style):
        figure = panels.new_figure(style, height=0.42)
        runs = list(table.groupby("quantile"))
        axes = figure.subplots(1, max(len(runs), 1), sharey=True, squeeze=False)[0]
        colors = [palette(style)[place] for place in PLACES]
        fractions = sorted(table["mass_fraction"].unique())
        for place, (panel, (_, run)) in enumerate(zip(axes, runs, strict=False)):
            _radii(panel, run, (age, radius), colors)
            panels.letter(panel, place, _words(run.iloc[0], parameters))
        if not runs:
            panels.nothing_to_show(axes[0], "no run has Lagrangian radii to its end")
        axes[0].set_ylabel(radius)
        panels.outside_legend(figure, _handles(fractions, colors))
        return figure


def _headed(table: pd.DataFrame, name: str) -> str:
    """The column of this name, whatever its unit."""
    return next(column for column in table.columns if column.startswith(f"{name} ["))


def _radii(axes: Axes, run: pd.DataFrame, columns: tuple[str, str], colors: list) -> None:
    age, radius = columns
    for color, (_, curve) in zip(colors, run.groupby("mass_fraction"), strict=False):
        axes.plot(curve[age], curve[radius], "-o", color=color, markersize=2.5, linewidth=1.2)
    axes.set_yscale("log")
    panels.plain_log_ticks(axes.yaxis, axes.get_ylim())
    axes.set_xlabel(age)


def _words(run: pd.Series, parameters: list[str]) -> str:
    """Which run it is, and its parameters."""
    values = [f"{labels.short_quantity(name)} {run[name]:#.2g}{_unit(name)}" for name in parameters]
    return "\n".join([f"growth: {run['quantile']:.0%} quantile", *values])


def _unit(column: str) -> str:
    unit = column.partition(" [")[2].removesuffix("]")
    return f" {unit}" if unit else ""


def _handles(fractions: list[float], colors: list) -> list[Line2D]:
    return [
        Line2D([], [], color=color, marker="o", markersize=2.5, label=f"{fraction:.0%} of the bound mass")
        for color, fraction in zip(colors, fractions, strict=False)
    ]


def _finding(table: pd.DataFrame) -> str:
    return "Evolution."


FIGURE = TableFigure(_finding, "Axes.", _panels)
