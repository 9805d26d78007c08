"""Loss against epochs of every family that is trained by them: one line a family, and its folds thin about it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.emulators.register import in_a_sentence
from nbody_emulator.figures import panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, Look, drawing, family_looks
from nbody_emulator.settings.figure_style import Style

LOSSES: dict[str, dict[str, Any]] = {
    "training_loss": {"linestyle": (0, (1, 1)), "linewidth": 1.1},
    "validation_loss": {"linestyle": "-", "linewidth": 1.6},
}
FOLD: dict[str, Any] = {"linewidth": 0.4, "alpha": 0.6, "zorder": 1}

ALL_BLOCKS = -1
PANEL_INCHES, LEGEND_LINE_INCHES, LEGEND_COLUMNS = 2.7, 0.17, 3
EPOCHS_SHOWN = 100.0
"""The last epoch over the first that is shown: before it all losses fall."""

CUT_ABOVE = 0.8
"""The axis ends at this quantile of all losses: first epochs and runaways would else flatten the rest."""

FEWEST_MEANT = 0.001
"""Nats by which a loss must rise again to be said to."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """One panel: each family's fit on all blocks, mean of its members, and the validation loss without each fold.

    Args:
        table: by family, fold (-1: the fit on all blocks), member and epoch: training_loss, validation_loss,
            best_epoch.
        style: of the text and the lines, and the width.

    Losses are told from the least validation loss of the same fit, since families do not lose alike. A mean is
    drawn where every member has a finite loss.
    """
    with drawing(style):
        marks = family_looks(list(table["family"].drop_duplicates()), style)
        columns = 1 if panels.is_one_column(style) else LEGEND_COLUMNS
        inches = PANEL_INCHES + LEGEND_LINE_INCHES * -(-(len(marks) + len(LOSSES) + 1) // columns)
        figure = panels.new_figure(style, height=inches / style.width_inches)
        axes = figure.subplots()
        axes.set_xlabel("epoch")
        axes.set_ylabel("loss \u2212 its least validation loss\n[nats per output]")
        if not marks:
            panels.nothing_to_show(axes, "no family is trained by epochs")
            return figure
        axes.set_xscale("log")
        axes.axhline(0.0, color=FAINT, linewidth=0.6, zorder=0)
        drawn = [_family(axes, table[table["family"] == family], mark) for family, mark in marks.items()]
        axes.set_ylim(_limits(pd.concat(drawn)))
        axes.set_xlim(left=max(1.0, table["epoch"].max() / EPOCHS_SHOWN))
        panels.plain_log_ticks(axes.xaxis, axes.get_xlim())
        panels.outside_legend(figure, _handles(marks))
        return figure


def _family(axes: Axes, history: pd.DataFrame, mark: Look) -> pd.Series:
    """Draw one; its losses as drawn."""
    drawn = []
    for fold, of_fold in history.groupby("fold"):
        curves = {column: _mean(of_fold, column) for column in LOSSES}
        curves = {column: curve - curves["validation_loss"].min() for column, curve in curves.items()}
        validation = curves["validation_loss"]
        if fold != ALL_BLOCKS:
            axes.plot(validation.index + 1, validation, color=mark.color, **FOLD)
            continue
        for column, line in LOSSES.items():
            axes.plot(curves[column].index + 1, curves[column], color=mark.color, **line)
            drawn.append(curves[column])
        known = validation.dropna()
        if len(known):
            stopped = of_fold.drop_duplicates("member")["best_epoch"].median()
            place = [stopped + 1], [np.interp(stopped, known.index, known)]
            axes.plot(*place, color=mark.color, marker=mark.marker, markersize=6)
    return pd.concat(drawn) if drawn else pd.Series(dtype=float)


def _mean(history: pd.DataFrame, column: str) -> pd.Series:
    """By epoch, over the members of one fit."""
    return history.pivot(index="epoch", columns="member", values=column).mean(axis=1, skipna=False)


def _limits(losses: pd.Series) -> tuple[float, float]:
    finite = losses[np.isfinite(losses)]
    low, high = (np.nanmin(finite), np.quantile(finite, CUT_ABOVE)) if len(finite) else (0.0, 1.0)
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin


def _handles(marks: Mapping[str, Look]) -> list[Line2D]:
    names = {"training_loss": "training", "validation_loss": "validation"}
    lines = [Line2D([], [], color=INK, label=name, **LOSSES[column]) for column, name in names.items()]
    fold = Line2D([], [], color=INK, label="validation, without a fold", linewidth=0.4)
    return [*panels.family_handles(marks), *reversed(lines), fold]


def _finding(table: pd.DataFrame) -> str:
    """The family whose validation loss rises most after its least, and by how much."""
    rises = {}
    for family, history in table[table["fold"] == ALL_BLOCKS].groupby("family", sort=False):
        curve = _mean(history, "validation_loss").dropna()
        if len(curve):
            losses, epochs = curve.to_numpy(), curve.index.to_numpy(dtype=int) + 1
            rises[str(family)] = (
                float(losses[-1] - losses.min()),
                int(epochs[losses.argmin()]),
                int(epochs[-1]),
            )
    if not rises:
        return "No family is trained by epochs here."
    family = max(rises, key=lambda name: rises[name][0])
    rise, least, last = rises[family]
    subject, others = in_a_sentence(family), f"Of {len(rises)} families trained by epochs, "
    if rise < FEWEST_MEANT:
        told = f"{others}none overfits" if len(rises) > 1 else f"{subject} does not overfit"
        return _sentence(
            f"{told}: to the last epoch no validation loss rises by more than {FEWEST_MEANT} nats."
        )
    told = f"{others}{subject} overfits most" if len(rises) > 1 else f"{subject} overfits"
    return _sentence(
        f"{told}: after epoch {least} of {last} its validation loss rises by {rise:.3f} nats per output."
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


FIGURE = TableFigure(
    _finding,
    "Loss above the least validation loss of the same fit, in nats per output, against the epoch, a colour for each "
    "family trained by epochs: validation and training loss of the fit on all blocks, mean of its members, thin "
    "lines for the fits without a fold, and a symbol at the median of the epochs at which members stop.",
    _panels,
)
