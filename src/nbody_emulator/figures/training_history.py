"""Training and validation loss of the ensembles of networks: member by member, and fold by fold."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.typing import ColorType

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import INK, drawing, palette
from nbody_emulator.settings.figure_style import Style

LOSSES = {"training_loss": ("training", 7), "validation_loss": ("validation", 0)}
"""Column -> what it is called, and its place in the palette: grey against the network's own colour."""

ALL_BLOCKS = -1
CUT_ABOVE = 0.98
"""The axis ends at this quantile of all losses: first epochs and runaways would else flatten the rest."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """By family the fit on all blocks, member by member, and the fits without a fold, each by the mean of its members.

    Args:
        table: by family, fold (-1: the fit on all blocks), member and epoch: training_loss, validation_loss,
            best_epoch.
        style: of the text and the lines, and the width.

    A mean is drawn where every member has a finite loss.
    """
    families = list(table["family"].drop_duplicates()) or [""]
    with drawing(style):
        figure = panels.new_figure(style, height=0.1 + 0.35 * len(families))
        grid = figure.subplots(len(families), 2, sharex=True, sharey="row", squeeze=False)
        colors = {column: palette(style)[place] for column, (_, place) in LOSSES.items()}
        for row, family in enumerate(families):
            _family(grid[row], table[table["family"] == family], colors)
            for column, title in enumerate(("all blocks, by member", "without each fold")):
                named = f"{labels.family(family)},\n{title}" if len(families) > 1 else title
                panels.letter(grid[row, column], 2 * row + column, named)
        for panel in grid[-1]:
            panel.set_xlabel("epoch")
        panels.outside_legend(figure, _handles(colors))
        return figure


def _family(axes: Sequence[Axes], history: pd.DataFrame, colors: Mapping[str, ColorType]) -> None:
    members, folds = axes
    is_full = history["fold"] == ALL_BLOCKS
    _members(members, history[is_full], colors)
    _folds(folds, history[~is_full], colors)
    members.set_ylabel("loss [nats per output]")
    if len(history):
        members.set_ylim(_limits(history))


def _members(axes: Axes, history: pd.DataFrame, colors: Mapping[str, ColorType]) -> None:
    if history.empty:
        panels.nothing_to_show(axes, "no network was trained")
    for column, color in colors.items():
        curves = history.pivot(index="epoch", columns="member", values=column)
        axes.plot(curves.index, curves, color=color, linewidth=0.5, alpha=0.5)
        axes.plot(curves.index, curves.mean(axis=1, skipna=False), color=color, linewidth=1.6)
    best = history.drop_duplicates("member")["best_epoch"]
    foot: dict[str, Any] = {
        "color": INK,
        "alpha": 0.7,
        "transform": axes.get_xaxis_transform(),
        "clip_on": False,
    }
    axes.plot(best, np.full(len(best), 0.03), "^", markersize=3.5, **foot)


def _folds(axes: Axes, history: pd.DataFrame, colors: Mapping[str, ColorType]) -> None:
    if history.empty:
        panels.nothing_to_show(axes, "no fold was left out")
    for column, color in colors.items():
        curves = history.pivot(index="epoch", columns=["fold", "member"], values=column)
        means = curves.T.groupby(level="fold").mean().where(curves.T.notna().groupby(level="fold").all()).T
        axes.plot(means.index, means, color=color, linewidth=0.9)


def _limits(table: pd.DataFrame) -> tuple[float, float]:
    losses = table[list(LOSSES)].to_numpy().ravel()
    losses = losses[np.isfinite(losses)]
    low, high = losses.min(), np.quantile(losses, CUT_ABOVE)
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin


def _handles(colors: Mapping[str, ColorType]) -> list[Line2D]:
    lines = [
        Line2D([], [], color=colors[column], linewidth=1.6, label=f"{name} (bold: mean)")
        for column, (name, _) in LOSSES.items()
    ]
    best = Line2D([], [], color=INK, marker="^", linestyle="", markersize=3.5, label="best epoch of a member")
    return [*lines, best]


def _finding(table: pd.DataFrame) -> str:
    return "Training history."


FIGURE = TableFigure(_finding, "Axes.", _panels)
