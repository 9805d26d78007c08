"""What classifiers tell of single stars before the run: what alarms catch, and whether probabilities are right."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.fates_words import finding, is_balanced, is_best
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, FLOOR, Look, drawing, palette
from nbody_emulator.settings.figure_style import Style

MOST_STUDIES = 4
"""For which a page has room; the others are in the table."""

RARE = 0.1
"""A share below which probabilities are shown by their logarithms."""

LEAST = 0.5
"""Of the smallest positive number, from which on a logarithmic axis begins."""

FAR_BELOW = 1e-3
"""Of the share: it begins no lower."""

FULL = 3
"""Decades from which on every other one has a number."""

PANEL_INCHES, FRAME_INCHES = 1.55, 0.65
LINE = 18
"""Longer words go on over the next line above a narrow panel."""

SHARE: dict[str, Any] = FLOOR | {"linestyle": (0, (1, 1.5)), "zorder": 1}
"""What the share alone gives."""

RIGHT: dict[str, Any] = {"color": FAINT, "linewidth": 0.8, "zorder": 1}
"""Where probabilities are right."""

BEST: dict[str, Any] = {"linewidth": 1.9, "zorder": 3}
OTHERS: dict[str, Any] = {"linewidth": 0.8, "zorder": 4}
"""Thin lines lie on the thick one, and not hidden below it."""

MARKERS = 3
"""On a curve of alarms; on that of calibration every point has one."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """A row a study, or in a narrow figure a column: both curves of alarms, and the calibration.

    Args:
        table: of every study and classifier, by curve: x, y, lower, upper; share; best; happening, balanced, label,
            color and marker.
        style: of the text and the lines, and the width.
    """
    if table.empty:
        return panels.empty_figure(style)
    studies = list(dict.fromkeys(table["study"]))[:MOST_STUDIES]
    shown = table[table["study"].isin(studies)]
    looks, narrow = _looks(shown, style), panels.is_one_column(style)
    across = min(2, len(studies)) if narrow else 1
    parts = [studies[start : start + across] for start in range(0, len(studies), across)]
    rows = len(CURVES) if narrow else 1
    inches = len(parts) * (rows * (PANEL_INCHES + 0.5 * FRAME_INCHES) + FRAME_INCHES)
    with drawing(style):
        figure = panels.new_figure(style, height=inches / style.width_inches)
        letter = 0
        for part, chosen in zip(panels.stacked(figure, [1.0] * len(parts)), parts, strict=True):
            axes = (
                _columns(part, len(chosen), across)
                if narrow
                else part.subplots(1, len(CURVES), squeeze=False)
            )
            for place, panel in enumerate((axes.T if narrow else axes).flat, letter):
                panels.letter(panel, place)
            letter += axes.size
            for of_study, study in zip(axes, chosen, strict=True):
                _study(of_study, shown[shown["study"] == study], looks)
            _head(part, axes, [_words(shown[shown["study"] == study]) for study in chosen], narrow)
        panels.outside_legend(figure, _handles(shown, looks))
        return figure


def _columns(figure: SubFigure, studies: int, across: int) -> np.ndarray:
    """Panels (studies, curves), a study a column of so many, of which the last may stay empty."""
    axes = figure.subplots(len(CURVES), across, squeeze=False)
    for panel in axes[:, studies:].flat:
        panel.set_visible(False)
    return axes[:, :studies].T


def _looks(table: pd.DataFrame, style: Style) -> dict[str, Look]:
    """Of each classifier, as the table says."""
    colors, rows = palette(style), table.drop_duplicates("classifier")
    classifiers: Any = rows.itertuples()
    return {row.classifier: Look(colors[row.color], row.marker) for row in classifiers}


def _words(rows: pd.DataFrame) -> str:
    """What a study asks."""
    return f"{rows['happening'].iloc[0]}{', classes balanced' if is_balanced(rows).iloc[0] else ''}"


def _head(figure: SubFigure, axes: np.ndarray, words: Sequence[str], narrow: bool) -> None:
    """The words of each study above its panels: of one over all, of several behind the letters of their first."""
    if not narrow:
        heading: dict[str, Any] = {"x": 0.012, "ha": "left", "fontsize": "medium", "fontweight": "bold"}
        figure.suptitle(words[0], **heading)
        return
    line = LINE if len(words) > 1 else 2 * LINE
    for panel, text in zip(axes[:, 0], words, strict=True):
        panel.set_title(labels.narrow(f"{panel.get_title(loc='left')} {text}", line), loc="left")


def _study(axes: np.ndarray, rows: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """One panel a curve."""
    for panel, (curve, prepared) in zip(axes, CURVES.items(), strict=True):
        of_curve = rows[rows["curve"] == curve]
        prepared(panel, of_curve)
        for number, (classifier, look) in enumerate(looks.items()):
            _curve(panel, of_curve[of_curve["classifier"] == classifier], look, number)


def _curve(axes: Axes, points: pd.DataFrame, look: Look, number: int) -> None:
    """A classifier's curve over its band; markers of classifiers stand apart."""
    if points.empty:
        return
    low, _ = axes.get_ylim()
    x, y, lower, upper = (points[name].to_numpy() for name in ("x", "y", "lower", "upper"))
    if axes.get_yscale() == "log":
        # What happened to no star of a bin has no logarithm.
        y, lower, upper = (np.maximum(values, low) for values in (y, lower, upper))
    best = is_best(points).iloc[0]
    every = 1 if points["curve"].iloc[0] == "calibration" else (3 + 2 * number, max(1, len(x) // MARKERS))
    axes.fill_between(x, lower, upper, color=look.color, alpha=0.2 if best else 0.07, linewidth=0, zorder=2)
    drawn: dict[str, Any] = {"color": look.color, "marker": look.marker, "markevery": every}
    axes.plot(x, y, markersize=3.5 if best else 2.5, **drawn, **(BEST if best else OTHERS))


def _roc(axes: Axes, rows: pd.DataFrame) -> None:
    axes.plot([0, 1], [0, 1], **SHARE)
    _whole(axes)
    axes.set(xlabel="false-positive rate", ylabel="true-positive rate")


def _precision_recall(axes: Axes, rows: pd.DataFrame) -> None:
    axes.axhline(rows["share"].iloc[0], **SHARE)
    _whole(axes)
    axes.set(xlabel="recall", ylabel="precision")


def _calibration(axes: Axes, rows: pd.DataFrame) -> None:
    """On logarithmic axes where it is rare."""
    axes.plot([0, 1], [0, 1], **RIGHT)
    _whole(axes)
    axes.set(xlabel="probability", ylabel="observed share")
    share = rows["share"].iloc[0]
    if not 0.0 < share < RARE:
        return
    both = rows[["x", "y"]].to_numpy()
    least = max(LEAST * np.min(both[both > 0.0]), FAR_BELOW * share)
    axes.set(xscale="log", yscale="log", xlim=(least, 1.0), ylim=(least, 1.0))
    decades = int(-np.log10(least))
    # Four such numbers have no room side by side in a narrow panel.
    told = 10.0 ** -np.arange(0, decades + 1, 1 if decades < FULL else 2)
    for name in ("x", "y"):
        panels.ticks_at(axes, told.tolist(), name)


def _whole(axes: Axes) -> None:
    """Room for shares."""
    axes.set(xlim=(0.0, 1.0), ylim=(0.0, 1.02))
    for name in "xy":
        panels.ticks_at(axes, (0.0, 0.5, 1.0), name)


CURVES: dict[str, Callable[[Axes, pd.DataFrame], None]] = {
    "roc": _roc,
    "precision_recall": _precision_recall,
    "calibration": _calibration,
}
"""Of the table -> how the panel is made ready."""


def _handles(table: pd.DataFrame, looks: Mapping[str, Look]) -> list[Artist]:
    named = table.drop_duplicates("classifier").set_index("classifier")["label"]
    handles: list[Artist] = [
        Line2D([], [], color=look.color, marker=look.marker, markersize=4, label=named[classifier])
        for classifier, look in looks.items()
    ]
    handles.append(Line2D([], [], label="the share alone", **SHARE))
    handles.append(Line2D([], [], label="perfect calibration", **RIGHT))
    return handles


FIGURE = TableFigure(
    finding,
    "For every fate, up to four, three panels with a line a classifier, out of fold, over the band of 95 % of "
    "resampled design points; the best log score of a fate is the thick line. First the share of stars caught "
    "against that of false alarms, with the diagonal of no knowledge; second precision against recall, with a "
    "dotted line at the share of all stars; third the share to which it happened against the predicted "
    "probability, with the diagonal where both are equal, on logarithmic axes where it is rare, a share of zero at "
    "the lower edge.",
    _panels,
)
