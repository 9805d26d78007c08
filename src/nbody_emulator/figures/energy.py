"""The energy audit: how large the errors are, what step it took, and where in the box they arise."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import INK, SHADES, SMALLEST, Look, drawing, set_looks
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
ROW_INCHES = 1.9
ROOM_ABOVE = 5.0
"""For the numbers upon bars, as a factor."""

REFINED: tuple[dict[str, Any], ...] = (
    {"color": SHADES[3], "marker": "o", "s": 5},
    {"color": SHADES[1], "marker": "^", "s": 16},
    {"color": SHADES[0], "marker": "s", "s": 16},
    {"color": INK, "marker": "D", "s": 16},
)
"""Runs by how often their step was halved, the last: so often or more. Most never were, and are the background."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Share of runs above an error, halvings of the step, and the error against every parameter.

    Args:
        table: one row a run: set, role, status, energy_error, halvings and the parameters; `energy_tolerance`
            and `unusable_above`, constant columns, are drawn as lines within reach of the errors.
        style: of the text and the lines, and the width.

    A run whose error is not finite has no place on these axes; it is marked at the upper edge and counted.
    """
    parameters = panels.parameter_columns(table, KNOWN)
    narrow = panels.is_one_column(style)
    columns = 1 if narrow else PER_ROW
    rows = -(-len(parameters) // columns)
    heights = [ROW_INCHES * (2 if narrow else 1), ROW_INCHES * rows]
    with drawing(style):
        figure = panels.new_figure(style, height=(0.6 + sum(heights)) / style.width_inches)
        whole = panels.stacked(figure, heights) if parameters else [figure]
        above, steps = whole[0].subplots(*((2, 1) if narrow else (1, 2))).flat
        looks = set_looks(table)
        _exceedance(above, table, looks)
        _halvings(steps, table)
        panels.letter(above, 0, "how many runs lie above an error")
        panels.letter(steps, 1, "refinements")
        if parameters:
            _against_parameters(whole[1], table, parameters, (rows, min(columns, len(parameters))))
        panels.outside_legend(figure, _handles(table, looks))
        return figure


def _exceedance(axes: Axes, table: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """Fraction of each set's runs with at least this error; runs without a finite one count as above all."""
    for name, look in looks.items():
        error = np.sort(table.loc[table["set"] == name, "energy_error"].fillna(np.inf).to_numpy())
        share = 1 - np.arange(len(error)) / len(error)
        shown = np.isfinite(error) & (error > 0)
        line: dict[str, Any] = {"color": look.color, "linestyle": look.line, "linewidth": 1.3}
        axes.step(error[shown], share[shown], where="pre", **line)
    axes.set_xscale("log")
    axes.set_yscale("log")
    _bounds(table, axes.axvline)
    axes.set_xlabel(AUDIT)
    axes.set_ylabel("fraction of runs above")


def _halvings(axes: Axes, table: pd.DataFrame) -> None:
    counts = table["halvings"].value_counts().sort_index()
    bars = axes.bar(counts.index, counts, width=0.7, color=SHADES[2])
    axes.bar_label(bars, padding=1, fontsize=SMALLEST)
    panels.ticks_at(axes, range(int(table["halvings"].max()) + 1))
    # A single run must show beside hundreds.
    axes.set_yscale("log")
    axes.set_ylim(0.5, ROOM_ABOVE * counts.max())
    axes.yaxis.set_major_formatter(panels.PLAIN)
    axes.set_xlabel("times the step was halved")
    axes.set_ylabel("runs")


def _against_parameters(
    figure: SubFigure, table: pd.DataFrame, parameters: Sequence[str], shape: tuple[int, int]
) -> None:
    axes = figure.subplots(*shape, sharey=True, squeeze=False).ravel()
    for place, (panel, parameter) in enumerate(zip(axes, parameters, strict=False)):
        _scatter(panel, table, parameter)
        panels.letter(panel, 2 + place)
        panel.set_ylabel("energy error" if place % shape[1] == 0 else "")
    for panel in axes[len(parameters) :]:
        panel.remove()
    last = int(min(table["halvings"].max(), len(REFINED) - 1))
    handles = [
        Line2D(
            [],
            [],
            linestyle="",
            markersize=3.5,
            label=_times(number),
            **{"color": look["color"], "marker": look["marker"]},
        )
        for number, look in enumerate(REFINED[: last + 1])
    ]
    panels.outside_legend(figure, handles)


def _times(halvings: int) -> str:
    more = " or more" if halvings == len(REFINED) - 1 else ""
    return "never halved" if halvings == 0 else f"halved {halvings}×{more}"


def _scatter(axes: Axes, table: pd.DataFrame, parameter: str) -> None:
    panels.rasterize_if_crowded(axes, len(table))
    axes.set_yscale("log")
    passed = table["status"].isin(USABLE_WORDS)
    for number, look in enumerate(REFINED):
        of_number = table["halvings"].clip(upper=len(REFINED) - 1) == number
        runs, failed = table[of_number & passed], table[of_number & ~passed]
        axes.scatter(runs[parameter], runs["energy_error"], linewidths=0, **look)
        axes.scatter(failed[parameter], failed["energy_error"], color=INK, marker="x", s=22, linewidths=0.8)
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


def _handles(table: pd.DataFrame, looks: Mapping[str, Look]) -> list[Line2D]:
    sizes = table["set"].value_counts()
    sets = [
        Line2D([], [], color=look.color, linestyle=look.line, label=f"{name} ({sizes[name]} runs)")
        for name, look in looks.items()
    ]
    bounds = [
        Line2D([], [], color=INK, linestyle=dashes, linewidth=0.9, label=f"{text} {_power(bound)}")
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
    """How well energy is kept: the share within the tolerance, the median error, and how many runs are lost."""
    errors = table["energy_error"].fillna(np.inf)
    lost = int((~table["status"].isin(USABLE_WORDS)).sum())
    told = f"The median run changes its energy by {_power(errors.median())}"
    if "energy_tolerance" in table:
        tolerance = table["energy_tolerance"].iloc[0]
        told += (
            f"; {_percent(np.mean(errors <= tolerance))} of {len(table)} runs stay within {_power(tolerance)}"
        )
    return f"{told}, and {lost or 'none'} {'are' if lost > 1 else 'is'} unusable."


def _power(value: float) -> str:
    """In the shortest way that can be read aloud."""
    return f"{value:.1g}".replace("e-0", "e-")


def _percent(share: float) -> str:
    """Never 100 % of what is not all."""
    return "all" if share == 1.0 else f"{min(100 * share, 99.9):.3g} %"


FIGURE = TableFigure(
    _finding,
    "Share of runs above an energy error, set by set; how often steps were halved; and the energy error of every run "
    "against every parameter, by how often its step was halved.",
    _panels,
)
