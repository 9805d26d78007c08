"""Do intervals hold everywhere? Coverage in thirds of the box and of the predictions, the worst ringed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.calibration import (
    BAND,
    OUT_OF_FOLD,
    PERFECT,
    WHOLE_RUN,
    few,
    rows_of,
    shown_level,
)
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, Look, drawing, family_looks
from nbody_emulator.levels import per_cent
from nbody_emulator.settings.figure_style import Style

PART_INCHES, FRAME_INCHES = 0.2, 0.62
PARTS = {"width": "predicted width", "survival": "survival"}
"""What parts of the predictions are called; others are of parameters."""

RING: dict[str, Any] = {"marker": "o", "linestyle": "none", "markersize": 7, "markerfacecolor": "none"}
"""Around the worst part where it is farther off than that of one perfect prediction in twenty, at any level."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """A panel an output, a line a part, a dot a prominent family: raw coverage out of fold.

    Args:
        table: that of calibration.
        style: of the text and the lines, and the width.
    """
    found = _out_of_fold(table)
    outputs, parts = sorted(found["output"].unique()), _parts(found)
    with drawing(style):
        marks = few(family_looks(list(dict.fromkeys(table["family"])), style))
        rows = rows_of(outputs, style)
        heights = [FRAME_INCHES + PART_INCHES * len(parts)] * len(rows)
        figure = panels.new_figure(style, height=sum(heights) / style.width_inches)
        for part, chosen in zip(panels.stacked(figure, heights), rows, strict=True):
            _row(part, found, chosen, outputs.index(chosen[0]), parts, marks)
        panels.outside_legend(figure, _handles(marks, bool(_too_far(found)["family"].isin(marks).any())))
        return figure


def _out_of_fold(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["treatment"] == OUT_OF_FOLD) & (table["output"] != WHOLE_RUN)]


def _parts(table: pd.DataFrame) -> list[str]:
    names = [str(name) for name in dict.fromkeys(table["stratum"])]
    return [name for name in names if ":" in name and not name.startswith("role:")]


def _row(
    figure: SubFigure,
    table: pd.DataFrame,
    outputs: Sequence[str],
    letter: int,
    parts: list[str],
    marks: Mapping[str, Look],
) -> None:
    level = shown_level(table)
    axes = figure.subplots(1, len(outputs), sharey=True, sharex=True, squeeze=False)[0]
    held = table[(table["quantity"] == "coverage") & np.isclose(table["level"], level)]
    far = _too_far(table)
    for place, (panel, output) in enumerate(zip(axes, outputs, strict=True)):
        panel.axvline(level, color=FAINT, linewidth=0.8)
        for offset, (family, mark) in zip(np.linspace(-0.26, 0.26, len(marks)), marks.items(), strict=True):
            rows = (
                held[(held["output"] == output) & (held["family"] == family)]
                .set_index("stratum")
                .reindex(parts)
            )
            spots = np.arange(len(parts)) + offset
            panel.hlines(spots, rows["band_low"], rows["band_high"], **PERFECT)
            dots: dict[str, Any] = {"marker": mark.marker, "linestyle": "none", "markersize": 3}
            panel.plot(rows["value"], spots, color=mark.color, **dots)
            worst = far[(far["family"] == family) & (far["output"] == output)]["stratum"]
            is_worst = rows.index.isin(worst)
            panel.plot(rows["value"][is_worst], spots[is_worst], markeredgecolor=INK, **RING)
        for edge in range(3, len(parts), 3):
            panel.axhline(edge - 0.5, color=FAINT, linewidth=0.5)
        panels.letter(panel, letter + place, labels.output(output))
    axes[0].set_yticks(range(len(parts)), _told(parts))
    axes[0].set_ylim(len(parts) - 0.4, -0.6)
    figure.supxlabel(f"share of runs inside {per_cent(level)} % intervals, out of fold", fontsize="medium")


def _worst(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["quantity"] == "worst_region"]


def _too_far(table: pd.DataFrame) -> pd.DataFrame:
    worst = _worst(table)
    return worst[worst["value"] > worst["band_high"]]


def _told(parts: Sequence[str]) -> list[str]:
    """The first part of each quantity with its name, the others alone."""
    names = [part.partition(":") for part in parts]
    before = ["", *(name for name, *_ in names)]
    return [
        third if name == previous else f"{_named(name)}: {third}"
        for (name, _, third), previous in zip(names, before, strict=False)
    ]


def _named(name: str) -> str:
    return PARTS.get(name, labels.short_quantity(name))


def _handles(marks: Mapping[str, Look], is_ringed: bool) -> list[Artist]:
    ring = Line2D([], [], markeredgecolor=INK, label="worst part, too far off", **RING)
    return [
        *panels.family_handles(marks),
        *([ring] if is_ringed else []),
        Patch(label="95 % under perfection", **BAND),
    ]


def _finding(table: pd.DataFrame) -> str:
    """Of how many families and outputs the worst part is too far off, and which is farthest."""
    found = _out_of_fold(table)
    found = found[found["family"].isin(panels.contenders(found["family"].unique()))]
    worst, far = _worst(found), _too_far(found)
    if worst.empty:
        return "No runs were predicted out of fold: whether intervals hold in every part of the box is not known."
    farthest = worst.iloc[int(np.argmax(worst["value"] / worst["band_high"]))]
    same = ["family", "output", "stratum", "level"]
    held = found[(found["quantity"] == "coverage") & (found[same] == farthest[same]).all(axis=1)]
    name, _, third = str(farthest["stratum"]).partition(":")
    return (
        f"{len(far)} of {len(worst)} family-output pairs miss too far in some part of the box; worst: "
        f"{third} {_named(name)}, {100 * held['value'].mean():.0f} % in {per_cent(farthest['level'])} % intervals "
        f"({labels.family(farthest['family'])}, {labels.output(farthest['output'])})."
    )


FIGURE = TableFigure(
    _finding,
    "One panel an output: the share of runs inside their intervals in thirds of each parameter's box, of "
    "the predicted width and of the predicted survival, a dot a family, over bars of 95 % of perfect "
    "predictions; the worst part of a family has a ring where it is too far off.",
    _panels,
)
