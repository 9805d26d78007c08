"""Is the right model found as often as is stated: reliability of probabilities, and what each model's runs state."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.patches import Patch

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, drawing, palette
from nbody_emulator.settings.figure_style import Style

Colors = Mapping[str, tuple[float, float, float]]

NAMES = {"king": "King", "plummer": "Plummer"}
"""Of models that people gave theirs to; others are as they are written."""

CALIBRATED: dict[str, Any] = {"color": "0.35", "alpha": 0.25, "linewidth": 6.0, "solid_capstyle": "butt"}
"""Where 95 % of calibrated odds lie, bin by bin."""

BAR, WON_ALPHA = 0.36, 0.5
"""Height of a bar, two of which stand for the runs of a model; how much of its colour the second has."""

SMALLEST_TOLD = 0.12
"""Share of a bar that has room for its number."""

MOST_IN_A_ROW = 3
ROW_INCHES, FRAME_INCHES, PANEL_INCHES = 0.5, 0.7, 2.4


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Reliability of all stated probabilities; what is stated and what wins, by true model; their histograms.

    Args:
        table: by quantity, truth, model and level: value, standard_error, band_low, band_high (see the table's own
            documentation).
        style: of the text and the lines, and the width.
    """
    models = list(dict.fromkeys(table.loc[table["quantity"] == "probability", "model"]))
    truths = [name for name in models if (table["truth"] == name).any()]
    narrow = panels.is_one_column(style)
    with drawing(style):
        colors = dict(zip(models, palette(style) * len(models), strict=False))
        columns = 1 if narrow else min(len(truths), MOST_IN_A_ROW)
        rows = -(-len(truths) // columns)
        of_bars = FRAME_INCHES + ROW_INCHES * len(truths)
        first = PANEL_INCHES + of_bars if narrow else max(PANEL_INCHES, of_bars)
        below = rows * (0.62 if narrow else 0.75) * PANEL_INCHES
        figure = panels.new_figure(style, height=(first + below) / style.width_inches)
        upper, lower = panels.stacked(figure, [first, below])
        if narrow:
            reliability, bars = upper.subplots(2, 1, height_ratios=[PANEL_INCHES, of_bars])
        else:
            reliability, bars = upper.subplots(1, 2, width_ratios=[1.0, 1.6])
        _reliability(reliability, table[table["quantity"] == "reliability"])
        _bars(bars, table, truths, colors)
        axes = lower.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
        histograms = table[table["quantity"] == "histogram"]
        for each, truth in zip(axes, truths, strict=False):
            _histogram(each, histograms[histograms["truth"] == truth], truth, colors)
        for place, each in enumerate(axes[len(truths) :], len(truths)):
            axes[place - columns].tick_params(labelbottom=True)
            each.remove()
        for each in axes[::columns]:
            each.set_ylabel("share of runs")
        axes[0].set_ylim(0.0, 1.05 * histograms["value"].max())
        titles = ["all stated probabilities", "mean stated, and won", *map(_runs_of, truths)]
        for place, (each, title) in enumerate(zip([reliability, bars, *axes], titles, strict=False)):
            panels.letter(each, place, title)
        lower.supxlabel("stated probability", fontsize=reliability.xaxis.label.get_size())
        panels.outside_legend(figure, _handles(colors))
        return figure


def _named(model: str) -> str:
    return NAMES.get(model, labels.opened(model))


def _runs_of(model: str) -> str:
    return f"runs of {_named(model)}"


def _reliability(axes: Axes, rows: pd.DataFrame) -> None:
    axes.axline((0.0, 0.0), slope=1.0, color=FAINT, linewidth=0.8, zorder=0)
    every: Any = rows.itertuples()
    for row in every:
        axes.plot([row.level, row.level], [row.band_low, row.band_high], zorder=1, **CALIBRATED)
    axes.errorbar(
        rows["level"],
        rows["value"],
        yerr=rows["standard_error"],
        color=INK,
        marker="o",
        markersize=3.5,
        linewidth=0.0,
        elinewidth=1.0,
        capsize=2.0,
    )
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(0.0, 1.0)
    for name in ("x", "y"):
        panels.ticks_at(axes, (0.0, 0.5, 1.0), name)
    axes.set_box_aspect(1)
    axes.set_xlabel("stated probability")
    axes.set_ylabel("how often true")


def _bars(axes: Axes, table: pd.DataFrame, truths: Sequence[str], colors: Colors) -> None:
    """Of the runs of each model: what is stated for every model in the upper bar, what wins in the lower one."""
    for quantity, offset, alpha in (("probability", -0.5, 1.0), ("wins", 0.5, WON_ALPHA)):
        found = table[table["quantity"] == quantity].set_index(["truth", "model"])["value"]
        for place, truth in enumerate(truths):
            left, height = 0.0, place + offset * BAR
            for model, color in colors.items():
                share = float(found[truth, model])
                axes.barh(height, share, BAR * 0.92, left=left, color=color, alpha=alpha, linewidth=0)
                if share >= SMALLEST_TOLD:
                    axes.text(
                        left + 0.5 * share,
                        height,
                        f"{share:.2f}",
                        ha="center",
                        va="center",
                        fontsize="small",
                        color="white" if alpha == 1.0 else INK,
                    )
                left += share
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(len(truths) - 0.5, -0.5)
    axes.set_yticks(range(len(truths)), [labels.narrow(_runs_of(name)) for name in truths])
    axes.tick_params(axis="y", length=0)
    panels.ticks_at(axes, (0.0, 0.5, 1.0))
    axes.set_xlabel("mean probability (above), share won (below)")


def _histogram(axes: Axes, rows: pd.DataFrame, truth: str, colors: Colors) -> None:
    axes.axvline(1.0 / len(colors), color=FAINT, linewidth=0.8, linestyle=":", zorder=0)
    for model, color in colors.items():
        found = rows[rows["model"] == model].sort_values("level")
        edges = np.linspace(0.0, 1.0, len(found) + 1)
        own = model == truth
        if own:
            axes.stairs(found["value"], edges, fill=True, color=color, alpha=0.25)
        axes.stairs(found["value"], edges, color=color, linewidth=1.6 if own else 1.0)
    axes.set_xlim(0.0, 1.0)
    panels.ticks_at(axes, (0.0, 0.5, 1.0))


def _handles(colors: Colors) -> list[Any]:
    models = [Patch(color=color, label=_named(model)) for model, color in colors.items()]
    band = {"color": CALIBRATED["color"], "alpha": CALIBRATED["alpha"], "linewidth": 0}
    return [*models, Patch(label="95 % of calibrated odds", **band)]


def _finding(table: pd.DataFrame) -> str:
    return "Odds."


FIGURE = TableFigure(_finding, "Axes.", _panels)
