"""Are the error bars right? Reliability, PIT, coverage, tails and spread of z, as a whole and by part of the box."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.typing import ColorType

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, MUTED, Look, drawing, family_looks
from nbody_emulator.levels import per_cent
from nbody_emulator.settings.figure_style import Style

SHOWN_LEVEL = 0.90
"""Coverage and tails are shown at the experiment's level nearest to this one; all levels are in the table."""

TAILS = {"tail_below": "<", "tail_above": ">"}
"""Quantity -> marker of the share of runs beyond one end of the intervals."""

TREATMENTS = {"raw": "white", "recalibrated": None, "distributional_conformal": INK}
"""Treatment, all judged on the same rows -> what its marker is filled with (None: the family's colour).

Of the conformal ones that whose intervals follow the predicted shape; the others are in the table.
"""

CONFORMAL = {"distributional_conformal": "conformal"}
COUNTED = ("central_out_of_band", "one_sided_out_of_band")
"""Quantities whose sum over outputs a treatment's entry in the legend tells."""

WHOLE_RUN = "all"
"""`output` of joint regions, which are in the table alone."""

OUT_OF_FOLD = "raw_out_of_fold"
"""The treatment whose rows are most: for whole curves and for parts of the box."""

ROW_INCHES, STRATUM_INCHES, FRAME_INCHES, LEGEND_INCHES = 1.4, 0.18, 0.6, 0.5
PARTS = {"width": "predicted width", "survival": "predicted survival"}
BAND: dict[str, Any] = {"color": "0.35", "alpha": 0.15, "linewidth": 0}
PERFECT: dict[str, Any] = {"color": "0.35", "alpha": 0.25, "linewidth": 2.5, "zorder": 1}
"""The same band of a single number: a short bar behind its dot."""
RING: dict[str, Any] = {"marker": "o", "linestyle": "none", "markersize": 7, "markerfacecolor": "none"}
"""Around the worst part of the box where it is too far off, at whichever level."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """One row of panels an output, then the raw out-of-fold coverage in every part of the box.

    Args:
        table: by family, treatment, output, quantity, stratum and level: value, standard_error, band_low,
            band_high, count (see the table's own documentation).
        style: of the text and the lines, and the width.

    Curves of families that are not prominent are muted, and these are left out of the parts of the box. Where the worst
    part of the box is farther off than that of one perfect prediction in twenty, it has a ring.
    """
    table = table[table["output"] != WHOLE_RUN]
    families = list(dict.fromkeys(table["family"]))
    outputs = sorted(table["output"].unique())
    strata = _parts(table)
    with drawing(style):
        marks = family_looks(families, style)
        prominent = panels.prominent(marks)
        groups = [COLUMNS[:2], COLUMNS[2:]] if panels.is_one_column(style) else [COLUMNS]
        rows = _rows(outputs, 2 if panels.is_one_column(style) else len(outputs))
        heights = [FRAME_INCHES + ROW_INCHES * len(outputs)] * len(groups)
        heights += [FRAME_INCHES + STRATUM_INCHES * len(strata)] * len(rows)
        figure = panels.new_figure(style, height=(LEGEND_INCHES + sum(heights)) / style.width_inches)
        parts = panels.stacked(figure, heights)
        for part, columns in zip(parts, groups, strict=False):
            _whole(part, columns, table, outputs, marks)
        for part, chosen in zip(parts[len(groups) :], rows, strict=True):
            _by_part(part, table, chosen, len(COLUMNS) + outputs.index(chosen[0]), strata, prominent)
        text = f"raw coverage at {per_cent(_shown_level(table))} % out of fold, in parts of the box and of predictions"
        parts[-1].supxlabel(labels.wrapped(text, style.width_inches), fontsize="medium")
        panels.outside_legend(figure, _handles(marks, table))
        return figure


def _whole(
    figure: SubFigure,
    columns: "Sequence[Column]",
    table: pd.DataFrame,
    outputs: Sequence[str],
    marks: Mapping[str, Look],
) -> None:
    axes = figure.subplots(
        len(outputs), len(columns), sharex="col", squeeze=False, width_ratios=[each.width for each in columns]
    )
    everything = table[table["stratum"] == "all"]
    level = _shown_level(table)
    for row, output in enumerate(outputs):
        chosen = everything[everything["output"] == output]
        for panel, column in zip(axes[row], columns, strict=True):
            column.draw(panel, chosen, level, marks)
            panel.set_ylabel(column.side)
        axes[row, 0].set_ylabel(f"{labels.output(output)}\n{columns[0].side}".rstrip())
    for place, column in enumerate(columns):
        panels.letter(axes[0, place], COLUMNS.index(column), column.title)
        axes[-1, place].set_xlabel(column.bottom.format(level=per_cent(level)))


def _rows(outputs: Sequence[str], together: int) -> list[Sequence[str]]:
    """The outputs, so many in a row."""
    return [outputs[start : start + together] for start in range(0, len(outputs), together)]


def _reliability(axes: Axes, rows: pd.DataFrame, level: float, marks: Mapping[str, Look]) -> None:
    _curves(axes, rows, "reliability", marks, minus="level")


def _pit(axes: Axes, rows: pd.DataFrame, level: float, marks: Mapping[str, Look]) -> None:
    _curves(axes, rows, "pit", marks)


def _curves(
    axes: Axes, rows: pd.DataFrame, quantity: str, marks: Mapping[str, Look], minus: str | None = None
) -> None:
    """One line a family, few prominent, and the simultaneous band of perfection for the fewest rows of any."""
    rows = rows[(rows["quantity"] == quantity) & (rows["treatment"] == OUT_OF_FOLD)].sort_values("level")
    if rows.empty:
        panels.nothing_to_show(axes)
        return
    base = 0.0 if minus else 1.0
    band = rows[rows["count"] == rows["count"].min()].drop_duplicates("level")
    shift = band[minus] if minus else 0.0
    axes.fill_between(band["level"], band["band_low"] - shift, band["band_high"] - shift, **BAND)
    axes.axhline(base, color=FAINT, linewidth=0.8)
    for family, mark in marks.items():
        line = rows[rows["family"] == family]
        values = line["value"] - (line[minus] if minus else 0.0)
        look: dict[str, Any] = {"color": mark.color, "marker": mark.marker, "markersize": 2, "linewidth": 1.0}
        axes.plot(line["level"], values, **(look if family in panels.prominent(marks) else MUTED))
    axes.set_xlim(0, 1)
    panels.ticks_at(axes, (0.0, 0.5, 1.0))


def _coverage(axes: Axes, rows: pd.DataFrame, level: float, marks: Mapping[str, Look]) -> None:
    axes.axvline(level, color=FAINT, linewidth=0.8)
    _dots(axes, rows[(rows["quantity"] == "coverage") & np.isclose(rows["level"], level)], marks)


def _tails(axes: Axes, rows: pd.DataFrame, level: float, marks: Mapping[str, Look]) -> None:
    """Out of fold, the shares below and above the intervals, each beside half of what they leave out."""
    axes.axvline(0.5 * (1 - level), color=FAINT, linewidth=0.8)
    rows = rows[(rows["treatment"] == OUT_OF_FOLD) & np.isclose(rows["level"], level)]
    for place, (family, mark) in enumerate(marks.items()):
        for step, (quantity, marker) in enumerate(TAILS.items()):
            chosen = rows[(rows["family"] == family) & (rows["quantity"] == quantity)]
            _dot(axes, chosen, -place - 0.3 * (step - 0.5), mark.color, marker, mark.color)
    axes.set_yticks([])
    axes.set_ylim(-len(marks) + 0.4, 0.6)


def _spread(axes: Axes, rows: pd.DataFrame, level: float, marks: Mapping[str, Look]) -> None:
    axes.axvline(1.0, color=FAINT, linewidth=0.8)
    _dots(axes, rows[rows["quantity"] == "z_standard_deviation"], marks)


class Column(NamedTuple):
    """Panels of one kind, one an output: `draw(axes, rows, level, marks)`, and what is written about them."""

    title: str
    bottom: str
    side: str
    width: float
    draw: Callable[[Axes, pd.DataFrame, float, Mapping[str, Look]], None]


COLUMNS = (
    Column("reliability", "nominal coverage", "observed − nominal", 1.2, _reliability),
    Column("PIT", "PIT", "density", 1.2, _pit),
    Column("coverage", "at {level} %", "", 1.0, _coverage),
    Column("tails", "beyond {level} %", "", 1.0, _tails),
    Column("spread of z", "std(z)", "", 1.0, _spread),
)


def _dots(axes: Axes, rows: pd.DataFrame, marks: Mapping[str, Look]) -> None:
    """A dot for every family (top to bottom) and treatment, over the band of perfection of its own rows."""
    for place, (family, mark) in enumerate(marks.items()):
        for step, (treatment, fill) in enumerate(TREATMENTS.items()):
            one = rows[(rows["family"] == family) & (rows["treatment"] == treatment)]
            _dot(axes, one, -place - 0.26 * (step - 1), mark.color, mark.marker, fill or mark.color)
    axes.set_yticks([])
    axes.set_ylim(-len(marks) + 0.4, 0.6)


def _dot(axes: Axes, row: pd.DataFrame, place: float, color: ColorType, marker: str, fill: ColorType) -> None:
    """The one row of a table, if there is one: its value, and where 95 % of perfect predictions lie."""
    axes.hlines([place] * len(row), row["band_low"], row["band_high"], **PERFECT)
    look: dict[str, Any] = {
        "color": color,
        "markersize": 3.5,
        "markerfacecolor": fill,
        "markeredgewidth": 0.7,
    }
    axes.plot(row["value"], [place] * len(row), marker=marker, linestyle="none", **look)


def _by_part(
    figure: SubFigure,
    table: pd.DataFrame,
    outputs: Sequence[str],
    letter: int,
    strata: list[str],
    marks: Mapping[str, Look],
) -> None:
    """Raw out-of-fold coverage in thirds of the box and of predictions, a column an output from `letter` on."""
    level = _shown_level(table)
    axes = figure.subplots(1, len(outputs), sharey=True, sharex=True, squeeze=False)[0]
    raw = table[(table["quantity"] == "coverage") & (table["treatment"] == OUT_OF_FOLD)]
    chosen = raw[np.isclose(raw["level"], level)]
    worst = table[(table["quantity"] == "worst_region") & (table["treatment"] == OUT_OF_FOLD)]
    far = worst[worst["value"] > worst["band_high"]]
    for place, (panel, output) in enumerate(zip(axes, outputs, strict=True)):
        of_output = chosen[chosen["output"] == output]
        panel.axvline(level, color=FAINT, linewidth=0.8)
        for offset, (family, mark) in zip(np.linspace(-0.26, 0.26, len(marks)), marks.items(), strict=True):
            rows = of_output[of_output["family"] == family].set_index("stratum").reindex(strata)
            spots = np.arange(len(strata)) + offset
            panel.hlines(spots, rows["band_low"], rows["band_high"], **PERFECT)
            panel.plot(
                rows["value"], spots, marker=mark.marker, linestyle="none", color=mark.color, markersize=3
            )
            is_far = rows.index.isin(far[(far["family"] == family) & (far["output"] == output)]["stratum"])
            panel.plot(rows["value"][is_far], spots[is_far], markeredgecolor=mark.color, **RING)
        for edge in range(3, len(strata), 3):
            panel.axhline(edge - 0.5, color=FAINT, linewidth=0.5)
        panels.letter(panel, letter + place, labels.output(output))
    axes[0].set_yticks(range(len(strata)), [_part_name(name) for name in strata])
    axes[0].set_ylim(len(strata) - 0.4, -0.6)


def _parts(table: pd.DataFrame) -> list[str]:
    names = [str(name) for name in dict.fromkeys(table["stratum"])]
    return [name for name in names if ":" in name and not name.startswith("role:")]


def _part_name(stratum: str) -> str:
    name, _, third = stratum.partition(":")
    return f"{PARTS.get(name, labels.short_quantity(name))}: {third}"


def _shown_level(table: pd.DataFrame) -> float:
    levels = table.loc[table["quantity"] == "coverage", "level"].unique()
    return float(min(levels, key=lambda level: abs(level - SHOWN_LEVEL), default=SHOWN_LEVEL))


def outside(table: pd.DataFrame, treatment: str) -> tuple[int, int]:
    """How many coverages, central and one-sided, of all families and outputs are out of their bands; of how many."""
    chosen = table[(table["treatment"] == treatment) & table["quantity"].isin(COUNTED)]
    return int(chosen["value"].sum()), int(chosen["count"].sum())


def _handles(marks: Mapping[str, Look], table: pd.DataFrame) -> list[Artist]:
    dot: dict[str, Any] = {"color": FAINT, "marker": "o", "linestyle": "", "markersize": 4}
    fills = [
        Line2D([], [], markerfacecolor=fill or FAINT, label=_told(table, treatment), **dot)
        for treatment, fill in TREATMENTS.items()
    ]
    others = panels.muted_handles(marks, "others in (a), (b)")
    return [*panels.family_handles(marks), *others, *fills, Patch(label="95 % under perfection", **BAND)]


def _told(table: pd.DataFrame, treatment: str) -> str:
    number, looks = outside(table, treatment)
    return f"{CONFORMAL.get(treatment, treatment)}: {number} of {looks} out"


def _finding(table: pd.DataFrame) -> str:
    return "Calibration."


FIGURE = TableFigure(_finding, "Axes.", _panels)
