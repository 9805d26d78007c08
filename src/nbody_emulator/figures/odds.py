"""Is the right model found as often as is stated: reliability of probabilities, and what each model's runs state."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.typing import LineStyleType

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, SHADES, drawing
from nbody_emulator.settings.figure_style import Style


class Fill(NamedTuple):
    """How a model's bars are filled, and the colour of numbers on them."""

    color: str
    hatch: str
    numbers: str


Fills = Mapping[str, Fill]

FILLS = (
    Fill(SHADES[0], "", "white"),
    Fill(SHADES[2], "", INK),
    Fill(SHADES[3], "", INK),
    Fill(SHADES[1], "", "white"),
    Fill(SHADES[3], "///", INK),
    Fill(SHADES[2], "...", INK),
)
LINES: tuple[LineStyleType, ...] = (
    "-",
    (0, (4, 1.5)),
    (0, (1, 1.5)),
    (0, (4, 1, 1, 1)),
    (0, (8, 1.5)),
    (0, (2, 1)),
)
"""Of the models' histograms."""

NAMES = {"king": "King", "plummer": "Plummer"}
"""Of models that people gave theirs to; others are as they are written."""

CALIBRATED: dict[str, Any] = {"color": "0.35", "alpha": 0.25, "linewidth": 6.0, "solid_capstyle": "butt"}
"""Where 95 % of calibrated odds lie, bin by bin."""

BAR = 0.36
"""Height of a bar, two of which stand for the runs of a model."""

SMALLEST_TOLD = 0.12
"""Share of a bar that has room for its number."""

MOST_IN_A_ROW = 3
ROW_INCHES, FRAME_INCHES, PANEL_INCHES, TITLE_INCHES = 0.5, 0.7, 2.4, 1.9


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
        fills = dict(zip(models, cycle(FILLS), strict=False))
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
        _bars(bars, table, truths, fills)
        axes = lower.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
        histograms = table[table["quantity"] == "histogram"]
        for each, truth in zip(axes, truths, strict=False):
            _histogram(each, histograms[histograms["truth"] == truth], truth, fills)
        for place, each in enumerate(axes[len(truths) :], len(truths)):
            axes[place - columns].tick_params(labelbottom=True)
            each.remove()
        for each in axes[::columns]:
            each.set_ylabel("share of runs")
        axes[0].set_ylim(0.0, 1.05 * histograms["value"].max())
        titles = [
            "all stated probabilities",
            "mean stated, and won",
            *(labels.wrapped(_runs_of(each), TITLE_INCHES) for each in truths),
        ]
        for place, (each, title) in enumerate(zip([reliability, bars, *axes], titles, strict=False)):
            panels.letter(each, place, title)
        lower.supxlabel("stated probability", fontsize=reliability.xaxis.label.get_size())
        panels.outside_legend(figure, _handles(fills))
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


def _bars(axes: Axes, table: pd.DataFrame, truths: Sequence[str], fills: Fills) -> None:
    """Of the runs of each model: what is stated for every model in the upper bar, what wins in the lower one."""
    for quantity, offset in (("probability", -0.5), ("wins", 0.5)):
        found = table[table["quantity"] == quantity].set_index(["truth", "model"])["value"]
        for place, truth in enumerate(truths):
            left, height = 0.0, place + offset * BAR
            for model, fill in fills.items():
                share = float(found[truth, model])
                look: dict[str, Any] = {
                    "color": fill.color,
                    "hatch": fill.hatch,
                    "edgecolor": "white",
                    "linewidth": 0.6,
                }
                axes.barh(height, share, BAR * 0.92, left=left, **look)
                if share >= SMALLEST_TOLD:
                    number: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": "small"}
                    axes.text(left + 0.5 * share, height, f"{share:.2f}", color=fill.numbers, **number)
                left += share
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(len(truths) - 0.5, -0.5)
    axes.set_yticks(range(len(truths)), [labels.narrow(_runs_of(name)) for name in truths])
    axes.tick_params(axis="y", length=0)
    panels.ticks_at(axes, (0.0, 0.5, 1.0))
    axes.set_xlabel("mean stated (above), won (below)")


def _histogram(axes: Axes, rows: pd.DataFrame, truth: str, fills: Fills) -> None:
    axes.axvline(1.0 / len(fills), color=FAINT, linewidth=0.8, linestyle=":", zorder=0)
    for model, line in zip(fills, cycle(LINES), strict=False):
        found = rows[rows["model"] == model].sort_values("level")
        edges = np.linspace(0.0, 1.0, len(found) + 1)
        if model == truth:
            axes.stairs(found["value"], edges, fill=True, color=SHADES[3], alpha=0.6, zorder=0.5)
        look: dict[str, Any] = {"color": INK, "linestyle": line, "linewidth": 1.6 if model == truth else 1.0}
        axes.stairs(found["value"], edges, **look)
    axes.set_xlim(0.0, 1.0)
    panels.ticks_at(axes, (0.0, 0.5, 1.0))


def _handles(fills: Fills) -> list[Any]:
    """A model's bar with the line of its histogram."""
    models = [
        Patch(facecolor=fill.color, hatch=fill.hatch, edgecolor="white", label=_named(model))
        for model, fill in fills.items()
    ]
    lines = [
        Line2D([], [], color=INK, linestyle=line, label=f"stated for {_named(model)}")
        for model, line in zip(fills, cycle(LINES), strict=False)
    ]
    band = {"color": CALIBRATED["color"], "alpha": CALIBRATED["alpha"], "linewidth": 0}
    return [*models, *lines, Patch(label="95 % of calibrated odds", **band)]


def _finding(table: pd.DataFrame) -> str:
    """How often the right model wins, against what the odds state and what calibrated ones would show."""
    whole = table[(table["truth"] == "all") & (table["model"] == "all")].set_index("quantity")
    models = table.loc[table["quantity"] == "probability", "model"].nunique()
    right, stated = whole.loc["right"], 100 * whole["value"]["stated"]
    return (
        f"Of {models} models the right one wins in {100 * right['value']:.1f} ± {100 * right['standard_error']:.1f} % "
        f"of {right['count']:.0f} runs, where the odds state {stated:.1f} % and guessing gives {100 / models:.1f} %."
    )


FIGURE = TableFigure(
    _finding,
    "How often a model is the true one against the probability stated for it, over bars of 95 % of "
    "calibrated odds; for the runs of each model the mean probability stated for every model and the share "
    "that each wins, as bars; and histograms of the stated probabilities.",
    _panels,
)
