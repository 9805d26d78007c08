"""Runs repeated at half the step parameter: how far each output moved, in units of the scatter between seeds."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.typing import ColorType

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FLOOR, INK, drawing, palette
from nbody_emulator.settings.figure_style import Style

LIMIT = 0.2
"""The mean shift that is still harmless, in units of the scatter between seeds."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """The shift of every repeated run by output, with the mean; and the energy error before and after.

    Args:
        table: one row a repeated run and output: shift, energy_error, repeated_energy_error.
        style: of the text and the lines, and the width.
    """
    with drawing(style):
        figure = panels.new_figure(style, height=0.46)
        shifts, errors = figure.subplots(1, 2, width_ratios=[1.5, 1.0])
        _shifts(shifts, table, palette(style)[0])
        _errors(errors, table.drop_duplicates(["group", "replicate"]), palette(style)[0])
        panels.letter(shifts, 0)
        panels.letter(errors, 1)
        panels.outside_legend(figure, _handles(palette(style)[0]))
        return figure


def _shifts(axes: Axes, table: pd.DataFrame, color: ColorType) -> None:
    outputs = sorted(table["output"].unique())
    for place, name in enumerate(outputs):
        shift = table.loc[table["output"] == name, "shift"].dropna()
        axes.scatter(place + 0.5 * _aside(len(shift)), shift, s=9, color=color, alpha=0.5, linewidths=0)
        mean: dict[str, Any] = {"fmt": "D", "color": INK, "markersize": 3.5, "capsize": 2}
        if len(shift) > 1:
            axes.errorbar(place + 0.38, shift.mean(), yerr=shift.sem(), **mean)
    for side in (-LIMIT, LIMIT):
        axes.axhline(side, **FLOOR)
    axes.axhline(0.0, color=INK, linewidth=0.6)
    axes.set_xticks(range(len(outputs)), [labels.output(name) for name in outputs])
    axes.set_ylabel("shift / scatter between seeds")


def _aside(count: int) -> np.ndarray:
    """Places within +-0.5 that fill it evenly in no order of theirs: multiples of the golden ratio."""
    return np.arange(count) * 0.5 * (5**0.5 - 1) % 1 - 0.5


def _errors(axes: Axes, runs: pd.DataFrame, color: ColorType) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.scatter(
        runs["energy_error"], runs["repeated_energy_error"], s=12, color=color, alpha=0.6, linewidths=0
    )
    both = runs[["energy_error", "repeated_energy_error"]].to_numpy()
    both = both[np.isfinite(both) & (both > 0)]
    if len(both):
        ends = [both.min(), both.max()]
        axes.plot(ends, ends, color=INK, linewidth=0.6)
    axes.set_xlabel("energy error")
    axes.set_ylabel("energy error\nat half the step parameter")


def _handles(color: ColorType) -> list[Line2D]:
    return [
        Line2D([], [], color=color, marker="o", linestyle="", markersize=3.5, alpha=0.5, label="one run"),
        Line2D([], [], color=INK, marker="D", linestyle="", markersize=4, label="mean ± s.e."),
        Line2D([], [], label=f"± {LIMIT:g} of the scatter", **FLOOR),
    ]


def _finding(table: pd.DataFrame) -> str:
    return "Half step."


FIGURE = TableFigure(_finding, "Axes.", _panels)
