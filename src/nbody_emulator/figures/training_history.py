"""Training and validation loss of every member of the network ensemble, fold by fold."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from nbody_emulator.figures import panels
from nbody_emulator.figures.style import INK, drawing, palette

LOSSES = {"training_loss": ("training", 7), "validation_loss": ("validation", 0)}
"""Column -> what it is called, and its place in the palette: grey against the network's own colour."""

PER_ROW = 3
ALL_BLOCKS = -1
CUT_ABOVE = 0.98
"""The axis ends at this quantile of all losses: first epochs and runaways would else flatten the rest."""


def draw(table: pd.DataFrame, style: Mapping) -> Figure:
    """One panel a fold: members thin, their mean bold, each member's best epoch marked below.

    Args:
        table: by fold (-1: the fit on all blocks), member and epoch: training_loss, validation_loss,
            best_epoch.
        style: `context`, `palette`, `width_inches`.

    The mean is drawn where every member has a finite loss.
    """
    folds = sorted(table["fold"].unique(), key=lambda fold: (fold != ALL_BLOCKS, fold))
    columns = min(max(len(folds), 1), PER_ROW)
    rows = -(-max(len(folds), 1) // columns)
    with drawing(style):
        figure = panels.new_figure(style, height=0.14 + 0.26 * rows)
        axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        colors = {column: palette(style)[place] for column, (_, place) in LOSSES.items()}
        for panel, fold in zip(axes.ravel(), folds, strict=False):
            _panel(panel, table[table["fold"] == fold], colors, image=panels.is_crowded(len(table) // 5))
            panel.set_title("all blocks" if fold == ALL_BLOCKS else f"without fold {fold}", loc="left")
        for panel in axes.ravel()[len(folds) :]:
            panel.set_axis_off()
        for place, panel in enumerate(axes.ravel()[: max(len(folds), 1)]):
            panel.set_ylabel("loss [nats per output]" if place % columns == 0 else "")
            panel.set_xlabel("epoch" if place + columns >= len(folds) else "")
            panel.tick_params(labelbottom=place + columns >= len(folds))
        if folds:
            axes[0, 0].set_ylim(_limits(table))
        else:
            panels.nothing_to_show(axes[0, 0], "no network was trained")
        panels.outside_legend(figure, _handles(colors))
        return figure


def _panel(axes: Axes, history: pd.DataFrame, colors: Mapping, image: bool) -> None:
    for column, color in colors.items():
        curves = history.pivot(index="epoch", columns="member", values=column)
        axes.plot(curves.index, curves, color=color, linewidth=0.5, alpha=0.3, rasterized=image)
        axes.plot(curves.index, curves.mean(axis=1, skipna=False), color=color, linewidth=1.6)
    best = history.drop_duplicates("member")["best_epoch"]
    foot = {"color": INK, "alpha": 0.7, "transform": axes.get_xaxis_transform(), "clip_on": False}
    axes.plot(best, np.full(len(best), 0.03), "^", markersize=3.5, **foot)


def _limits(table: pd.DataFrame) -> tuple[float, float]:
    losses = table[list(LOSSES)].to_numpy().ravel()
    losses = losses[np.isfinite(losses)]
    low, high = losses.min(), np.quantile(losses, CUT_ABOVE)
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin


def _handles(colors: Mapping) -> list[Line2D]:
    lines = [
        Line2D([], [], color=colors[column], linewidth=1.6, label=f"{name} (thin: members)")
        for column, (name, _) in LOSSES.items()
    ]
    best = Line2D([], [], color=INK, marker="^", linestyle="", markersize=3.5, label="best epoch of a member")
    return [*lines, best]
