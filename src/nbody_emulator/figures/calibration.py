"""Are the error bars right? Reliability, PIT, coverage and spread of z, as a whole and by part of the box."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.style import FAINT, INK, MUTED, Mark, drawing, family_marks

SHOWN_LEVEL = 0.90
"""Coverage is shown at the experiment's level nearest to this one; all levels are in the table."""

TREATMENTS = {"raw": "white", "recalibrated": None, "conformal": INK}
"""Treatment, all judged on the same rows -> what its marker is filled with (None: the family's colour)."""

OUT_OF_FOLD = "raw_out_of_fold"
"""The treatment whose rows are most: for whole curves and for parts of the box."""

PARTS = {"width": "predicted width"}
BAND = {"color": "0.35", "alpha": 0.15, "linewidth": 0}


def draw(table: pd.DataFrame, style: Mapping) -> Figure:
    """One row of panels an output, then the raw out-of-fold coverage in every part of the box.

    Args:
        table: by family, treatment, output, quantity, stratum and level: value, standard_error, band_low,
            band_high, count (see the table's own documentation).
        style: `context`, `palette`, `width_inches`.

    Curves of families that are not prominent are muted, and these are left out of the parts of the box.
    """
    families = list(dict.fromkeys(table["family"]))
    outputs = sorted(table["output"].unique())
    strata = _parts(table)
    with drawing(style):
        marks = family_marks(families, style)
        heights = [0.05 + 0.2 * len(outputs), 0.1 + 0.026 * len(strata)]
        figure = panels.new_figure(style, height=0.1 + sum(heights))
        whole, parts = figure.subfigures(2, 1, height_ratios=heights)
        _whole(whole, table, outputs, marks)
        _by_part(parts, table, outputs, strata, panels.prominent(marks))
        panels.outside_legend(figure, _handles(marks))
        return figure


def _whole(figure, table: pd.DataFrame, outputs: Sequence[str], marks: Mapping[str, Mark]) -> None:
    axes = figure.subplots(len(outputs), 4, sharex="col", squeeze=False, width_ratios=[1.2, 1.2, 1, 1])
    everything = table[table["stratum"] == "all"]
    level = _shown_level(table)
    for row, output in enumerate(outputs):
        chosen = everything[everything["output"] == output]
        _curves(axes[row, 0], chosen, "reliability", marks, minus="level")
        _curves(axes[row, 1], chosen, "pit", marks)
        _coverage(axes[row, 2], chosen[np.isclose(chosen["level"], level)], level, marks)
        _spread(axes[row, 3], chosen, marks)
        axes[row, 0].set_ylabel(f"{labels.output(output)}\nobserved − nominal")
        axes[row, 1].set_ylabel("density")
    titles = ("reliability, out of fold", "PIT, out of fold", "coverage", "spread of z")
    bottom = ("nominal coverage", "PIT", f"at {level:.0%}", "std(z)")
    for place, (title, label) in enumerate(zip(titles, bottom, strict=True)):
        panels.letter(axes[0, place], place, title)
        axes[-1, place].set_xlabel(label)


def _curves(
    axes: Axes, rows: pd.DataFrame, quantity: str, marks: Mapping[str, Mark], minus: str | None = None
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
        look = {"color": mark.color, "marker": mark.marker, "markersize": 2, "linewidth": 1.0}
        axes.plot(line["level"], values, **(look if family in panels.prominent(marks) else MUTED))
    axes.set_xlim(0, 1)
    panels.ticks_at(axes, (0.0, 0.5, 1.0))


def _coverage(axes: Axes, rows: pd.DataFrame, level: float, marks: Mapping[str, Mark]) -> None:
    axes.axvline(level, color=FAINT, linewidth=0.8)
    _dots(axes, rows[rows["quantity"] == "coverage"], marks, band=True)


def _spread(axes: Axes, rows: pd.DataFrame, marks: Mapping[str, Mark]) -> None:
    rows = rows[rows["quantity"] == "z_standard_deviation"]
    raw = rows[rows["treatment"] == "raw"]
    if len(raw):
        axes.axvspan(raw["band_low"].iloc[0], raw["band_high"].iloc[0], **BAND)
    axes.axvline(1.0, color=FAINT, linewidth=0.8)
    _dots(axes, rows, marks, band=False)


def _dots(axes: Axes, rows: pd.DataFrame, marks: Mapping[str, Mark], band: bool) -> None:
    """A dot with its bar for every family (top to bottom) and treatment; bars are the band or the error."""
    for place, (family, mark) in enumerate(marks.items()):
        for step, (treatment, fill) in enumerate(TREATMENTS.items()):
            one = rows[(rows["family"] == family) & (rows["treatment"] == treatment)]
            if one.empty:
                continue
            row = one.iloc[0]
            axes.errorbar(
                row["value"],
                -place - 0.26 * (step - 1),
                xerr=_reach(row, band),
                color=mark.color,
                marker=mark.marker,
                markersize=3.5,
                markerfacecolor=fill or mark.color,
                markeredgewidth=0.7,
                elinewidth=0.7,
            )
    axes.set_yticks([])
    axes.set_ylim(-len(marks) + 0.4, 0.6)


def _reach(row: pd.Series, band: bool) -> np.ndarray:
    """How far a bar reaches to the left and right, (2, 1); nowhere where there is no error."""
    error = row["standard_error"], row["standard_error"]
    reach = (row["value"] - row["band_low"], row["band_high"] - row["value"]) if band else error
    return np.maximum(np.nan_to_num(np.array(reach, dtype=float)), 0.0)[:, None]


def _by_part(figure, table, outputs: Sequence[str], strata: Sequence[str], marks: Mapping[str, Mark]) -> None:
    """Raw out-of-fold coverage in thirds of the box and of the predicted width, a column an output."""
    level = _shown_level(table)
    axes = figure.subplots(1, len(outputs), sharey=True, sharex=True, squeeze=False)[0]
    raw = table[(table["quantity"] == "coverage") & (table["treatment"] == OUT_OF_FOLD)]
    chosen = raw[np.isclose(raw["level"], level)]
    for place, (panel, output) in enumerate(zip(axes, outputs, strict=True)):
        of_output = chosen[chosen["output"] == output]
        panel.axvline(level, color=FAINT, linewidth=0.8)
        for offset, (family, mark) in zip(np.linspace(-0.26, 0.26, len(marks)), marks.items(), strict=True):
            rows = of_output[of_output["family"] == family].set_index("stratum").reindex(strata)
            spots = np.arange(len(strata)) + offset
            bars = {"color": mark.color, "linewidth": 0.8, "alpha": 0.7}
            panel.hlines(spots, rows["band_low"], rows["band_high"], **bars)
            panel.plot(rows["value"], spots, mark.marker, color=mark.color, markersize=3)
        for edge in range(3, len(strata), 3):
            panel.axhline(edge - 0.5, color=FAINT, linewidth=0.5)
        panels.letter(panel, 4 + place, labels.output(output))
    text = f"raw coverage at {level:.0%} out of fold, in parts of the box and of the predicted widths"
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


def _handles(marks: Mapping[str, Mark]) -> list[Line2D]:
    dot = {"color": FAINT, "marker": "o", "linestyle": "", "markersize": 4}
    fills = [
        Line2D([], [], markerfacecolor=fill or FAINT, label=treatment, **dot)
        for treatment, fill in TREATMENTS.items()
    ]
    others = panels.muted_handles(marks, "others in (a), (b)")
    return [*panels.family_handles(marks), *others, *fills, Patch(label="95 % under perfection", **BAND)]
