"""How much more training runs would help: what the error has left above the noise, and the joint score, by family."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import reference
from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FLOOR, INK, Look, drawing, family_looks
from nbody_emulator.settings.figure_style import Style

WHOLE_RUNS = "all"
"""In place of an output: the joint score."""

MOST_FAMILIES = 5
"""More curves hide one another; those with the best scores out of fold are shown."""

BREADTH = 0.22
"""Families stand side by side over this share of the way to the next size: no bar hides another."""

GOAL = 0.1
"""Of the floor: what the excess is asked to come down to."""

LOWEST = 0.003
"""Of the floor: nobody asks what lies below, and few experiments could tell."""

RESOLVED_NATS = 2.0
"""The axis is linear up to here: likelihoods of families worth choosing from differ by less."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Excess over the noise floor against training runs, a panel an output, and the joint score in a panel of its own.

    Args:
        table: by family, training_runs, training_set and output (`all` is whole runs): place of the family, excess
            with its standard error (over the noise set's points), noise_variance, nll [nats], and fitted, the
            power law.
        style: of the text and the lines, and the width.

    Excess and its law, a straight line, are in units of the floor. Symbols are means over independent training sets,
    each of which is a small dot. Bars are standard errors of the means: of the excess, of the noise set's points and of
    the training sets, added in squares; of the score, of the training sets alone. A mean below the axis, as one
    below the floor is, is a triangle at its edge under what its bar shows of it. The training mean, far off, is a
    number in the corner: its value at the largest size.
    """
    families = _shown(table)
    outputs = sorted(set(table["output"]) - {WHOLE_RUNS})
    panels_shown = [*outputs, WHOLE_RUNS]
    with drawing(style):
        marks = family_looks(families, style)
        columns = 1 if panels.is_one_column(style) else 2
        rows = -(-len(panels_shown) // columns)
        figure = panels.new_figure(style, height=0.14 + 0.3 * rows * 2 / columns)
        axes = figure.subplots(rows, columns, squeeze=False)
        for number, (panel, output) in enumerate(zip(axes.flat, panels_shown, strict=False)):
            chosen = table[table["output"] == output]
            panel.set_xscale("log")
            panels.ticks_at(panel, chosen["training_runs"])
            (_score if output == WHOLE_RUNS else _excess)(panel, chosen, marks)
            panels.letter(panel, number, "whole runs" if output == WHOLE_RUNS else labels.output(output))
        for panel in axes.flat[len(panels_shown) :]:
            panel.set_axis_off()
        for panel in axes.flat[max(len(panels_shown) - columns, 0) : len(panels_shown)]:
            panel.set_xlabel("training runs")
        goal = Line2D([], [], label=f"{GOAL:.0%} of the floor", **FLOOR)
        law = Line2D([], [], color=INK, linewidth=1.0, label="power law")
        panels.outside_legend(figure, [*_handles(marks), law, goal])
        return figure


def _shown(table: pd.DataFrame) -> list[str]:
    """The best of the families that are worth an axis, in the order of the table."""
    places = table.drop_duplicates("family").set_index("family")["place"]
    best = places[panels.contenders(places.index)].nsmallest(MOST_FAMILIES).index
    return [name for name in places.index if name in best]


def _handles(marks: Mapping[str, Look]) -> list[Line2D]:
    handles = panels.family_handles(marks)
    for handle in handles:
        handle.set_linestyle("none")
    return handles


def _excess(axes: Axes, rows: pd.DataFrame, marks: Mapping[str, Look]) -> None:
    floor = rows["noise_variance"].mean()
    axes.set_ylabel("excess MSE [floor]")
    if not floor > 0.0:
        # Of an output that never varies there is neither.
        panels.nothing_to_show(axes, "no noise floor")
        return
    columns = ("excess", "excess_standard_error", "fitted")
    rows = rows.assign(**{name: rows[name] / floor for name in columns})
    axes.set_yscale("log")
    shown = rows[rows["family"].isin(marks)]
    lowest, highest = shown["excess"].where(shown["excess"] > 0).min(), shown["excess"].max()
    axes.set_ylim(max(np.nanmin([0.5 * lowest, 0.3 * GOAL]), LOWEST), 2.0 * np.nanmax([highest, GOAL]))
    axes.axhline(GOAL, **FLOOR)
    for family, shift in _shifts(rows, marks).items():
        chosen, mark = rows[rows["family"] == family], marks[family]
        by_points = chosen.groupby("training_runs")["excess_standard_error"].mean()
        _curve(axes, chosen, "excess", shift, mark, by_points)
        _mark_below(axes, chosen, shift, mark)
    panels.plain_log_ticks(axes.yaxis, axes.get_ylim())
    _tell_baseline(axes, rows, "excess")


def _score(axes: Axes, rows: pd.DataFrame, marks: Mapping[str, Look]) -> None:
    axes.set_ylabel("joint NLL [nats per output]")
    axes.yaxis.set_major_locator(MaxNLocator(4))
    panels.compress_if_wide(axes, rows.loc[rows["family"].isin(marks), "nll"].to_numpy(), RESOLVED_NATS)
    for family, shift in _shifts(rows, marks).items():
        _curve(axes, rows[rows["family"] == family], "nll", shift, marks[family], None)
    _tell_baseline(axes, rows, "nll")


def _curve(
    axes: Axes, rows: pd.DataFrame, column: str, shift: float, mark: Look, by_points: pd.Series | None
) -> None:
    rows = rows[np.isfinite(rows[column])]
    sets = rows.groupby("training_runs")[column]
    mean = sets.mean()
    # Sizes at which the output was not learned have no mean.
    of_points = 0.0 if by_points is None else by_points.reindex(mean.index)
    error = np.hypot(of_points, sets.sem().fillna(0.0))
    law = rows.groupby("training_runs")["fitted"].mean()
    axes.plot(law.index * shift, law, color=mark.color, linewidth=1.0)
    axes.scatter(rows["training_runs"] * shift, rows[column], s=4, color=mark.color, alpha=0.4, linewidths=0)
    axes.errorbar(
        mean.index * shift,
        mean,
        yerr=np.where(error > 0, error, np.nan),
        color=mark.color,
        marker=mark.marker,
        markersize=3.5,
        linestyle="none",
        elinewidth=0.8,
        capsize=1.5,
    )


def _mark_below(axes: Axes, rows: pd.DataFrame, shift: float, mark: Look) -> None:
    """A triangle at the lower edge for every mean that lies beneath."""
    mean = rows.groupby("training_runs")["excess"].mean()
    below = mean[mean < axes.get_ylim()[0]]
    if len(below):
        edge: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False}
        axes.plot(below.index * shift, np.zeros(len(below)), "v", color=mark.color, markersize=3.5, **edge)


def _tell_baseline(axes: Axes, rows: pd.DataFrame, column: str) -> None:
    baseline = reference(Reference.MEAN, rows["family"].unique())
    if baseline is None:
        return
    of_baseline = rows[rows["family"] == baseline]
    last = of_baseline.loc[of_baseline["training_runs"] == of_baseline["training_runs"].max(), column].mean()
    if np.isfinite(last):
        words: dict[str, Any] = {"ha": "right", "va": "top", "fontsize": "small", "color": INK}
        text = f"{labels.family(baseline)}: {last:#.3g}"
        axes.text(1.0, 1.0, text, transform=axes.transAxes, **words)


def _shifts(rows: pd.DataFrame, marks: Mapping[str, Look]) -> dict[str, float]:
    """The factor by which each family stands beside the number of runs it was trained on."""
    sizes = np.unique(rows["training_runs"])
    step = np.log(sizes[1:] / sizes[:-1]).min() if len(sizes) > 1 else 0.5
    places = np.linspace(-1, 1, len(marks)) if len(marks) > 1 else [0.0]
    return dict(zip(marks, np.exp(BREADTH * step * np.asarray(places)).tolist(), strict=True))


def _finding(table: pd.DataFrame) -> str:
    return "Learning curve."


FIGURE = TableFigure(_finding, "Axes.", _panels)
