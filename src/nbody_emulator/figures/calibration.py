"""Are the error bars right? Reliability, PIT, coverage, tails and spread of z, as a whole and by part of the box."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.typing import ColorType

from nbody_emulator.figures import labels, panels
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

PARTS = {"width": "predicted width", "survival": "predicted survival"}
BAND: dict[str, Any] = {"color": "0.35", "alpha": 0.15, "linewidth": 0}
PERFECT: dict[str, Any] = {"color": "0.35", "alpha": 0.25, "linewidth": 2.5, "zorder": 1}
"""The same band of a single number: a short bar behind its dot."""
RING: dict[str, Any] = {"marker": "o", "linestyle": "none", "markersize": 7, "markerfacecolor": "none"}
"""Around the worst part of the box where it is too far off, at whichever level."""


def draw(table: pd.DataFrame, style: Style) -> Figure:
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
        heights = [0.05 + 0.2 * len(outputs), 0.1 + 0.026 * len(strata)]
        figure = panels.new_figure(style, height=0.1 + sum(heights))
        whole, parts = panels.stacked(figure, heights)
        _whole(whole, table, outputs, marks)
        _by_part(parts, table, outputs, strata, panels.prominent(marks))
        panels.outside_legend(figure, _handles(marks, table))
        return figure


def _whole(figure: SubFigure, table: pd.DataFrame, outputs: Sequence[str], marks: Mapping[str, Look]) -> None:
    axes = figure.subplots(len(outputs), 5, sharex="col", squeeze=False, width_ratios=[1.2, 1.2, 1, 1, 1])
    everything = table[table["stratum"] == "all"]
    level = _shown_level(table)
    for row, output in enumerate(outputs):
        chosen = everything[everything["output"] == output]
        _curves(axes[row, 0], chosen, "reliability", marks, minus="level")
        _curves(axes[row, 1], chosen, "pit", marks)
        at_level = chosen[np.isclose(chosen["level"], level)]
        _coverage(axes[row, 2], at_level, level, marks)
        _tails(axes[row, 3], at_level, level, marks)
        _spread(axes[row, 4], chosen, marks)
        axes[row, 0].set_ylabel(f"{labels.output(output)}\nobserved − nominal")
        axes[row, 1].set_ylabel("density")
    titles = ("reliability", "PIT", "coverage", "tails", "spread of z")
    bottom = ("nominal coverage", "PIT", f"at {per_cent(level)} %", f"beyond {per_cent(level)} %", "std(z)")
    for place, (title, label) in enumerate(zip(titles, bottom, strict=True)):
        panels.letter(axes[0, place], place, title)
        axes[-1, place].set_xlabel(label)


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
    _dots(axes, rows[rows["quantity"] == "coverage"], marks)


def _tails(axes: Axes, rows: pd.DataFrame, level: float, marks: Mapping[str, Look]) -> None:
    """Out of fold, the shares below and above the intervals, each beside half of what they leave out."""
    axes.axvline(0.5 * (1 - level), color=FAINT, linewidth=0.8)
    rows = rows[rows["treatment"] == OUT_OF_FOLD]
    for place, (family, mark) in enumerate(marks.items()):
        for step, (quantity, marker) in enumerate(TAILS.items()):
            chosen = rows[(rows["family"] == family) & (rows["quantity"] == quantity)]
            _dot(axes, chosen, -place - 0.3 * (step - 0.5), mark.color, marker, mark.color)
    axes.set_yticks([])
    axes.set_ylim(-len(marks) + 0.4, 0.6)


def _spread(axes: Axes, rows: pd.DataFrame, marks: Mapping[str, Look]) -> None:
    axes.axvline(1.0, color=FAINT, linewidth=0.8)
    _dots(axes, rows[rows["quantity"] == "z_standard_deviation"], marks)


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
    strata: list[str],
    marks: Mapping[str, Look],
) -> None:
    """Raw out-of-fold coverage in thirds of the box and of predictions, a column an output."""
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
        panels.letter(panel, 5 + place, labels.output(output))
    text = f"raw coverage at {per_cent(level)} % out of fold, in parts of the box and of predictions"
    figure.supxlabel(text, fontsize="medium")
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
