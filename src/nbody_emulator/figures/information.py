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
from nbody_emulator.figures.style import FAINT, INK, SHADES, drawing
from nbody_emulator.levels import per_cent
from nbody_emulator.settings.figure_style import Style

SHOWN_LEVEL = 0.90
LINE_INCHES, NARROW_LINE_INCHES, FRAME_INCHES = 0.28, 0.36, 1.35
STEP = 0.2
LINE = 16
"""Longer names of what is observed go on over the next line in a narrow figure."""

LOOKS: tuple[dict[str, Any], ...] = (
    {"color": SHADES[0], "marker": "s"},
    {"color": SHADES[2], "marker": "D"},
    {"color": SHADES[1], "marker": "^", "markerfacecolor": "white"},
    {"color": SHADES[0], "marker": "o", "markerfacecolor": "white"},
    {"color": SHADES[2], "marker": "v"},
    {"color": SHADES[1], "marker": "P"},
)
"""Of the parameters."""

FORECAST: dict[str, Any] = {"color": INK, "marker": "|", "linestyle": "", "markersize": 7}


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
    inches = NARROW_LINE_INCHES if narrow else LINE_INCHES
    heights = FRAME_INCHES + inches * len(observed) * max(1.0, len(parameters) / 3.0)
    with drawing(style):
        figure = panels.new_figure(style, height=heights * (2 if narrow else 1) / style.width_inches)
        told, learned = figure.subplots(2, 1) if narrow else figure.subplots(1, 2, sharey=True)
        _information(told, table, observed)
        _contraction(learned, table, observed, parameters)
        for axes in (told, learned):
            axes.set_ylim(len(observed) - 0.4, -0.6)
            names = [labels.opened(name) for name in observed]
            axes.set_yticks(
                range(len(observed)), [labels.narrow(name, LINE) for name in names] if narrow else names
            )
        learned.tick_params(labelleft=narrow)
        panels.letter(told, 0, "of all parameters")
        panels.letter(learned, 1, "of each")
        panels.outside_legend(figure, _handles(parameters))
        return figure


def _information(axes: Axes, table: pd.DataFrame, observed: Sequence[str]) -> None:
    held = table[(table["quantity"] == "coverage") & np.isclose(table["level"], SHOWN_LEVEL)]
    bar: dict[str, Any] = {"color": INK, "marker": "o", "markersize": 4.5, "capsize": 2.0}
    for place, row in _by_observed(table[table["quantity"] == "information"], observed):
        axes.errorbar(row.value, place, xerr=row.standard_error, **bar)
    for place, row in _by_observed(table[table["quantity"] == "forecast_information"], observed):
        axes.plot(row.value, place, **FORECAST)
    edge: dict[str, Any] = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
    for place, row in _by_observed(held, observed):
        told = f"{100 * row.value:.0f} %"
        axes.annotate(told, (1.0, place), (3, 0), **edge, va="center", fontsize="small", color=INK)
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.axvline(0.0, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_xlabel("information [nats]")


def _contraction(axes: Axes, table: pd.DataFrame, observed: Sequence[str], parameters: Sequence[str]) -> None:
    step = min(STEP, 0.7 / max(len(parameters), 1))
    for number, parameter in enumerate(parameters):
        rows = table[table["parameter"] == parameter]
        offset, look = (number - 0.5 * (len(parameters) - 1)) * step, LOOKS[number % len(LOOKS)]
        for place, row in _by_observed(rows[rows["quantity"] == "contraction"], observed):
            axes.plot([row.band_low, row.band_high], [place + offset] * 2, linewidth=1.0, color=look["color"])
            axes.plot(row.value, place + offset, markersize=4, **look)
    axes.axvline(0.0, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_xlim(right=1.0)
    axes.set_xlabel("contraction: median, 80 % of runs")


def _by_observed(rows: pd.DataFrame, observed: Sequence[str]) -> list[tuple[int, Any]]:
    every: Any = rows.itertuples()
    return [(observed.index(row.observed), row) for row in every]


def _handles(parameters: Sequence[str]) -> list[Any]:
    own = [
        Line2D([], [], markersize=4, label=labels.short_quantity(name), **LOOKS[number % len(LOOKS)])
        for number, name in enumerate(parameters)
    ]
    regions = f"new runs (beside: in {per_cent(SHOWN_LEVEL)} % regions)"
    return [
        Line2D([], [], color=INK, marker="o", markersize=4.5, label=regions),
        Line2D([], [], label="forecast from slopes", **FORECAST),
        *own,
    ]


def _finding(table: pd.DataFrame) -> str:
    """Which choice tells most, against what slopes had forecast of it, and whether its posteriors hold."""
    every = table[(table["stratum"] == "all") & (table["parameter"] == "all")]
    told = every[every["quantity"] == "information"]
    if told.empty:
        return "No real runs were set aside: what observations tell is not known."
    best = told.iloc[int(np.argmax(told["value"]))]
    of_best = every[every["observed"] == best["observed"]]
    held = of_best[(of_best["quantity"] == "coverage") & np.isclose(of_best["level"], SHOWN_LEVEL)]["value"]
    forecast = of_best[of_best["quantity"] == "forecast_information"]["value"]
    words = f"Of {len(told)} choices “{labels.opened(best['observed'])}” tells most, {_nats(best)} nats"
    if len(forecast):
        words += f" where slopes forecast {forecast.iloc[0]:.2f}"
    if len(held):
        words += f"; its {per_cent(SHOWN_LEVEL)} % regions hold {100 * held.iloc[0]:.0f} % of {best['count']:.0f} runs"
    return f"{words}."


def _nats(row: pd.Series) -> str:
    return f"{row['value']:.2f} ± {row['standard_error']:.2f}".replace("-", "\u2212")


FIGURE = TableFigure(
    _finding,
    "Left, for every choice of what is observed: the mean information of posteriors about the truth in "
    "nats, what slopes had forecast, and what posterior regions hold of real runs. Right: the contraction "
    "of each parameter, told apart by shade and marker, with what most runs show.",
    _panels,
)
