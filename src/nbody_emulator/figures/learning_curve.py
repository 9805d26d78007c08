"""How the error on new runs falls with the number of training runs, family by family, above the noise."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import reference
from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.style import FLOOR, FLOOR_BAND, INK, Look, drawing, family_looks
from nbody_emulator.settings.figure_style import Style

BREADTH = 0.22
"""Families stand side by side over this share of the way to the next size: no bar hides another."""

FLOOR_ERROR = "noise_standard_error"

RESOLVED_NATS = 2.0
"""The axis is linear up to here: likelihoods of families worth choosing from differ by less."""


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Mean squared error and negative log likelihood against training runs, one row of panels an output.

    Args:
        table: by family, training_runs, training_set and output: mse with its standard_error (over the noise
            set's points), nll [nats], noise_variance.
        style: of the text and the lines, and the width.

    Lines join the means over independent training sets, each of which is a small dot. Bars are standard
    errors of these means: on the error, laid on the logarithm, of the noise set's points and of the training
    sets, added in squares; on the likelihood, of the training sets alone. A single training set adds nothing to
    them. The training mean, far off, is a number in the corner: its value at the largest size. The floor has its
    standard error, laid on the logarithm too, as a band where the table has a `noise_standard_error`.
    """
    families, outputs = list(dict.fromkeys(table["family"])), sorted(table["output"].unique())
    with drawing(style):
        marks = family_looks(panels.contenders(families), style)
        figure = panels.new_figure(style, height=0.18 + 0.25 * len(outputs))
        axes = figure.subplots(len(outputs), 2, sharex=True, squeeze=False)
        for row, output in enumerate(outputs):
            chosen = table[table["output"] == output]
            _errors(axes[row, 0], chosen, marks)
            _likelihoods(axes[row, 1], chosen, marks)
            for panel, column in zip(axes[row], ("mse", "nll"), strict=True):
                _tell_baseline(panel, chosen, column)
            axes[row, 0].set_ylabel(f"MSE of {labels.output(output)}\n{labels.SQUARED}")
            axes[row, 1].set_ylabel(f"NLL of {labels.output(output)} [nats]")
        for panel in axes[-1]:
            panel.set_xlabel("training runs")
        panels.letter(axes[0, 0], 0)
        panels.letter(axes[0, 1], 1)
        floor = Line2D([], [], label="noise floor ± s.e." if FLOOR_ERROR in table else "noise floor", **FLOOR)
        panels.outside_legend(figure, [*panels.family_handles(marks), floor])
        return figure


def _errors(axes: Axes, rows: pd.DataFrame, marks: Mapping[str, Look]) -> None:
    axes.set_yscale("log")
    by_points = rows.groupby(["family", "training_runs"])["standard_error"].mean()
    # Of an output that never varies the error is zero, as is its floor: neither has a place on this axis.
    _curves(axes, rows.assign(mse=rows["mse"].where(rows["mse"] > 0.0)), "mse", marks, by_points)
    floor = rows["noise_variance"].mean()
    if floor > 0.0:
        axes.axhline(floor, **FLOOR)
    if floor > 0.0 and FLOOR_ERROR in rows:
        times = np.exp(rows[FLOOR_ERROR].mean() / floor)
        axes.axhspan(floor / times, floor * times, **FLOOR_BAND)
    low, high = axes.get_ylim()
    if high < panels.WIDE_RANGE * low:
        panels.plain_log_ticks(axes.yaxis, (low, high))


def _likelihoods(axes: Axes, rows: pd.DataFrame, marks: Mapping[str, Look]) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(4))
    shown = rows.loc[rows["family"].isin(marks), "nll"]
    panels.compress_if_wide(axes, shown.to_numpy(), RESOLVED_NATS)
    _curves(axes, rows, "nll", marks, by_points=None)


def _curves(
    axes: Axes, rows: pd.DataFrame, column: str, marks: Mapping[str, Look], by_points: pd.Series | None
) -> None:
    axes.set_xscale("log")
    panels.ticks_at(axes, rows["training_runs"])
    for family, shift in _shifts(rows, marks).items():
        errors = None if by_points is None else by_points[family]
        _curve(axes, rows[rows["family"] == family], column, shift, marks[family], errors)


def _tell_baseline(axes: Axes, rows: pd.DataFrame, column: str) -> None:
    baseline = reference(Reference.MEAN)
    of_baseline = rows[rows["family"] == baseline]
    last = of_baseline.loc[of_baseline["training_runs"] == of_baseline["training_runs"].max(), column].mean()
    if np.isfinite(last):
        words: dict[str, Any] = {
            "transform": axes.transAxes,
            "ha": "right",
            "va": "top",
            "fontsize": "small",
            "color": INK,
        }
        axes.text(1.0, 1.0, f"{labels.family(baseline)}: {last:#.3g}", **words)


def _curve(
    axes: Axes, rows: pd.DataFrame, column: str, shift: float, mark: Look, by_points: pd.Series | None
) -> None:
    rows = rows[np.isfinite(rows[column])]
    sets = rows.groupby("training_runs")[column]
    mean = sets.mean()
    # Sizes at which the output was not learned have no mean.
    of_points = 0.0 if by_points is None else by_points.reindex(mean.index)
    error = np.hypot(of_points, sets.sem().fillna(0.0))
    # Squares have long upper tails: their errors are laid on the logarithm.
    times = np.exp(error / mean) if column == "mse" else None
    below, above = (error, error) if times is None else (mean - mean / times, mean * times - mean)
    axes.scatter(rows["training_runs"] * shift, rows[column], s=4, color=mark.color, alpha=0.4, linewidths=0)
    axes.errorbar(
        mean.index * shift,
        mean,
        yerr=[np.where(error > 0, below, np.nan), np.where(error > 0, above, np.nan)],
        color=mark.color,
        marker=mark.marker,
        markersize=3.5,
        linewidth=1.2,
        elinewidth=0.8,
        capsize=1.5,
    )


def _shifts(rows: pd.DataFrame, marks: Mapping[str, Look]) -> dict[str, float]:
    """The factor by which each family stands beside the number of runs it was trained on."""
    sizes = np.unique(rows["training_runs"])
    step = np.log(sizes[1:] / sizes[:-1]).min() if len(sizes) > 1 else 0.5
    places = np.linspace(-1, 1, len(marks)) if len(marks) > 1 else [0.0]
    return dict(zip(marks, np.exp(BREADTH * step * np.asarray(places)).tolist(), strict=True))
