"""Which family to use: each against the best, on the same runs, and each on its own."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.style import FAINT, Mark, drawing, family_marks

RESOLVED_NATS = 1.0
"""The axes are linear up to here: families worth choosing from differ by less."""

SHADE = {"color": "0.35", "alpha": 0.13, "linewidth": 0}


def draw(table: pd.DataFrame, style: Mapping) -> Figure:
    """Paired differences to the best family, then the scores themselves; the simplest family on top.

    Args:
        table: one row a family: rank, nll and difference [nats per output], their standard errors,
            recommended.
        style: `context`, `palette`, `width_inches`.

    A family without a finite score keeps its line, which says so.
    """
    table = table.sort_values("rank", ignore_index=True)
    with drawing(style):
        marks = family_marks(list(table["family"]), style)
        figure = panels.new_figure(style, height=0.17 + 0.055 * len(table))
        paired, alone = figure.subplots(1, 2, sharey=True, width_ratios=[1.6, 1.0])
        for axes, column in ((paired, "difference"), (alone, "nll")):
            panels.compress_if_wide(axes, table[column].to_numpy(), RESOLVED_NATS, "x")
            for row in table.itertuples():
                _family(axes, row, column, marks[row.family])
            _shade_recommended(axes, table)
        paired.axvline(0.0, color=FAINT, linewidth=0.8, zorder=0)
        paired.margins(x=0.12)
        alone.margins(x=0.2)
        paired.set_xlabel("NLL − NLL of the best [nats per output]")
        alone.set_xlabel("NLL [nats per output]")
        paired.set_yticks(range(len(table)), [labels.family(name) for name in table["family"]])
        paired.set_ylim(len(table) - 0.4, -0.6)
        panels.letter(paired, 0, "paired with the best")
        panels.letter(alone, 1, "alone")
        rule = "recommended: simplest within one s.e. of the best"
        panels.outside_legend(figure, [Patch(label=rule, **SHADE)])
        return figure


def _family(axes: Axes, row, column: str, mark: Mark) -> None:
    value, error = getattr(row, column), getattr(row, f"{column}_standard_error")
    if not np.isfinite(value):
        words = {"va": "center", "color": FAINT, "transform": axes.get_yaxis_transform()}
        axes.text(0.03, row.Index, "no finite score", **words)
        return
    bar = error if np.isfinite(error) and error > 0 else None
    axes.errorbar(value, row.Index, xerr=bar, color=mark.color, marker=mark.marker, markersize=5, capsize=2.5)
    text = "best" if column == "difference" and value == 0 else f"{value:.3f} ± {error:.3f}"
    axes.annotate(text, (value, row.Index), (0, 5), textcoords="offset points", ha="center", fontsize="small")


def _shade_recommended(axes: Axes, table: pd.DataFrame) -> None:
    for place in table.index[table["recommended"].astype(str) == "True"]:
        axes.axhspan(place - 0.5, place + 0.5, zorder=0, **SHADE)
