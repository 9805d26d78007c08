"""The one look at the test set: predicted against true, the error over the noise, and what intervals held."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import in_a_sentence, prominent_families, reference
from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FLOOR, INK, SHADES, Look, drawing, family_looks
from nbody_emulator.settings.figure_style import Style

MOST_COLUMNS, MOST_IN_ONE_COLUMN = 4, 2
"""Outputs side by side; more of them go on below."""

LEVELS = (0.68, 0.9)
"""Of the intervals whose coverage is shown, where it is told of these."""

INTERVAL = 0.9
"""Of the intervals that the title tells of."""

MOST_TICKS = 3
TICK_INCHES = 0.8
"""Names of outputs stand upright where these have less room side by side."""

ROOM = 0.76
"""For an output's families side by side, as a share of the way to the next output."""

BAND: dict[str, Any] = {"color": SHADES[3], "alpha": 0.8, "linewidth": 0}
INSIDE: dict[str, Any] = {"s": 4.0, "alpha": 0.5, "linewidths": 0}
OUTSIDE: dict[str, Any] = {"s": 11.0, "marker": "x", "linewidths": 0.7, "color": INK}
POINT: dict[str, Any] = {"linestyle": "none", "markersize": 3.5, "elinewidth": 0.9}
RESOLVED_FLOORS = 3.0
"""Errors are on a linear axis up to here: those of families worth choosing from."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Predicted against true of the recommended family, a panel an output; below, all that stand for many families.

    Args:
        table: by family, output and quantity: true_value, value, lower, upper, level, band_low, band_high.
        style: of the text and the lines, and the width.

    Runs outside their interval are crosses. The recommended family, the straight line and the prominent ones are shown.
    """
    if table.empty:
        return panels.empty_figure(style)
    outputs, shown = list(dict.fromkeys(table["output"])), _families(table)
    narrow = panels.is_one_column(style)
    columns = min(max(len(outputs), 1), MOST_IN_ONE_COLUMN if narrow else MOST_COLUMNS)
    rows = max(-(-len(outputs) // columns), 1)
    side = style.width_inches / columns
    with drawing(style):
        marks = family_looks(shown, style)
        errors = table[(table["quantity"] == "error") & table["value"].notna()]
        below = [1.6, 1.9] if len(errors) else [1.9]
        heights = [rows * min(side, 2.2) + 0.2, *below]
        figure = panels.new_figure(style, (sum(heights) + 0.3) / style.width_inches)
        of_runs, *of_families = panels.stacked(figure, heights)
        _scatters(of_runs, table, outputs, (rows, columns), marks)
        if len(errors):
            _errors(of_families[0].subplots(), errors, outputs, marks, len(outputs))
        _coverages(of_families[-1].subplots(), table, outputs, marks, len(outputs) + len(below) - 1)
        panels.outside_legend(figure, [*panels.family_handles(marks), *_handles()])
        return figure


def _families(table: pd.DataFrame) -> list[str]:
    every = list(dict.fromkeys(table["family"]))
    line = reference(Reference.LINE, every)
    chosen = {_recommended(table), line, *prominent_families(every)}
    return [name for name in panels.contenders(every) if name in chosen] or every


def _recommended(table: pd.DataFrame) -> str:
    return str(table.loc[table["recommended"].astype(str) == "True", "family"].iloc[0])


def _scatters(
    figure: SubFigure,
    table: pd.DataFrame,
    outputs: Sequence[str],
    shape: tuple[int, int],
    marks: Mapping[str, Look],
) -> None:
    axes = figure.subplots(*shape, squeeze=False)
    runs = table[(table["quantity"] == "run") & (table["family"] == _recommended(table))]
    look = marks[_recommended(table)]
    for place, (panel, output) in enumerate(zip(axes.flat, outputs, strict=False)):
        of_output = runs[runs["output"] == output]
        _scatter(panel, of_output, look)
        panels.letter(panel, place, labels.value_with_unit(output, of_output["unit"]))
        panel.set_xlabel("true")
    for row in axes:
        row[0].set_ylabel("predicted median")
    for panel in axes.flat[len(outputs) :]:
        panel.remove()


def _scatter(axes: Axes, runs: pd.DataFrame, look: Look) -> None:
    """Predicted against true, with the line on which they are the same."""
    if runs.empty:
        panels.nothing_to_show(axes)
        return
    runs = runs.iloc[:: max(1, -(-len(runs) // panels.MOST_DOTS))]
    inside = runs["true_value"].between(runs["lower"], runs["upper"])
    for chosen, dots in ((inside, {**INSIDE, "color": look.color}), (~inside, OUTSIDE)):
        axes.scatter(runs.loc[chosen, "true_value"], runs.loc[chosen, "value"], **dots, rasterized=True)
    both = np.concatenate([runs["true_value"], runs["value"]])
    ends = both.min(), both.max()
    axes.plot(ends, ends, color=INK, linewidth=0.7, zorder=3)
    axes.set_box_aspect(1)
    is_logarithmic = "log" in set(runs["transform"])
    for axis, set_scale in ((axes.xaxis, axes.set_xscale), (axes.yaxis, axes.set_yscale)):
        set_scale("log" if is_logarithmic else "linear")
        _few_ticks(axis, ends, is_logarithmic)


def _few_ticks(axis: Axis, ends: tuple[float, float], is_logarithmic: bool) -> None:
    if not is_logarithmic:
        axis.set_major_locator(MaxNLocator(MOST_TICKS))
        return
    panels.plain_log_ticks(axis, ends)
    inside = [tick for tick in axis.get_majorticklocs() if ends[0] <= tick <= ends[1]]
    axis.set_major_locator(FixedLocator(inside[:: max(1, -(-len(inside) // MOST_TICKS))]))
    axis.set_minor_locator(NullLocator())


def _errors(
    axes: Axes, errors: pd.DataFrame, outputs: Sequence[str], marks: Mapping[str, Look], place: int
) -> None:
    """Root mean squared errors over the noise: 1 for a perfect mean."""
    shown = errors[errors["family"].isin(marks)]
    panels.compress_if_wide(axes, shown["value"].to_numpy(), RESOLVED_FLOORS)
    axes.axhline(1.0, **FLOOR)
    _side_by_side(axes, shown, outputs, marks)
    axes.set_ylabel("error over\nits noise floor")
    panels.letter(axes, place, "root mean squared error")


def _coverages(
    axes: Axes, table: pd.DataFrame, outputs: Sequence[str], marks: Mapping[str, Look], place: int
) -> None:
    coverages = table[(table["quantity"] == "coverage") & table["family"].isin(marks)]
    every = sorted(set(coverages["level"]))
    levels = [level for level in LEVELS if level in every] or every
    for level in levels:
        at_level = coverages[coverages["level"] == level]
        axes.axhline(level, color=INK, linewidth=0.7, zorder=0.5)
        row: Any  # its attributes are the table's columns
        for row in at_level.drop_duplicates("output").itertuples():
            at = outputs.index(row.output)
            axes.fill_between([at - 0.45, at + 0.45], row.band_low, row.band_high, **BAND)
        _side_by_side(axes, at_level, outputs, marks)
    axes.set_ylabel("share of runs\ninside")
    told = " and ".join(f"{100 * level:g}" for level in levels)
    panels.letter(axes, place, f"coverage of {told} % intervals")


def _side_by_side(axes: Axes, rows: pd.DataFrame, outputs: Sequence[str], marks: Mapping[str, Look]) -> None:
    """The families of every output side by side, with their intervals."""
    shifts = np.linspace(-0.5, 0.5, len(marks) + 2)[1:-1] * ROOM
    for shift, (family, look) in zip(shifts, marks.items(), strict=True):
        own = rows[rows["family"] == family]
        at = own["output"].map({name: place + shift for place, name in enumerate(outputs)})
        reach = np.abs(own[["lower", "upper"]].to_numpy().T - own["value"].to_numpy())
        axes.errorbar(at, own["value"], yerr=reach, color=look.color, marker=look.marker, **POINT)
    is_tight = axes.figure.bbox.width / axes.figure.dpi < TICK_INCHES * len(outputs)
    axes.set_xticks(range(len(outputs)), map(labels.output, outputs), rotation=90 if is_tight else 0)
    axes.set_xlim(-0.55, len(outputs) - 0.45)


def _handles() -> list[Artist]:
    cross = Line2D([], [], color=INK, marker="x", markersize=3.5, markeredgewidth=0.7, linestyle="none")
    cross.set_label("outside its 90 % interval")
    return [cross, Patch(label="95 % of perfect predictions", **BAND)]


def _finding(table: pd.DataFrame) -> str:
    """What the recommended family's error is over the noise, and what its intervals held."""
    if table.empty:
        return "No sealed run has an output that a prediction could be compared with."
    own, family = table[table["family"] == _recommended(table)], in_a_sentence(_recommended(table))
    errors = own.loc[own["quantity"] == "error", "value"].dropna()
    held = own[(own["quantity"] == "coverage") & (own["level"] == INTERVAL)]
    told = f"On {int(own['runs'].max())} sealed runs"
    if held.empty:
        return f"{told} no 90\u00a0% interval of {family} was judged."
    told += f" the 90\u00a0% intervals of {family} hold {_range(100 * held['value'], 0)}\u00a0%"
    return told + (f"; its errors are {_range(errors, 2)} times the noise floor." if len(errors) else ".")


def _range(values: pd.Series, digits: int) -> str:
    ends = [f"{end:.{digits}f}" for end in (values.min(), values.max())]
    return " to ".join(dict.fromkeys(ends))


FIGURE = TableFigure(
    _finding,
    "A panel an output with the predicted median of every sealed run by the recommended family against what the run "
    "gave, runs outside their 90 % interval as crosses; below, by output and family, the root mean squared error over "
    "the noise floor, and the share of runs inside the 68 and 90 % intervals beside the band of perfect predictions, "
    "with 95 % intervals.",
    _panels,
)
