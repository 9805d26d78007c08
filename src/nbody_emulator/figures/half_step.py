"""Runs repeated at half the step parameter: how far each output moved, in units of the scatter between seeds."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FLOOR, INK, SHADES, drawing
from nbody_emulator.settings.figure_style import Style

LIMIT = 0.2
"""The mean shift that is still harmless, in units of the scatter between seeds."""

ONE_RUN: dict[str, Any] = {"color": SHADES[2], "marker": "o"}
MEAN: dict[str, Any] = {"color": INK, "marker": "D", "markersize": 4}
AFTER: dict[str, Any] = {"color": SHADES[1], "marker": "o"}
BREADTH = 0.6
"""Of a cloud, in that of an output's place."""

ENERGY_INCHES = 2.4
OUTPUT_INCHES = 0.3


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """The shift of every repeated run by output, with the mean upon it; and the energy error before and after.

    Args:
        table: one row a repeated run and output: shift, energy_error, repeated_energy_error.
        style: of the text and the lines, and the width.
    """
    outputs = sorted(table["output"].unique())
    with drawing(style):
        heights = [0.9 + max(OUTPUT_INCHES * len(outputs), 1.2), ENERGY_INCHES]
        if panels.is_one_column(style):
            figure = panels.new_figure(style, height=(0.3 + sum(heights)) / style.width_inches)
            shifts, errors = (part.subplots() for part in panels.stacked(figure, heights))
        else:
            figure = panels.new_figure(style, height=(0.3 + max(heights)) / style.width_inches)
            shifts, errors = figure.subplots(1, 2, width_ratios=[1.5, 1.0])
        _shifts(shifts, table, outputs)
        _errors(errors, table.drop_duplicates(["group", "replicate"]))
        panels.letter(shifts, 0, "outputs")
        panels.letter(errors, 1, "energy")
        panels.outside_legend(figure, _handles())
        return figure


def _shifts(axes: Axes, table: pd.DataFrame, outputs: list[str]) -> None:
    places = range(len(outputs))[::-1]
    for place, name in zip(places, outputs, strict=True):
        shift = table.loc[table["output"] == name, "shift"].dropna()
        axes.scatter(shift, place + BREADTH * _aside(len(shift)), s=6, linewidths=0, **ONE_RUN)
        if len(shift) > 1:
            axes.errorbar(
                shift.mean(),
                place,
                xerr=float(np.std(shift, ddof=1) / np.sqrt(len(shift))),
                capsize=2.5,
                zorder=4,
                **MEAN,
            )
    for side in (-LIMIT, LIMIT):
        axes.axvline(side, **FLOOR)
    axes.axvline(0.0, color=INK, linewidth=0.6)
    axes.set_yticks(places, [labels.output(name) for name in outputs])
    axes.set_xlabel("shift / scatter between seeds")


def _aside(count: int) -> np.ndarray:
    """Places within +-0.5 that fill it evenly in no order of theirs: multiples of the golden ratio."""
    return np.arange(count) * 0.5 * (5**0.5 - 1) % 1 - 0.5


def _errors(axes: Axes, runs: pd.DataFrame) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.scatter(runs["energy_error"], runs["repeated_energy_error"], s=12, linewidths=0, **AFTER)
    both = runs[["energy_error", "repeated_energy_error"]].to_numpy()
    both = both[np.isfinite(both) & (both > 0)]
    if len(both):
        ends = [both.min(), both.max()]
        axes.plot(ends, ends, color=INK, linewidth=0.6)
        axes.annotate(
            "equal", (ends[1], ends[1]), (-4, 0), textcoords="offset points", ha="right", va="center"
        )
    axes.set_xlabel("energy error")
    axes.set_ylabel("at half the step parameter")


def _handles() -> list[Line2D]:
    return [
        Line2D([], [], linestyle="", markersize=3.5, label="one run", **ONE_RUN),
        Line2D([], [], label="mean ± s.e.", **MEAN | {"linestyle": ""}),
        Line2D([], [], label=f"± {LIMIT:g} of the scatter", **FLOOR),
    ]


def _finding(table: pd.DataFrame) -> str:
    """The largest mean shift, and whether it is within what is harmless."""
    shifts = table.dropna(subset="shift").groupby("output")["shift"].agg(["mean", "sem"]).dropna()
    if shifts.empty:
        return "What halving the step changes is not known: too few runs were repeated."
    worst = str(shifts["mean"].abs().idxmax())
    mean, error = (float(shifts[name][worst]) for name in ("mean", "sem"))
    return (
        f"Halving the step moves no output's mean by more than {abs(mean):.2f} ± {error:.2f} of the scatter between "
        f"seeds ({labels.output(worst)}), {_verdict(abs(mean), error)} the {LIMIT:g} that is harmless."
    ).replace("\n", " ")


def _verdict(shift: float, error: float) -> str:
    """On which side of the limit a shift is, if its two standard errors tell."""
    if shift + 2 * error <= LIMIT:
        return "within"
    return "beyond" if shift - 2 * error > LIMIT else "not told from"


FIGURE = TableFigure(
    _finding,
    "Left, for every output, how far each repeated run moved in units of the scatter between seeds, with the mean "
    "and its standard error; right, the energy error of each run at half the step parameter against that before.",
    _panels,
)
