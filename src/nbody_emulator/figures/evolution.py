"""How clusters evolve: Lagrangian radii of all training runs against time, and what moves them most."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.typing import LineStyleType

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import INK, SHADES, drawing
from nbody_emulator.settings.figure_style import Style

ALL = "all"
THIRDS: dict[str, LineStyleType] = {"low": (0, (1, 1.5)), "middle": (0, (4, 1.5)), "high": "-"}
"""Of a parameter's box, and how their medians are drawn."""

WIDE: dict[str, Any] = {"color": SHADES[3], "alpha": 0.6, "linewidth": 0}
NARROW: dict[str, Any] = {"color": SHADES[2], "alpha": 0.6, "linewidth": 0}
SOFTENING: dict[str, Any] = {"color": INK, "linestyle": (0, (3, 1, 1, 1)), "linewidth": 0.9}
"""The line below which forces are not Newton's."""

PANEL_INCHES, FRAME_INCHES, LOW_INCHES = 2.2, 0.5, 1.5


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """A panel a mass fraction: bands of all runs, and the median of each third of the parameter that moves it most.

    Args:
        table: by stratum, mass_fraction and age: q05 to q95, softening, softened, runs, count; age, quantiles and
            softening with their units in the headers.
        style: of the text and the lines, and the width.
    """
    fractions = sorted(table["mass_fraction"].unique())
    narrow = panels.is_one_column(style)
    shape = (max(len(fractions), 1), 1) if narrow else (1, max(len(fractions), 1))
    inches = FRAME_INCHES + (LOW_INCHES * shape[0] if narrow else PANEL_INCHES)
    parameter = _moves_most(table)
    with drawing(style):
        figure = panels.new_figure(style, height=inches / style.width_inches)
        axes = figure.subplots(*shape, sharey=not narrow, sharex=True, squeeze=False)
        for place, (panel, fraction) in enumerate(zip(axes.flat, fractions, strict=False)):
            _radius(panel, table[table["mass_fraction"] == fraction], parameter)
            panels.letter(panel, place, f"{100 * fraction:g} % of the bound mass")
        if not fractions:
            panels.nothing_to_show(axes[0, 0], "no run has Lagrangian radii")
            return figure
        for panel in axes[-1]:
            panel.set_xlabel(_headed(table, "age"))
        for panel in axes[:, 0]:
            panel.set_ylabel(_headed(table, "q50").replace("q50", "radius"))
        panels.outside_legend(figure, _handles(table, parameter))
        return figure


def _headed(table: pd.DataFrame, name: str) -> str:
    """The column of this name, whatever its unit."""
    return next(column for column in table.columns if column.startswith(f"{name} ["))


def _radius(axes: Axes, rows: pd.DataFrame, parameter: str) -> None:
    age = _headed(rows, "age")
    every = rows[rows["stratum"] == ALL]
    for low, high, look in (("q05", "q95", WIDE), ("q16", "q84", NARROW)):
        axes.fill_between(every[age], every[_headed(rows, low)], every[_headed(rows, high)], **look)
    axes.plot(every[age], every[_headed(rows, "q50")], color=SHADES[0], linewidth=1.8)
    for third, line in THIRDS.items():
        chosen = rows[rows["stratum"] == f"{parameter}:{third}"]
        axes.plot(chosen[age], chosen[_headed(rows, "q50")], color=SHADES[1], linestyle=line, linewidth=1.1)
    softening = every[_headed(rows, "softening")].iloc[0]
    if np.isfinite(softening):
        axes.axhline(softening, **SOFTENING)
    axes.set_yscale("log")
    panels.plain_log_ticks(axes.yaxis, axes.get_ylim())
    axes.margins(x=0.0)


def _moves_most(table: pd.DataFrame) -> str:
    """The parameter of which the first and the last third differ most at the end, in the middle radius' median."""
    last = _last(table).set_index("stratum")
    if last.empty:
        return ""
    medians = np.log(last[_headed(table, "q50")])
    names = dict.fromkeys(name.partition(":")[0] for name in last.index if ":" in name)
    ends = {name: [medians.get(f"{name}:{third}", np.nan) for third in ("low", "high")] for name in names}
    apart = {name: abs(high - low) for name, (low, high) in ends.items() if np.isfinite(high - low)}
    return max(apart, key=lambda name: apart[name], default="")


def _last(table: pd.DataFrame, fraction: float | None = None) -> pd.DataFrame:
    """Of every stratum the last row, of the middle mass fraction or another."""
    fractions = sorted(table["mass_fraction"].unique())
    if not fractions:
        return table
    shown = fractions[len(fractions) // 2] if fraction is None else fraction
    rows = table[table["mass_fraction"] == shown]
    return rows[rows[_headed(rows, "age")] == rows.groupby("stratum")[_headed(rows, "age")].transform("max")]


def _handles(table: pd.DataFrame, parameter: str) -> list[Any]:
    handles: list[Any] = [
        Line2D([], [], color=SHADES[0], linewidth=1.8, label="median of all runs"),
        Patch(label="16 to 84 %", **NARROW),
        Patch(label="5 to 95 %", **WIDE),
    ]
    name = labels.short_quantity(parameter)
    for third, line in THIRDS.items() if parameter else ():
        handles.append(Line2D([], [], color=SHADES[1], linestyle=line, label=f"{third} {name}"))
    if table[_headed(table, "softening")].notna().any():
        handles.append(Line2D([], [], label="softening", **SOFTENING))
    return handles


def _finding(table: pd.DataFrame) -> str:
    """From where to where the middle radius goes, what moves it most, and how far the innermost is softened."""
    last = _last(table)
    every = last[last["stratum"] == ALL]
    if every.empty or not every["runs"].iloc[0]:
        return "No run kept a bound core in which radii could be measured: how clusters evolve is not known."
    row, q50, age = every.iloc[0], _headed(table, "q50"), _headed(table, "age")
    told = (
        f"At {row[age]:g} {_unit(age)} the {_per_cent(row['mass_fraction'])} radius is {row[q50]:.3g} {_unit(q50)} "
        f"(median of {row['runs']:.0f} runs)"
    )
    parameter = _moves_most(table)
    if parameter:
        medians = last.set_index("stratum")[q50]
        low, high = medians[f"{parameter}:low"], medians[f"{parameter}:high"]
        told += f", {low:.3g} at low and {high:.3g} at high {labels.short_quantity(parameter)}"
    fraction = table["mass_fraction"].min()
    inner = _last(table, fraction)
    softened = inner.loc[inner["stratum"] == ALL, "softened"].iloc[0]
    if np.isfinite(softened):
        told += f"; {100 * softened:.1f} % of {_per_cent(fraction)} radii are below the softening"
    return f"{told}."


def _per_cent(fraction: float) -> str:
    return f"{100 * fraction:g} %"


def _unit(column: str) -> str:
    return column.partition(" [")[2].removesuffix("]")


FIGURE = TableFigure(
    _finding,
    "One panel a fraction of the bound mass: the radius that holds it against time on a log axis; median, "
    "16 to 84 % and 5 to 95 % of all training runs as bands, the medians of the thirds of one parameter as "
    "lines, the softening as a line.",
    _panels,
)
