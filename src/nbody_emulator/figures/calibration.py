"""Are the error bars right? Reliability of whole distributions, and both tails as predicted and mended."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, MUTED, Look, drawing, family_looks
from nbody_emulator.levels import per_cent
from nbody_emulator.settings.figure_style import Style

SHOWN_LEVEL = 0.90
"""Tails are shown at the experiment's level nearest to this one; all levels are in the table."""

SIDES = {"tail_below": ("<", "below"), "tail_above": (">", "above")}
"""Quantity -> marker, and word, of the share of runs beyond one end of the intervals."""

RAW, MENDED, CONFORMAL = "raw", "recalibrated", "distributional_conformal"
"""Treatments that are judged on the same rows; the last is told in the title alone."""

OUT_OF_FOLD = "raw_out_of_fold"
"""The treatment whose rows are most: for whole curves and for parts of the box."""

COUNTED = ("central_out_of_band", "one_sided_out_of_band")
"""Quantities that tell how many numbers of a family and output are out of their bands."""

MOST_SHOWN = 4
"""Of the prominent families: more curves hide one another."""

UNDER_PERFECTION = "_under_perfect_calibration"

WHOLE_RUN = "all"
"""`output` of joint regions, which are in the table alone."""

CURVE_INCHES, SIDE_INCHES, FRAME_INCHES = 1.25, 0.16, 0.7
BAND: dict[str, Any] = {"color": "0.35", "alpha": 0.15, "linewidth": 0}
PERFECT: dict[str, Any] = {"color": "0.35", "alpha": 0.25, "linewidth": 2.5, "zorder": 1}
"""The same band of a single number: a short bar behind its dot."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """Reliability of every output, out of fold; then the tails of every output, raw and recalibrated.

    Args:
        table: by family, treatment, output, quantity, stratum and level: value, standard_error, band_low,
            band_high, count (see the table's own documentation).
        style: of the text and the lines, and the width.

    Curves of families that are not among the few shown are muted, and these have no tails.
    """
    everything = table[(table["output"] != WHOLE_RUN) & (table["stratum"] == "all")]
    outputs = sorted(everything["output"].unique())
    with drawing(style):
        marks = family_looks(list(dict.fromkeys(table["family"])), style)
        rows = rows_of(outputs, style)
        heights = [FRAME_INCHES + CURVE_INCHES] * len(rows)
        heights += [FRAME_INCHES + 2 * SIDE_INCHES * (1 + len(few(marks)))] * len(rows)
        figure = panels.new_figure(style, height=sum(heights) / style.width_inches)
        parts = panels.stacked(figure, heights)
        for place, chosen in enumerate(rows):
            _reliabilities(parts[place], everything, chosen, outputs.index(chosen[0]), marks)
            _tails(
                parts[len(rows) + place], everything, chosen, len(outputs) + outputs.index(chosen[0]), marks
            )
        panels.outside_legend(figure, _handles(marks))
        return figure


def few(marks: Mapping[str, Look]) -> dict[str, Look]:
    """The families that stand for all, `MOST_SHOWN` at most."""
    return dict(list(panels.prominent(marks).items())[:MOST_SHOWN])


def rows_of(outputs: Sequence[str], style: Style) -> list[Sequence[str]]:
    """The outputs, as many side by side as the page has room for."""
    together = 2 if panels.is_one_column(style) else max(4, -(-len(outputs) // 2))
    return [outputs[start : start + together] for start in range(0, len(outputs), together)]


def _reliabilities(
    figure: SubFigure, table: pd.DataFrame, outputs: Sequence[str], letter: int, marks: Mapping[str, Look]
) -> None:
    axes = figure.subplots(1, len(outputs), sharey=True, squeeze=False)[0]
    rows = table[(table["quantity"] == "reliability") & (table["treatment"] == OUT_OF_FOLD)]
    for place, (panel, output) in enumerate(zip(axes, outputs, strict=True)):
        _curves(panel, rows[rows["output"] == output].sort_values("level"), marks)
        panels.letter(panel, letter + place, labels.output(output))
    axes[0].set_ylabel("observed − nominal")
    figure.supxlabel("nominal coverage, out of fold", fontsize="medium")


def _curves(axes: Axes, rows: pd.DataFrame, marks: Mapping[str, Look]) -> None:
    """One line a family, few prominent, and the simultaneous band of perfection for the fewest rows of any."""
    if rows.empty:
        panels.nothing_to_show(axes)
        return
    band = rows[rows["count"] == rows["count"].min()].drop_duplicates("level")
    axes.fill_between(
        band["level"], band["band_low"] - band["level"], band["band_high"] - band["level"], **BAND
    )
    axes.axhline(0.0, color=FAINT, linewidth=0.8)
    for family, mark in marks.items():
        line = rows[rows["family"] == family]
        look: dict[str, Any] = {"color": mark.color, "marker": mark.marker, "markersize": 3, "linewidth": 1.0}
        chosen = look | {"markevery": 4} if family in few(marks) else MUTED
        axes.plot(line["level"], line["value"] - line["level"], **chosen)
    axes.set_xlim(0, 1)
    panels.ticks_at(axes, (0.0, 0.5, 1.0))


def _tails(
    figure: SubFigure, table: pd.DataFrame, outputs: Sequence[str], letter: int, marks: Mapping[str, Look]
) -> None:
    """Of every prominent family two lines: what lies below its intervals, and above, each beside what should."""
    axes = figure.subplots(1, len(outputs), sharex=True, sharey=True, squeeze=False)[0]
    level, shown = shown_level(table), few(marks)
    rows = table[table["quantity"].isin(SIDES) & np.isclose(table["level"], level)]
    for place, (panel, output) in enumerate(zip(axes, outputs, strict=True)):
        panel.axvline(0.5 * (1 - level), color=FAINT, linewidth=0.8)
        of_output = rows[rows["output"] == output].set_index(["family", "quantity", "treatment"])
        for number, (family, mark) in enumerate(shown.items()):
            for step, (quantity, (marker, _)) in enumerate(SIDES.items()):
                pair = of_output.reindex([(family, quantity, each) for each in (RAW, MENDED)])
                _pair(panel, pair, 2.5 * number + step, mark, marker)
        panels.letter(panel, letter + place, labels.output(output))
    ticks = [2.5 * number + step for number in range(len(shown)) for step in range(2)]
    axes[0].set_yticks(ticks, [word for _ in shown for _, word in SIDES.values()])
    axes[0].set_ylim(2.5 * len(shown) - 0.8, -0.7)
    figure.supxlabel(f"share beyond {per_cent(level)} % intervals", fontsize="medium")


def _pair(axes: Axes, pair: pd.DataFrame, place: float, mark: Look, marker: str) -> None:
    """As predicted, hollow, and recalibrated, over where 95 % of perfect predictions lie."""
    raw, mended = pair["value"]
    axes.hlines(place, pair["band_low"].iloc[0], pair["band_high"].iloc[0], **PERFECT)
    axes.plot([raw, mended], [place] * 2, color=mark.color, linewidth=0.7)
    for value, fill in ((raw, "white"), (mended, mark.color)):
        axes.plot(
            value, place, marker, color=mark.color, markersize=4, markerfacecolor=fill, markeredgewidth=0.8
        )


def shown_level(table: pd.DataFrame) -> float:
    """The table's level nearest to `SHOWN_LEVEL`."""
    levels = table.loc[table["quantity"] == "coverage", "level"].unique()
    return float(min(levels, key=lambda level: abs(level - SHOWN_LEVEL), default=SHOWN_LEVEL))


def outside(table: pd.DataFrame, treatment: str) -> tuple[int, int, float]:
    """Of all families and outputs, how many coverages, central and one-sided, are out of their bands; of how many; and
    how many of perfect predictions would be.
    """
    of_outputs = table[(table["treatment"] == treatment) & (table["output"] != WHOLE_RUN)]
    chosen = of_outputs[of_outputs["quantity"].isin(COUNTED)]
    perfect = of_outputs[of_outputs["quantity"].isin([f"{name}{UNDER_PERFECTION}" for name in COUNTED])]
    return int(chosen["value"].sum()), int(chosen["count"].sum()), float(perfect["value"].sum())


def _handles(marks: Mapping[str, Look]) -> list[Artist]:
    shown = few(marks)
    others = [Line2D([], [], label="other families", **MUTED)] if len(shown) < len(marks) else []
    dot: dict[str, Any] = {"color": INK, "marker": ">", "linestyle": "", "markersize": 4}
    return [
        *panels.family_handles(shown),
        *others,
        Line2D([], [], markerfacecolor="white", label="as predicted", **dot),
        Line2D([], [], label="recalibrated", **dot),
        Patch(label="95 % under perfection", **BAND),
    ]


def _finding(table: pd.DataFrame) -> str:
    """How many coverages are wrong before and after they are mended, and how many would be so if all were right."""
    (raw, looks, perfect), (mended, *_), (conformal, *_) = (
        outside(table, treatment) for treatment in (RAW, MENDED, CONFORMAL)
    )
    if not looks:
        return "No runs were set aside to judge intervals with: whether they are right is not known."
    return (
        f"As predicted {raw} of {looks} coverages and tails are farther off than 95 % of perfect ones would be, "
        f"{mended} recalibrated and {conformal} conformal; of perfect ones {perfect:.0f} are."
    )


FIGURE = TableFigure(
    _finding,
    "Upper panels, one an output: observed less nominal coverage of central intervals against the nominal "
    "one, out of fold, a line a family, over the band that holds 95 % of perfect curves. Lower panels: "
    "shares of runs below and above the intervals, hollow as predicted and filled recalibrated, over bars "
    "of 95 % of perfect predictions.",
    _panels,
)
