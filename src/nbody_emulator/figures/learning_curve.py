"""How much more training runs would help: the joint score by family, and what the error has left above the noise."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import in_a_sentence, reference
from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FLOOR, INK, SHADES, Look, drawing, family_looks
from nbody_emulator.settings.figure_style import Style

WHOLE_RUNS = "all"
"""In place of an output: the joint score."""

MOST_FAMILIES = 3
"""The best by their scores out of fold, and the straight line: more curves hide one another."""

BREADTH = 0.12
"""Families stand side by side over this share of the way to the next size: no bar hides another."""

GOAL = 0.1
"""Of the floor: what the excess is asked to come down to."""

BREADTH_OF_OUTPUT = 0.7
"""Of all families of one output, in the way to the next."""

CURVE_INCHES, OUTPUT_INCHES, FRAME_INCHES, LEGEND_LINE_INCHES = 2.4, 0.5, 0.7, 0.17


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """The joint score against training runs, and for every output how far the error is above the floor at each size.

    Args:
        table: by family, training_runs, training_set and output (`all` is whole runs): place of the family, excess
            with its standard error (over the noise set's points), noise_variance, nll [nats], and fitted, the
            power law.
        style: of the text and the lines, and the width.

    Symbols are means over independent training sets. Bars are standard errors of the means: of the score over training
    sets; of the excess at the largest size, over the noise set's points.
    """
    families = _shown(table)
    outputs = sorted(set(table["output"]) - {WHOLE_RUNS})
    heights = [CURVE_INCHES, FRAME_INCHES + OUTPUT_INCHES * len(outputs)]
    with drawing(style):
        marks = family_looks(families, style)
        if panels.is_one_column(style):
            legend = LEGEND_LINE_INCHES * (len(marks) + 2)
            figure = panels.new_figure(style, height=(legend + sum(heights)) / style.width_inches)
            score, left = (part.subplots() for part in panels.stacked(figure, heights))
        else:
            figure = panels.new_figure(style, height=(0.5 + max(heights)) / style.width_inches)
            score, left = figure.subplots(1, 2)
        _score(score, table[table["output"] == WHOLE_RUNS], marks)
        _left(left, table, outputs, marks)
        panels.letter(score, 0, "whole runs")
        panels.letter(left, 1, "what is left above the noise")
        goal = Line2D([], [], label=f"{GOAL:.0%} of the floor", **FLOOR)
        law = Line2D([], [], color=INK, linewidth=1.0, label="power law")
        panels.outside_legend(figure, [*_handles(marks), law, goal])
        return figure


def _shown(table: pd.DataFrame) -> list[str]:
    """The best of the families that are worth an axis and the straight line, in the order of the table."""
    places = table.drop_duplicates("family").set_index("family")["place"]
    best = places[panels.contenders(places.index)].nsmallest(MOST_FAMILIES).index
    line = reference(Reference.LINE, places.index)
    return [name for name in places.index if name in best or name == line]


def _handles(marks: Mapping[str, Look]) -> list[Line2D]:
    handles = panels.family_handles(marks)
    for handle in handles:
        handle.set_linestyle("none")
    return handles


def _score(axes: Axes, rows: pd.DataFrame, marks: Mapping[str, Look]) -> None:
    axes.set_xscale("log")
    panels.ticks_at(axes, rows["training_runs"])
    axes.set_xlabel("training runs")
    axes.set_ylabel("joint NLL [nats per output]")
    axes.yaxis.set_major_locator(MaxNLocator(5))
    for family, shift in _shifts(rows, marks).items():
        sets = rows[rows["family"] == family].groupby("training_runs")
        mean, error, mark = sets["nll"].mean(), sets["nll"].sem(), marks[family]
        law = sets["fitted"].mean()
        axes.plot(law.index * shift, law, color=mark.color, linewidth=1.0)
        bar: dict[str, Any] = {"markersize": 4.5, "linestyle": "none", "elinewidth": 0.8, "capsize": 1.5}
        axes.errorbar(mean.index * shift, mean, yerr=error, color=mark.color, marker=mark.marker, **bar)


def _shifts(rows: pd.DataFrame, marks: Mapping[str, Look]) -> dict[str, float]:
    """The factor by which each family stands beside the number of runs it was trained on."""
    sizes = np.unique(rows["training_runs"])
    step = np.log(sizes[1:] / sizes[:-1]).min() if len(sizes) > 1 else 0.5
    places = np.linspace(-1, 1, len(marks)) if len(marks) > 1 else [0.0]
    return dict(zip(marks, np.exp(BREADTH * step * np.asarray(places)).tolist(), strict=True))


def _left(axes: Axes, table: pd.DataFrame, outputs: Sequence[str], marks: Mapping[str, Look]) -> None:
    """By output and family a path over the sizes, small and pale to large, that ends in the symbol of all runs."""
    lanes = BREADTH_OF_OUTPUT * (0.5 - (np.arange(len(marks)) + 0.5) / len(marks))
    for place, output in enumerate(reversed(outputs)):
        if place % 2:
            axes.axhspan(place - 0.5, place + 0.5, color=SHADES[3], alpha=0.3, linewidth=0, zorder=0)
        rows = _in_floors(table[table["output"] == output])
        for lane, (family, mark) in enumerate(marks.items()):
            at = (
                rows[rows["family"] == family]
                .groupby("training_runs")[["excess", "excess_standard_error"]]
                .mean()
            )
            at = at[np.isfinite(at["excess"])]
            if at.empty:
                continue
            height = np.full(len(at), place + lanes[lane])
            axes.plot(at["excess"], height, color=mark.color, linewidth=0.7, alpha=0.6)
            sizes = np.linspace(3.0, 9.0, len(at))
            axes.scatter(
                at["excess"][:-1], height[:-1], s=sizes[:-1], color=mark.color, alpha=0.6, linewidths=0
            )
            last = at.iloc[-1]
            bar: dict[str, Any] = {"markersize": 4.5, "elinewidth": 0.8, "capsize": 1.5}
            error = last["excess_standard_error"]
            axes.errorbar(last["excess"], height[-1], xerr=error, color=mark.color, marker=mark.marker, **bar)
    axes.axvline(0.0, color=INK, linewidth=0.6)
    axes.axvline(GOAL, **FLOOR)
    axes.set_yticks(range(len(outputs))[::-1], [labels.output(name) for name in outputs])
    axes.set_ylim(-0.6, len(outputs) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(panels.PLAIN)
    axes.set_xlabel("(squared error \u2212 noise) / noise")


def _in_floors(rows: pd.DataFrame) -> pd.DataFrame:
    """The excess in units of the floor; none of an output that never varies, which has neither."""
    floor = rows["noise_variance"].mean()
    columns = ("excess", "excess_standard_error")
    return rows.assign(**{name: rows[name] / floor if floor > 0 else np.nan for name in columns})


def _finding(table: pd.DataFrame) -> str:
    """What the last doubling of the runs bought, and what the best has left above the floor."""
    shown = _shown(table)
    places = table.drop_duplicates("family").set_index("family")["place"]
    best = str(places[shown].idxmin())
    whole = table[(table["output"] == WHOLE_RUNS) & table["family"].isin(shown)]
    scores = whole.groupby(["family", "training_runs"])["nll"].mean().unstack()
    *before, last = (int(size) for size in scores.columns)
    if not before:
        return f"What more than {last} training runs would buy is not known: there is one size only."
    gains = (scores[before[-1]] - scores[last]) / np.log2(last / before[-1])
    if not np.isfinite(gains[best]):
        return f"What more than {last} training runs would buy is not known: {in_a_sentence(best)} has no finite score."
    told = (
        f"The last doubling, to {last} runs, bought {in_a_sentence(best)} {gains[best]:.3f} nats per output"
    )
    most = str(gains.idxmax())
    if most != best and np.isfinite(gains[most]):
        told += f", {in_a_sentence(most)} {gains[most]:.3f}"
    return f"{told}{_of_floor(table, best, last)}."


def _of_floor(table: pd.DataFrame, best: str, last: int) -> str:
    """How far the best is above the floor in the output where it is farthest."""
    rows = table[
        (table["output"] != WHOLE_RUNS) & (table["training_runs"] == last) & (table["family"] == best)
    ]
    mean = rows.groupby("output")[["excess", "excess_standard_error", "noise_variance"]].mean()
    left = (mean["excess"] / mean["noise_variance"]).dropna()
    if left.empty or not np.isfinite(left.max()):
        return ""
    most = str(left.idxmax())
    error = mean["excess_standard_error"][most] / mean["noise_variance"][most]
    above = f"{100 * left[most]:.0f} ± {100 * error:.0f} %".replace("-", "\u2212")
    return f"; the first stays {above} above the noise in {labels.output(most)}".replace("\n", " ")


FIGURE = TableFigure(
    _finding,
    "Left, the joint negative log score of whole runs against the number of training runs for the best families and "
    "the straight line, with power laws; right, for every output, how far their squared error lies above the noise "
    "in units of it, along the sizes up to the symbol of all runs, with its standard error and lines at none and a "
    "tenth.",
    _panels,
)
