"""What the loss is made of along every ladder of complexity: of each output, and of all of them together."""

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import SubFigure

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.ladders import (
    NARROWEST_INCHES,
    SQUARED,
    Line,
    OfLadder,
    climb,
    counts,
    draw_noise,
    draw_terms,
    handles,
    ladders_of,
    noise_handle,
    scale_terms,
    value_of,
)
from nbody_emulator.figures.style import drawing
from nbody_emulator.settings.figure_style import Style

ALL = "all"

EXCESS = "log_excess"
OF_SHAPE = {"log_width": Line("width", "s", 0.8, 1), "log_shape": Line("shape", "D", 0.8, 2)}
OF_LOG_SCORE = {
    EXCESS: SQUARED["error"],
    "log_bias": SQUARED["bias_squared"],
    "log_variance": SQUARED["variance"],
    **OF_SHAPE,
}
"""What is observed is the score less its floor."""

RESOLVED_NATS = 1.0


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """One row of panels an output and one for the joint log score, one column a ladder; the noise is a band across.

    Args:
        table: by family, ladder, rung, output and term: value, with lower and upper, the 95 % interval (NaN where too
            few fits give none), fits, points.
        style: of the text and the lines, and the width.

    Complexity grows to the right. Estimates may be negative and are shown so. Where the range is wide, an axis is
    linear up to about a tenth of the noise on either side of zero and logarithmic beyond.
    """
    climbed, outputs = ladders_of(table), sorted(set(table["output"]) - {ALL})
    together = min(len(climbed), max(int(style.width_inches // NARROWEST_INCHES), 1))
    blocks = [climbed[start : start + together] for start in range(0, len(climbed), together)]
    row_inches = max(NARROWEST_INCHES, 0.19 * style.width_inches)
    inches = 0.1 * style.width_inches + len(blocks) * (0.8 + row_inches * (len(outputs) + 1))
    with drawing(style):
        figure = panels.new_figure(style, height=inches / style.width_inches)
        for number, (part, block) in enumerate(
            zip(panels.stacked(figure, [1.0] * len(blocks)), blocks, strict=True)
        ):
            axes = part.subplots(len(outputs) + 1, together, sharex="col", sharey="row", squeeze=False)
            _block(axes, block, outputs, number * together, table, style)
        panels.outside_legend(figure, [*handles(SQUARED, style), noise_handle(), *handles(OF_SHAPE, style)])
        return figure


def _block(
    axes: np.ndarray,
    block: Sequence[OfLadder],
    outputs: list[str],
    first: int,
    table: pd.DataFrame,
    style: Style,
) -> None:
    """Ladders side by side, the first of which is the one of this number; scales are those of the whole table."""
    for row, output in zip(axes, outputs, strict=False):
        of_output = table[table["output"] == output]
        for panel, (_, rows) in zip(row, block, strict=False):
            scale_terms(panel, of_output, SQUARED, unit=value_of(of_output, "noise"))
            shown = rows[rows["output"] == output]
            draw_terms(panel, shown, SQUARED, style)
            draw_noise(panel, shown)
        row[0].set_ylabel(f"{labels.output(output)}\n{labels.SQUARED}")
    for panel, (_, rows) in zip(axes[-1], block, strict=False):
        scale_terms(panel, table, OF_LOG_SCORE, RESOLVED_NATS)
        shown = _with_excess(rows[rows["output"] == ALL])
        draw_terms(panel, shown, OF_LOG_SCORE, style)
        if shown["value"].isna().all():
            panels.nothing_to_show(panel, "not known")
    axes[-1, 0].set_ylabel("joint log score\n[nats]")
    for column, (ladder, rows) in enumerate(block):
        climb(axes[-1, column], ladder, rows["rung"])
        title = textwrap.fill(ladder.title, labels.LINE)
        panels.letter(axes[0, column], first + column, f"{title}\n{counts(rows)}")
    for panel in axes[:, len(block) :].ravel():
        panel.remove()


def _with_excess(rows: pd.DataFrame) -> pd.DataFrame:
    """With the score less the floor, which has no interval of its own: its parts have theirs."""
    by_rung = rows.pivot(index="rung", columns="term", values="value")
    excess = (by_rung["log_score"] - by_rung["log_floor"]).rename("value").reset_index()
    unknown = {"lower": np.nan, "upper": np.nan}
    added = excess.assign(term=EXCESS, **unknown)
    return pd.concat([rows[rows["term"].isin(OF_LOG_SCORE)], added], ignore_index=True)


def _finding(table: pd.DataFrame) -> str:
    return "Bias variance."


FIGURE = TableFigure(_finding, "Axes.", _panels)
