"""Predicted against true, run by run: the family with the smallest error, and the straight line."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import in_a_sentence, reference
from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.binning import running_median
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import INK, SHADES, Look, drawing, family_looks
from nbody_emulator.settings.figure_style import Style

FEW_ROWS = 150
"""Up to so many dots in a panel they are drawn larger."""

SHOWN, MOST_TICKS = 2, 3
EXPECTED: dict[str, Any] = {"color": SHADES[1], "alpha": 0.25, "linewidth": 0, "zorder": 2}
SOFTENING: dict[str, Any] = {"color": INK, "linestyle": (0, (3, 1, 1, 1)), "linewidth": 0.9}
"""The line below which forces are not Newton's."""

PANEL_INCHES, FRAME_INCHES = 1.55, 0.4


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """A panel an output and family: true against predicted, the expected scatter, and the median of what was true.

    Args:
        table: by family, output and run: target and prediction (transformed), true_value, predicted_value, lower_value,
            upper_value and softening in the experiment's units, and `unit`.
        style: of the text and the lines, and the width.
    """
    families, outputs = _shown(table), sorted(table["output"].unique())
    narrow = panels.is_one_column(style)
    columns = len(families) if narrow else min(max(len(outputs), 1), 4)
    bands = [outputs[start : start + columns] for start in range(0, len(outputs), columns)]
    rows = len(outputs) if narrow else len(families) * len(bands)
    with drawing(style):
        marks = family_looks(list(dict.fromkeys(table["family"])), style)
        inches = FRAME_INCHES + rows * PANEL_INCHES
        figure = panels.new_figure(style, height=inches / style.width_inches)
        axes = figure.subplots(max(rows, 1), columns, squeeze=False)
        places = _places(families, outputs, columns, narrow)
        for panel in axes.flat:
            panel.set_visible(False)
        for place, ((family, output), (row, column)) in enumerate(places.items()):
            axes[row, column].set_visible(True)
            of_output = table[table["output"] == output]
            _cloud(axes[row, column], of_output, family, marks[family])
            panels.letter(axes[row, column], place, labels.value_with_unit(output, of_output["unit"]))
        figure.supxlabel("predicted, in the unit of each panel", fontsize="medium")
        figure.supylabel("true", fontsize="medium")
        panels.outside_legend(figure, _handles({name: marks[name] for name in families}, table))
        return figure


def _places(
    families: Sequence[str], outputs: Sequence[str], columns: int, narrow: bool
) -> dict[tuple[str, str], tuple[int, int]]:
    """Row and column of each panel: families side by side in one column, below each other on a whole page."""
    if narrow:
        return {
            (family, output): (row, column)
            for row, output in enumerate(outputs)
            for column, family in enumerate(families)
        }
    return {
        (family, output): (len(families) * (place // columns) + number, place % columns)
        for number, family in enumerate(families)
        for place, output in enumerate(outputs)
    }


def _explained(table: pd.DataFrame) -> pd.DataFrame:
    """Share of the variance of the transformed output that each family (row) explains, an output a column."""
    errors = table.assign(squared=(table["target"] - table["prediction"]) ** 2)
    grouped = errors.groupby(["family", "output"], sort=False)
    return (1.0 - grouped["squared"].mean() / grouped["target"].var(ddof=0)).unstack("output")


def _shown(table: pd.DataFrame) -> list[str]:
    """The family that explains most, and the straight line; another where that is the same, or there is none."""
    explained = _explained(table).mean(axis=1).sort_values(ascending=False, kind="stable")
    line = reference(Reference.LINE, explained.index)
    second = [line] if line in explained.index[1:] else list(explained.index[1:SHOWN])
    return [*explained.index[:1], *[name for name in second if name]]


def _cloud(axes: Axes, rows: pd.DataFrame, family: str, mark: Look) -> None:
    chosen = rows[rows["family"] == family].sort_values("predicted_value")
    dots = panels.thinned(chosen)
    panels.rasterize_if_crowded(axes, len(chosen))
    size, alpha = (4, 0.5) if len(dots) > FEW_ROWS else (10, 0.7)
    look: dict[str, Any] = {
        "s": size,
        "color": mark.color,
        "alpha": alpha,
        "linewidths": 0,
        "zorder": 1,
        "marker": mark.marker,
    }
    axes.scatter(dots["predicted_value"], dots["true_value"], **look)
    both = rows[["true_value", "predicted_value"]].to_numpy()
    ends = np.nanmin(both), np.nanmax(both)
    axes.plot(ends, ends, color=INK, linewidth=0.7, zorder=3)
    low, high, middle = (
        running_median(chosen["predicted_value"].to_numpy(), chosen[column].to_numpy())
        for column in ("lower_value", "upper_value", "true_value")
    )
    axes.fill_between(low["position"], low["median"], high["median"], **EXPECTED)
    axes.plot(middle["position"], middle["median"], color=SHADES[0], marker="o", markersize=2.5, zorder=4)
    softening = rows["softening"].iloc[0] if "softening" in rows else np.nan
    if np.isfinite(softening):
        axes.axhline(softening, **SOFTENING)
    for name in "xy":
        panels.scale_to(axes, rows["true_value"].to_numpy(), name, ticks=3)
        _few_ticks(axes, name)


def _few_ticks(axes: Axes, name: str) -> None:
    """At most `MOST_TICKS` where the scale is logarithmic: panels are small."""
    if getattr(axes, f"get_{name}scale")() != "log":
        return
    limits = getattr(axes, f"get_{name}lim")()
    axis = getattr(axes, f"{name}axis")
    panels.plain_log_ticks(axis, limits)
    shown = [place for place in axis.get_majorticklocs() if limits[0] <= place <= limits[1]]
    panels.ticks_at(axes, shown[:: -(-len(shown) // MOST_TICKS)], name)


def _handles(marks: dict[str, Look], table: pd.DataFrame) -> list[Any]:
    families = [
        Line2D(
            [],
            [],
            color=mark.color,
            marker=mark.marker,
            markersize=3,
            linestyle="",
            label=labels.family(name),
        )
        for name, mark in marks.items()
    ]
    handles = [
        *families,
        Line2D([], [], color=SHADES[0], marker="o", markersize=2.5, label="median of true"),
        Patch(label="expected scatter, 68 %", **EXPECTED),
    ]
    if table["softening"].notna().any():
        handles.append(Line2D([], [], label="softening", **SOFTENING))
    return handles


def _finding(table: pd.DataFrame) -> str:
    """How much of the scatter of single runs each of the two explains."""
    explained = _explained(table)
    if explained.empty:
        return "No run was predicted out of fold: how far predictions are off is not known."
    best, *others = _shown(table)
    told = f"{in_a_sentence(best)} explains {_range(explained, best)} of the variance of single runs, out of fold"
    if others:
        told += f"; {in_a_sentence(others[0])} {_range(explained, others[0])}"
    return f"{told[0].upper()}{told[1:]}."


def _range(explained: pd.DataFrame, family: str) -> str:
    shares = 100 * explained.T[family].dropna().sort_values()
    low, high = f"{shares.iloc[0]:.0f}".replace("-", "−"), f"{shares.iloc[-1]:.0f}".replace("-", "−")
    if len(shares) == 1:
        return f"{low} % ({labels.output(shares.index[0])})"
    return f"{low} % ({labels.output(shares.index[0])}) to {high} % ({labels.output(shares.index[-1])})"


FIGURE = TableFigure(
    _finding,
    "True against predicted values of training runs, out of fold, for two families and every output: dots "
    "are runs, the band is the scatter that the family expects, the dotted line the median of what was "
    "true, the diagonal where both are equal; a line marks the softening.",
    _panels,
)
