"""Which family to use: each against the best, on the same runs, and each on its own."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.patches import Patch

from nbody_emulator.emulators.family import Reference
from nbody_emulator.emulators.register import in_a_sentence, reference
from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, SMALLEST, Look, drawing, family_looks
from nbody_emulator.settings.figure_style import Style

RESOLVED_NATS = 1.0
"""The axes are linear up to here: families worth choosing from differ by less."""

PANEL_OF_PAGE = 0.45
"""The least width of a panel."""

LINE_INCHES, FRAME_INCHES = 0.3, 1.0
"""A family's height, and that of a panel without any."""

SHADE: dict[str, Any] = {"color": "0.35", "alpha": 0.13, "linewidth": 0}


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Paired differences to the best family, then the scores themselves; the simplest family on top.

    Args:
        table: one row a family: rank, nll and difference [nats per output], their standard errors,
            recommended.
        style: of the text and the lines, and the width.

    Axes are laid out for the contenders; a baseline beyond them is an arrow at the edge. Numbers stand in a
    column beside each panel. A family without a finite score keeps its line, which says so.
    """
    table = table.sort_values("rank", ignore_index=True)
    with drawing(style):
        marks = family_looks(list(table["family"]), style)
        rows = 2 if panels.is_one_column(style) else 1
        inches = rows * (FRAME_INCHES + LINE_INCHES * len(table))
        figure = panels.new_figure(style, height=inches / style.width_inches)
        paired, alone = figure.subplots(
            rows, 3 - rows, sharey=True, squeeze=False, width_ratios=[1.6, 1.0][: 3 - rows]
        ).flat
        paired.axvline(0.0, color=FAINT, linewidth=0.8, zorder=0)
        for axes, column in ((paired, "difference"), (alone, "nll")):
            _families(axes, table, column, marks)
            _shade_recommended(axes, table)
            axes.set_yticks(range(len(table)), [labels.family(name) for name in table["family"]])
            axes.tick_params(labelleft=axes.get_subplotspec().is_first_col())
        inches = PANEL_OF_PAGE * style.width_inches
        paired.set_xlabel(labels.wrapped("joint NLL − that of the best [nats per output]", inches))
        alone.set_xlabel(labels.wrapped("joint NLL [nats per output]", inches))
        paired.set_ylim(len(table) - 0.4, -0.6)
        panels.letter(paired, 0, "paired with the best")
        panels.letter(alone, 1, "alone")
        rule = "recommended: simplest within one s.e. of the best"
        panels.outside_legend(figure, [Patch(label=rule, **SHADE)])
        return figure


def _families(axes: Axes, table: pd.DataFrame, column: str, marks: Mapping[str, Look]) -> None:
    """Contenders first, since the axis is theirs, and then the baseline where it falls."""
    contends = table["family"].isin(panels.contenders(table["family"]))
    panels.compress_if_wide(axes, table.loc[contends, column].to_numpy(), RESOLVED_NATS, "x")
    axes.margins(x=0.1)
    row: Any  # its attributes are the table's columns
    for row in table[contends].itertuples():
        _family(axes, row, column, marks[row.family])
    axes.set_xlim(axes.get_xlim())
    for row in table[~contends].itertuples():
        _family(axes, row, column, marks[row.family])
        if getattr(row, column) > axes.get_xlim()[1]:
            edge: dict[str, Any] = {"color": marks[row.family].color, "clip_on": False, "markersize": 6}
            axes.plot(1.0, row.Index, ">", transform=axes.get_yaxis_transform(), **edge)


def _family(axes: Axes, row: Any, column: str, mark: Look) -> None:
    value, error = getattr(row, column), getattr(row, f"{column}_standard_error")
    if not np.isfinite(value):
        _beside(axes, row.Index, "no finite score", FAINT)
        return
    bar = error if np.isfinite(error) and error > 0 else None
    axes.errorbar(value, row.Index, xerr=bar, color=mark.color, marker=mark.marker, markersize=5, capsize=2.5)
    best = column == "difference" and value == 0
    _beside(axes, row.Index, "best" if best else f"{value:.3f} ± {error:.3f}", INK)


def _beside(axes: Axes, place: int, text: str, color: str) -> None:
    edge: dict[str, Any] = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
    axes.annotate(text, (1.0, place), (9, 0), **edge, va="center", fontsize=SMALLEST, color=color)


def _shade_recommended(axes: Axes, table: pd.DataFrame) -> None:
    for place in table.index[table["recommended"].astype(str) == "True"]:
        axes.axhspan(place - 0.5, place + 0.5, zorder=0, **SHADE)


def _finding(table: pd.DataFrame) -> str:
    """Which family to use, and what the straight line loses beside the best."""
    recommended = table[table["recommended"].astype(str) == "True"].iloc[0]
    best = table.sort_values("difference").iloc[0]
    told = f"{in_a_sentence(recommended['family'])} predicts best"
    if best["family"] != recommended["family"]:
        told = f"{in_a_sentence(recommended['family'])} ties with the best ({labels.family(best['family'])})"
        told += " and is simpler"
    line = table[table["family"] == reference(Reference.LINE, table["family"])]
    if len(line) and line.iloc[0]["family"] != recommended["family"]:
        loses = f"{line.iloc[0]['difference']:.3f} ± {line.iloc[0]['difference_standard_error']:.3f}"
        told += f"; {in_a_sentence(line.iloc[0]['family'])} loses {loses} nats per output"
    return f"{told[0].upper()}{told[1:]}."


FIGURE = TableFigure(
    _finding,
    "Joint negative log scores of the families, simplest on top: left the difference to the best of each, paired run"
    " by run, right the score alone, in nats per output, with bars of one standard error; the recommended family is "
    "shaded.",
    _panels,
)
