"""The energy audit: how large the errors are, what step it took, and where in the box they arise."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import INK, Look, drawing, set_looks
from nbody_emulator.quantities.run_status import USABLE_WORDS
from nbody_emulator.settings.figure_style import Style

KNOWN = (
    "set",
    "role",
    "group",
    "replicate",
    "perturbation",
    "status",
    "energy_error",
    "step_fraction",
    "halvings",
    "step_floor_hits",
    "missing_outputs",
    "energy_tolerance",
    "unusable_above",
)
BOUNDS = {"energy_tolerance": ("tolerance", (0, (4, 2))), "unusable_above": ("unusable above", (0, (1, 1)))}
"""Columns that hold one number for the whole table, where it has them: drawn as lines where errors reach."""

AUDIT = r"energy error  $\max|\Delta E_\mathrm{J}|/(K_0+|W_0|)$"
PER_ROW = 3

UNREFINED = "0.75"
"""The colour of runs whose step was never halved: most, and the background of the others."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Share of runs above an error, halvings of the step, and the error against every parameter.

    Args:
        table: one row a run: set, role, status, energy_error, halvings and the parameters; `energy_tolerance`
            and `unusable_above`, constant columns, are drawn as lines within reach of the errors.
        style: of the text and the lines, and the width.

    A run whose error is not finite has no place on these axes; it is marked at the upper edge and counted.
    """
    parameters = panels.parameter_columns(table, KNOWN)
    rows = -(-len(parameters) // PER_ROW)
    with drawing(style):
        figure = panels.new_figure(style, height=0.42 + 0.33 * rows)
        whole = panels.stacked(figure, [1.0, 0.95 * max(rows, 1)]) if parameters else [figure]
        above, steps = whole[0].subplots(1, 2, width_ratios=[1.5, 1.0])
        marks = set_looks(table, style)
        _exceedance(above, table, marks)
        _halvings(steps, table, marks)
        panels.letter(above, 0)
        panels.letter(steps, 1)
        if parameters:
            _against_parameters(whole[1], table, parameters, rows)
        panels.outside_legend(figure, _handles(table, marks))
        return figure


def _exceedance(axes: Axes, table: pd.DataFrame, marks: Mapping[str, Look]) -> None:
    """Fraction of each set's runs with at least this error; runs without a finite one count as above all."""
    for name, mark in marks.items():
        error = np.sort(table.loc[table["set"] == name, "energy_error"].fillna(np.inf).to_numpy())
        share = 1 - np.arange(len(error)) / len(error)
        shown = np.isfinite(error) & (error > 0)
        axes.step(error[shown], share[shown], where="pre", color=mark.color, linewidth=1.3)
    axes.set_xscale("log")
    axes.set_yscale("log")
    _bounds(table, axes.axvline)
    axes.set_xlabel(AUDIT)
    axes.set_ylabel("fraction of runs above")


def _halvings(axes: Axes, table: pd.DataFrame, marks: Mapping[str, Look]) -> None:
    sns.histplot(
        table,
        x="halvings",
        hue="set",
        hue_order=list(marks),
        palette={name: mark.color for name, mark in marks.items()},
        discrete=True,
        multiple="dodge",
        shrink=0.8,
        alpha=0.85,
        linewidth=0,
        legend=False,
        ax=axes,
    )
    panels.ticks_at(axes, range(int(table["halvings"].max()) + 1))
    # A single run must show beside hundreds.
    axes.set_yscale("log")
    axes.set_ylim(bottom=0.5)
    axes.yaxis.set_major_formatter(panels.PLAIN)
    axes.set_xlabel("times the step was halved")
    axes.set_ylabel("runs")


def _against_parameters(figure: SubFigure, table: pd.DataFrame, parameters: Sequence[str], rows: int) -> None:
    columns = min(len(parameters), PER_ROW)
    axes = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    depth = int(table["halvings"].max()) + 1
    colors = [UNREFINED, *sns.color_palette("inferno_r", depth + 1)[2:]]
    for place, (panel, parameter) in enumerate(zip(axes, parameters, strict=False)):
        _scatter(panel, table, parameter, colors)
        panels.letter(panel, 2 + place)
        panel.set_ylabel("energy error" if place % columns == 0 else "")
    for panel in axes[len(parameters) :]:
        panel.remove()
    dot: dict[str, Any] = {"marker": "o", "linestyle": "", "markersize": 3.5}
    handles = [Line2D([], [], color=color, label=str(n), **dot) for n, color in enumerate(colors)]
    words: dict[str, Any] = {"title": "halvings", "alignment": "left", "handletextpad": 0.1}
    figure.legend(handles=handles, loc="outside right upper", **words)


def _scatter(axes: Axes, table: pd.DataFrame, parameter: str, colors: Sequence) -> None:
    panels.rasterize_if_crowded(axes, len(table))
    axes.set_yscale("log")
    for _, runs in table.groupby("halvings"):
        halvings = int(runs["halvings"].iloc[0])
        refined = halvings > 0
        passed = runs["status"].isin(USABLE_WORDS)
        sizes = (runs[passed], "o", 14 if refined else 5, 0.0), (runs[~passed], "x", 22, 0.8)
        for chosen, marker, size, width in sizes:
            look: dict[str, Any] = {
                "color": colors[halvings],
                "marker": marker,
                "s": size,
                "linewidths": width,
            }
            axes.scatter(chosen[parameter], chosen["energy_error"], **look)
    lost = table[~np.isfinite(table["energy_error"])]
    edge: dict[str, Any] = {"marker": "|", "s": 40, "color": INK, "transform": axes.get_xaxis_transform()}
    axes.scatter(lost[parameter], np.full(len(lost), 0.97), **edge)
    _bounds(table, axes.axhline)
    panels.scale_to(axes, table[parameter], "x")
    axes.set_xlabel(labels.quantity(parameter))


def _bounds(table: pd.DataFrame, line: Callable[..., Line2D]) -> None:
    for column, bound in _bounds_in_reach(table).items():
        line(bound, color=INK, linestyle=BOUNDS[column][1], linewidth=0.9)


def _bounds_in_reach(table: pd.DataFrame) -> dict[str, float]:
    """The lowest bound, and others less than a decade above every error: further off they empty the axes."""
    bounds = {column: table[column].iloc[0] for column in BOUNDS if column in table}
    errors = table["energy_error"][np.isfinite(table["energy_error"])]
    reach = np.fmax(10 * errors.max(), min(bounds.values(), default=0.0))
    return {column: bound for column, bound in bounds.items() if bound <= reach}


def _handles(table: pd.DataFrame, marks: Mapping[str, Look]) -> list[Line2D]:
    sizes = table["set"].value_counts()
    sets = [
        Line2D([], [], color=mark.color, label=f"{name} ({sizes[name]} runs)") for name, mark in marks.items()
    ]
    bounds = [
        Line2D([], [], color=INK, linestyle=dashes, linewidth=0.9, label=f"{text} {bound:g}")
        for (text, dashes), bound in (
            (BOUNDS[name], bound) for name, bound in _bounds_in_reach(table).items()
        )
    ]
    found = {
        ("x", "unusable"): int((~table["status"].isin(USABLE_WORDS)).sum()),
        ("|", "not finite"): int((~np.isfinite(table["energy_error"])).sum()),
    }
    failures = [
        Line2D([], [], color=INK, marker=marker, linestyle="", markersize=4, label=f"{text} ({count})")
        for (marker, text), count in found.items()
        if count
    ]
    return [*sets, *bounds, *failures]


def _finding(table: pd.DataFrame) -> str:
    return "Energy."


FIGURE = TableFigure(_finding, "Axes.", _panels)
