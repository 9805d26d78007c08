"""What each output owes to each parameter: runs, and what had been predicted of them, all other parameters free."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, NullLocator

from nbody_emulator.emulators.register import in_a_sentence
from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import SHADES, Look, drawing, family_looks
from nbody_emulator.settings.figure_style import Style

SURVIVAL = "all"
"""The output under which the table tells of survival."""

MOST_COLUMNS, MOST_IN_ONE_COLUMN = 5, 3
"""Parameters side by side; more of them go on below, where the rows are repeated."""

LOWEST, HIGHEST, NARROW_INCHES = 0.72, 1.9, 1.3
"""Heights of a panel, and a width below which few ticks have room."""

BANDS = ((0.05, 0.95, 0.18), (0.16, 0.84, 0.34))
"""Ends and opacity of the bands, the wider one first."""

MEDIAN = 0.5
INSIDE, OF_ONE_RUN = 0.9, 0.68
"""Levels of the band that the title tells of, and of the bar beside each row."""

DOTS: dict[str, Any] = {"s": 3.0, "color": SHADES[1], "alpha": 0.6, "linewidths": 0, "rasterized": True}
SHARE: dict[str, Any] = {"color": SHADES[0], "marker": "o", "markersize": 2.5, "linestyle": "none"}
BAR: dict[str, Any] = {"linewidth": 1.4, "capsize": 2.5, "capthick": 1.4}
BESIDE = 1.045
"""Where that bar stands, as a share of the last panel's width."""

DOTS_TO_AN_INCH = 140
"""Of a panel's width: a cloud does not hide the bands behind it."""

MARGIN = 0.04
"""Beyond either end of a parameter's box, as a share of it."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Outputs and survival below each other, parameters side by side.

    Args:
        table: by output, parameter and quantity: place, level, value, lower, upper; and unit, transform,
            parameter_scale.
        style: of the text and the lines, and the width.

    Bands are of the runs near a place, whatever their other parameters, so that they are as wide as the cloud; what one
    prediction leaves open is the bar to the right of each row.
    """
    parameters, rows = _parameters(table), _rows(table)
    most = MOST_IN_ONE_COLUMN if panels.is_one_column(style) else MOST_COLUMNS
    bands = max(-(-len(parameters) // most), 1)
    columns = max(-(-len(parameters) // bands), 1)
    if table.empty:
        return panels.empty_figure(style)
    with drawing(style):
        look = family_looks([table["family"].iloc[0]], style)[table["family"].iloc[0]]
        each = _panel_height(style.width_inches / columns, len(rows))
        figure = panels.new_figure(style, (bands * (0.45 + each * len(rows)) + 0.35) / style.width_inches)
        for number, part in enumerate(panels.stacked(figure, [1.0] * bands)):
            shown = parameters[number * columns : (number + 1) * columns]
            _band(part, table, rows, shown, columns, look)
        panels.outside_legend(figure, _handles(look, is_one_run_told="one_run" in set(table["quantity"])))
        return figure


def _parameters(table: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(table["parameter"].dropna()))


def _rows(table: pd.DataFrame) -> list[str]:
    """The outputs, survival last."""
    return sorted(dict.fromkeys(table["output"]), key=lambda name: name == SURVIVAL)


def _panel_height(width: float, rows: int) -> float:
    """In inches: the lower, the more rows there are."""
    return LOWEST + (float(np.clip(0.55 * width, LOWEST, HIGHEST)) - LOWEST) / rows**0.5


def _band(
    figure: SubFigure,
    table: pd.DataFrame,
    rows: Sequence[str],
    parameters: Sequence[str],
    columns: int,
    look: Look,
) -> None:
    """Every output against these parameters, in so many columns, of which the last may be empty."""
    axes = figure.subplots(len(rows), columns, sharex="col", sharey="row", squeeze=False)
    width = figure.bbox.width / figure.dpi / columns
    for row, output in zip(axes, rows, strict=True):
        of_output = table[table["output"] == output]
        for panel, parameter in zip(row, parameters, strict=False):
            _panel(panel, of_output[of_output["parameter"] == parameter], look, int(DOTS_TO_AN_INCH * width))
        _beside(row[len(parameters) - 1], of_output[of_output["quantity"] == "one_run"], look)
        row[0].set_ylabel(_row_label(of_output, output))
        _scale(row[0], of_output)
    for panel, parameter in zip(axes[-1], parameters, strict=False):
        panel.set_xlabel(labels.wrapped(labels.quantity(parameter), width))
        _along(panel, table[table["parameter"] == parameter], 4 if width > NARROW_INCHES else 2)
    for panel in axes[:, len(parameters) :].flat:
        panel.remove()
    figure.align_ylabels(axes[:, 0])


def _panel(axes: Axes, rows: pd.DataFrame, look: Look, most: int) -> None:
    """One output against one parameter, with so many dots at most."""
    predicted = rows[rows["quantity"] == "predicted"]
    curves = dict(iter(predicted.groupby("level")))
    for low, high, alpha in BANDS:
        if low in curves:
            reach = curves[low]["value"], curves[high]["value"]
            axes.fill_between(curves[low]["place"], *reach, color=look.color, alpha=alpha, linewidth=0)
    middle = curves.get(MEDIAN, predicted[predicted["level"].isna()])
    axes.plot(middle["place"], middle["value"], color=look.color, linewidth=1.6)
    runs = rows[rows["quantity"] == "run"]
    runs = runs.iloc[:: max(1, -(-len(runs) // most))]
    axes.scatter(runs["place"], runs["value"], **DOTS)
    shares = rows[rows["quantity"] == "survived"]
    errors = np.abs(shares[["lower", "upper"]].to_numpy().T - shares["value"].to_numpy())
    axes.errorbar(shares["place"], shares["value"], yerr=errors, elinewidth=0.8, zorder=3, **SHARE)


def _beside(axes: Axes, rows: pd.DataFrame, look: Look) -> None:
    """A bar as long as what the prediction of one run leaves open."""
    row: Any  # its attributes are the table's columns
    for row in rows[rows["level"] == OF_ONE_RUN].itertuples():
        reach = [[row.value - row.lower], [row.upper - row.value]]
        where: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "clip_on": False}
        axes.errorbar([BESIDE], [row.value], yerr=reach, color=look.color, **BAR, **where)


def _row_label(rows: pd.DataFrame, output: str) -> str:
    if output == SURVIVAL:
        return "share\nsurvived"
    return labels.value_with_unit(output, rows["unit"]).replace(" [", "\n[")


def _scale(axes: Axes, rows: pd.DataFrame) -> None:
    """Along the output: the scale on which it is even."""
    if (rows["transform"] == "log").any():
        axes.set_yscale("log")
        panels.plain_log_ticks(axes.yaxis, axes.get_ylim(), ticks=3)
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.yaxis.set_major_locator(MaxNLocator(3))


def _along(axes: Axes, rows: pd.DataFrame, ticks: int) -> None:
    """Along the parameter: its whole box, on its own scale, with about so many ticks."""
    places = rows.loc[rows["quantity"] == "predicted", "place"]
    low, high = places.min(), places.max()
    if (rows["parameter_scale"] == "log").any():
        axes.set_xscale("log")
        panels.plain_log_ticks(axes.xaxis, (low, high))
        axes.set_xlim(low * (low / high) ** MARGIN, high * (high / low) ** MARGIN)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(ticks))
        axes.set_xlim(low - MARGIN * (high - low), high + MARGIN * (high - low))


def _handles(look: Look, is_one_run_told: bool) -> list[Artist]:
    bar = Line2D([], [], color=look.color, marker="|", markersize=7, markeredgewidth=1.4, linestyle="none")
    bar.set_label("one run's 68 %")
    return [
        Line2D([], [], color=SHADES[1], marker="o", markersize=2.5, linestyle="none", label="runs"),
        Line2D([], [], color=look.color, linewidth=1.6, label="predicted median"),
        Patch(color=look.color, alpha=BANDS[-1][-1], linewidth=0, label="68 and 90 % of runs"),
        *([bar] if is_one_run_told else []),
    ]


def _finding(table: pd.DataFrame) -> str:
    """What the bands hold, in the panel where they hold least and in that where they hold most."""
    held = table[(table["quantity"] == "held") & (table["level"] == INSIDE)]
    if held.empty:
        return "No run has an output that a prediction could be compared with."
    family = in_a_sentence(table["family"].iloc[0])
    shares = sorted({f"{100 * share:.0f}" for share in (held["value"].min(), held["value"].max())}, key=float)
    return (
        f"The 90\u00a0% bands of {family} hold {' to '.join(shares)}\u00a0% "
        f"of the up to {held['runs'].max():.0f} runs with the output, none of which it had seen."
    )


FIGURE = TableFigure(
    _finding,
    "Outputs in rows, parameters in columns: runs as dots, and in the colour of the recommended family the median and "
    "the bands that 68 and 90 % of runs at each value should lie in, whatever their other parameters, each run "
    "predicted by a fit that had not seen it; right of each row a bar as long as what is left open of one run when all "
    "parameters are known; in the last row the share of runs that survived, in bins with their errors, and the "
    "predicted share as a line.",
    _panels,
)
