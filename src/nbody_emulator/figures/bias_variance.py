"""What the loss is made of along every ladder of complexity, all outputs together: squared, and by the log score."""

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
    of_lowest_error,
    scale_terms,
)
from nbody_emulator.figures.style import SHADES, drawing
from nbody_emulator.settings.figure_style import Style

ALL = "all"

EXCESS = "log_excess"
OF_SHAPE = {
    "log_width": Line("width", "s", 0.9, SHADES[1], (0, (1, 1)), is_filled=False),
    "log_shape": Line("shape", "D", 0.9, SHADES[2], (0, (4, 1, 1, 1)), is_filled=False),
}
OF_LOG_SCORE = {
    EXCESS: SQUARED["error"],
    "log_bias": SQUARED["bias_squared"],
    "log_variance": SQUARED["variance"],
    **OF_SHAPE,
}
"""What is observed is the score less its floor."""

RESOLVED_NATS = 1.0
ROW_INCHES = 1.6


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """One column a ladder: the mean squared error of all outputs in units of their noise, and the joint log score.

    Args:
        table: by family, ladder, rung, output ("all" alone is drawn) and term: value, with lower and upper, the 95 %
            interval (NaN where too few fits give none), fits, points.
        style: of the text and the lines, and the width.

    Complexity grows to the right. Estimates may be negative and are shown so. Where the range is wide, an axis is
    linear up to about a tenth of the noise, or one nat, on either side of zero and logarithmic beyond.
    """
    together = table[table["output"] == ALL]
    climbed = ladders_of(together)
    abreast = min(len(climbed), max(int(style.width_inches // NARROWEST_INCHES), 1))
    blocks = [climbed[start : start + abreast] for start in range(0, len(climbed), abreast)]
    inches = 0.6 + len(blocks) * (0.9 + 2 * ROW_INCHES)
    with drawing(style):
        figure = panels.new_figure(style, height=inches / style.width_inches)
        for number, (part, block) in enumerate(
            zip(panels.stacked(figure, [1.0] * len(blocks)), blocks, strict=True)
        ):
            axes = part.subplots(2, abreast, sharex="col", sharey="row", squeeze=False)
            _block(axes, block, number * abreast, together)
        panels.outside_legend(figure, [*handles(SQUARED), noise_handle(), *handles(OF_SHAPE)])
        return figure


def _block(axes: np.ndarray, block: Sequence[OfLadder], first: int, together: pd.DataFrame) -> None:
    """Ladders side by side, the first of which is the one of this number; scales are those of the whole table."""
    for (squared, scored), (_, rows) in zip(axes.T, block, strict=False):
        scale_terms(squared, together, SQUARED, unit=1.0)
        draw_terms(squared, rows, SQUARED)
        draw_noise(squared, rows)
        scale_terms(scored, together, OF_LOG_SCORE, RESOLVED_NATS)
        excess = _with_excess(rows)
        draw_terms(scored, excess, OF_LOG_SCORE)
        if excess["value"].isna().all():
            panels.nothing_to_show(scored, "not known")
    axes[0, 0].set_ylabel("squared error\n[noise]")
    axes[1, 0].set_ylabel("joint log score\nabove its floor [nats]")
    for column, (ladder, rows) in enumerate(block):
        climb(axes[1, column], ladder, rows["rung"])
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
    """The rung of the smallest error, and what that error is made of."""
    best = of_lowest_error(table[table["output"] == ALL])
    if best is None:
        return "Where bias and variance balance is not known: no ladder has an error."
    return (
        f"The least squared error, {best.error:.2f} of the noise, is by the {best.where}: "
        f"bias² {best.bias:z.2f}, variance {best.variance:.2f}."
    ).replace(" -", " \u2212")


FIGURE = TableFigure(
    _finding,
    "A column of panels for every ladder of complexity, which grows to the right: above, squared error, squared bias "
    "and variance of all outputs in units of the noise; below, the joint log score above its floor and what it is made "
    "of; bars are 95 % intervals.",
    _panels,
)
