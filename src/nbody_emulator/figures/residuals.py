"""Predicted against true for every family and output, and where in the range the predictions are off."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.ticker import MaxNLocator

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.binning import running_mean
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, MUTED, Look, drawing, family_looks
from nbody_emulator.settings.figure_style import Style

FONT_SCALE = 0.75
"""A page of small panels: their text is 6.6 points at least."""

MOST_COLUMNS = 9
"""Families side by side; more of them go on below, where the rows are repeated."""

FEW_ROWS = 150
"""Up to so many dots in a panel they are drawn larger."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """A panel for every output (row) and family (column), then the running mean of the residuals by output.

    Args:
        table: by family, output and run: true_value and predicted_value in the experiment's units, z (the
            standardised residual), and `unit`.
        style: of the text and the lines, and the width.

    Many families stand in bands, one below the other. The training mean is left out: it is one value a fold. In the
    running mean, families that are not prominent are muted.
    """
    families, outputs = panels.contenders(dict.fromkeys(table["family"])), sorted(table["output"].unique())
    bands = max(-(-len(families) // MOST_COLUMNS), 1)
    columns = max(-(-len(families) // bands), 1)
    heights = [0.05 + 1.05 * len(outputs) / max(columns, 4)] * bands + [0.36]
    with drawing(style, FONT_SCALE):
        marks = family_looks(families, style)
        figure = panels.new_figure(style, height=sum(heights))
        *scatters, running = panels.stacked(figure, heights)
        for band, scatter in enumerate(scatters):
            shown = {name: marks[name] for name in families[band * columns : (band + 1) * columns]}
            _scatter(scatter, table, outputs, shown, columns)
        scatter.supxlabel("true value, in the unit of each row", fontsize="medium")
        _running(running, table, outputs, marks)
        others = panels.muted_handles(marks, "other families")
        panels.outside_legend(running, [*panels.family_handles(panels.prominent(marks)), *others])
        return figure


def _scatter(
    figure: SubFigure, table: pd.DataFrame, outputs: Sequence[str], marks: Mapping[str, Look], columns: int
) -> None:
    """Outputs by these families, in so many columns, of which the last may be empty."""
    axes = figure.subplots(max(len(outputs), 1), columns, sharex="row", sharey="row", squeeze=False)
    for row, output in enumerate(outputs):
        _row(axes[row], table[table["output"] == output], marks)
        axes[row, 0].set_ylabel(f"predicted\n{_with_unit(table, output)}")
        panels.letter_inside(axes[row, 0], row)
    for panel, family in zip(axes[0], marks, strict=False):
        panel.set_title(labels.narrow_family(family), fontsize="medium")
    for panel in axes[:, max(len(marks), 1) :].flat:
        panel.remove()


def _with_unit(table: pd.DataFrame, output: str) -> str:
    rows = table[table["output"] == output]
    return labels.value_with_unit(output, rows["unit"])


def _row(axes: Sequence[Axes], rows: pd.DataFrame, marks: Mapping[str, Look]) -> None:
    """One output: the families side by side on the same axes, with the line on which prediction is truth."""
    true, predicted = rows["true_value"].to_numpy(), rows["predicted_value"].to_numpy()
    ends = np.nanmin([true, predicted]), np.nanmax([true, predicted])
    for panel, (family, mark) in zip(axes, marks.items(), strict=False):
        chosen = panels.thinned(rows[rows["family"] == family])
        panels.rasterize_if_crowded(panel, len(rows))
        size, alpha = (3.5, 0.45) if len(chosen) > FEW_ROWS else (10, 0.8)
        dots: dict[str, Any] = {"s": size, "color": mark.color, "alpha": alpha, "linewidths": 0}
        panel.scatter(chosen["true_value"], chosen["predicted_value"], **dots)
        panel.plot(ends, ends, color=INK, linewidth=0.7, zorder=3)
        panel.set_box_aspect(1)
        for name in "xy":
            panels.scale_to(panel, true, name, ticks=3)


def _running(
    figure: SubFigure, table: pd.DataFrame, outputs: Sequence[str], marks: Mapping[str, Look]
) -> None:
    axes = figure.subplots(1, max(len(outputs), 1), squeeze=False)[0]
    for place, (panel, output) in enumerate(zip(axes, outputs, strict=False)):
        of_output = table[table["output"] == output]
        panel.axhline(0.0, color=FAINT, linewidth=0.8)
        panels.scale_to(panel, of_output["predicted_value"].to_numpy(), ticks=3)
        for family, mark in marks.items():
            _mean_of_z(
                panel, of_output[of_output["family"] == family], mark, family in panels.prominent(marks)
            )
        # The means reach less far than the predictions.
        if panel.get_xscale() == "log":
            panels.plain_log_ticks(panel.xaxis, panel.get_xlim())
        panel.set_xlabel(f"predicted\n{_with_unit(table, output)}")
        panel.yaxis.set_major_locator(MaxNLocator(4))
        panels.letter(panel, len(outputs) + place)
    axes[0].set_ylabel("running mean of z")


def _mean_of_z(axes: Axes, rows: pd.DataFrame, mark: Look, is_prominent: bool) -> None:
    mean = running_mean(rows["predicted_value"].to_numpy(), rows["z"].to_numpy())
    if not is_prominent:
        axes.plot(mean["position"], mean["mean"], **MUTED)
        return
    axes.errorbar(
        mean["position"],
        mean["mean"],
        yerr=mean["standard_error"],
        color=mark.color,
        marker=mark.marker,
        markersize=2.5,
        linewidth=1.0,
        elinewidth=0.7,
    )


def _finding(table: pd.DataFrame) -> str:
    return "Residuals."


FIGURE = TableFigure(_finding, "Axes.", _panels)
