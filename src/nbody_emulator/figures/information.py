"""Which observation is worth making: what each tells of all parameters, and of each of them by itself."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, drawing, palette
from nbody_emulator.levels import per_cent
from nbody_emulator.settings.figure_style import Style

SHOWN_LEVEL = 0.90
LINE_INCHES, FRAME_INCHES = 0.26, 1.0
STEP = 0.2
MARKERS = ("o", "s", "^", "D", "v", "P")


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Nats at the true parameters, and what slopes forecast; the contraction of each parameter.

    Args:
        table: by observed, outputs, quantity, parameter and level: value, standard_error, band_low, band_high.
        style: of the text and the lines, and the width.
    """
    table = table[table["stratum"] == "all"]
    observed = list(dict.fromkeys(table["observed"]))
    parameters = [name for name in dict.fromkeys(table["parameter"]) if name != "all"]
    narrow = panels.is_one_column(style)
    heights = FRAME_INCHES + LINE_INCHES * len(observed) * max(1.0, len(parameters) / 3.0)
    with drawing(style):
        figure = panels.new_figure(style, height=heights * (2 if narrow else 1) / style.width_inches)
        if narrow:
            told, learned = figure.subplots(2, 1)
        else:
            told, learned = figure.subplots(1, 2, sharey=True)
        colors = palette(style)
        _information(told, table, observed, colors[0])
        _contraction(learned, table, observed, parameters, colors[1:])
        learned.tick_params(labelleft=narrow)
        panels.letter(told, 0, "of all parameters")
        panels.letter(learned, 1, "of each")
        panels.outside_legend(figure, _handles(parameters, colors))
        return figure


def _information(axes: Axes, table: pd.DataFrame, observed: Sequence[str], color: Any) -> None:
    held = table[(table["quantity"] == "coverage") & np.isclose(table["level"], SHOWN_LEVEL)]
    for place, row in _by_observed(table[table["quantity"] == "information"], observed):
        axes.errorbar(
            row.value, place, xerr=row.standard_error, color=color, marker="o", markersize=5, capsize=2.0
        )
    for place, row in _by_observed(table[table["quantity"] == "forecast_information"], observed):
        axes.plot(row.value, place, "|", color=INK, markersize=9)
    for place, row in _by_observed(held, observed):
        axes.annotate(
            f"{100 * row.value:.0f} %",
            (1.0, place),
            (3, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            va="center",
            fontsize="small",
            color=INK,
        )
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.axvline(0.0, color=FAINT, linewidth=0.8, zorder=0)
    _name(axes, observed)
    axes.set_xlabel("information [nats]")


def _contraction(
    axes: Axes, table: pd.DataFrame, observed: Sequence[str], parameters: Sequence[str], colors: Sequence[Any]
) -> None:
    step = min(STEP, 0.7 / max(len(parameters), 1))
    for number, parameter in enumerate(parameters):
        rows = table[table["parameter"] == parameter]
        offset = (number - 0.5 * (len(parameters) - 1)) * step
        look: dict[str, Any] = {"color": colors[number % len(colors)]}
        for place, row in _by_observed(rows[rows["quantity"] == "contraction"], observed):
            axes.plot([row.band_low, row.band_high], [place + offset] * 2, linewidth=1.0, **look)
            axes.plot(row.value, place + offset, MARKERS[number % len(MARKERS)], markersize=4, **look)
        for place, row in _by_observed(rows[rows["quantity"] == "forecast_contraction"], observed):
            axes.plot(row.value, place + offset, "|", color=INK, markersize=6)
    axes.axvline(0.0, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_xlim(right=1.0)
    _name(axes, observed)
    axes.set_xlabel("contraction")


def _by_observed(rows: pd.DataFrame, observed: Sequence[str]) -> list[tuple[int, Any]]:
    every: Any = rows.itertuples()
    return [(observed.index(row.observed), row) for row in every]


def _name(axes: Axes, observed: Sequence[str]) -> None:
    axes.set_ylim(len(observed) - 0.4, -0.6)
    axes.set_yticks(range(len(observed)), [labels.opened(name) for name in observed])


def _handles(parameters: Sequence[str], colors: Sequence[Any]) -> list[Any]:
    own = [
        Line2D(
            [],
            [],
            color=colors[1 + number % (len(colors) - 1)],
            marker=MARKERS[number % len(MARKERS)],
            label=labels.short_quantity(name),
        )
        for number, name in enumerate(parameters)
    ]
    return [
        Line2D(
            [],
            [],
            color=colors[0],
            marker="o",
            label=f"real runs ({per_cent(SHOWN_LEVEL)} % regions hold at the right)",
        ),
        Line2D([], [], color=INK, marker="|", linestyle="", markersize=8, label="forecast from slopes"),
        *own,
    ]


def _finding(table: pd.DataFrame) -> str:
    return "Information."


FIGURE = TableFigure(_finding, "Axes.", _panels)
