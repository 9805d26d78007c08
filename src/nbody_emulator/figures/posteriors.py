"""Do posteriors of real runs hold what they promise, and how much have they learned?"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.typing import LineStyleType

from nbody_emulator.emulators.register import in_a_sentence
from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, SHADES, Look, drawing, family_looks
from nbody_emulator.levels import per_cent
from nbody_emulator.settings.figure_style import Style

SHOWN_LEVEL = 0.90
OBSERVATION = "observation"
JOINT, WIDENED = "joint", "widened"

LINE_INCHES, PARAMETER_INCHES, FRAME_INCHES, PANEL_INCHES, LOW_INCHES = 0.25, 0.32, 0.75, 2.0, 1.7
BAND: dict[str, Any] = {"color": "0.35", "alpha": 0.15, "linewidth": 0}
PERFECT: dict[str, Any] = {
    "color": "0.35",
    "alpha": 0.25,
    "linewidth": 6.0,
    "solid_capstyle": "butt",
    "zorder": 1,
}

LINES: tuple[tuple[str, LineStyleType], ...] = (
    (SHADES[0], "-"),
    (SHADES[1], (0, (4, 1.5))),
    (SHADES[2], "-"),
    (SHADES[0], (0, (1, 1.5))),
    (SHADES[2], (0, (4, 1.5))),
)
"""Shade and style of each parameter's ranks."""

FARTHEST = 0.3
"""Below the level: shares that are smaller are an arrow at the edge."""


class Kind(NamedTuple):
    """Whose posteriors: of which emulator, with which likelihood, with variances as fitted or widened."""

    family: str
    likelihood: str
    variances: str

    @property
    def is_used(self) -> bool:
        """Whether these are the posteriors that inference gives."""
        return (self.likelihood, self.variances) == (JOINT, WIDENED)

    @property
    def words(self) -> str:
        """A family for what is used; what is different for the others."""
        if self.is_used:
            return labels.family(self.family)
        name = "as fitted" if self.likelihood == JOINT else labels.opened(self.likelihood)
        return f"{name}, widened" if self.variances == WIDENED else name


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """What regions of 90 % hold of real runs, and what is learned; then whole curves, ranks and each parameter.

    Args:
        table: by family, likelihood, variances, runs, quantity, parameter, stratum and level: value, standard_error,
            band_low, band_high (see the table's own documentation).
        style: of the text and the lines, and the width.

    In the upper panels every family comes first as it is used, then the first one in other ways.
    """
    real = _real(table)
    used = real[(real["likelihood"] == JOINT) & (real["variances"] == WIDENED)]
    kinds, narrow = _kinds(real), panels.is_one_column(style)
    with drawing(style):
        looks = family_looks(list(dict.fromkeys(real["family"])), style)
        of_kinds = FRAME_INCHES + LINE_INCHES * len(kinds)
        parameters = [name for name in dict.fromkeys(used["parameter"]) if name != "all"]
        of_parameters = FRAME_INCHES + PARAMETER_INCHES * len(parameters)
        below = [LOW_INCHES, LOW_INCHES, of_parameters] if narrow else [max(PANEL_INCHES, of_parameters)]
        heights = [of_kinds * (2 if narrow else 1), sum(below)]
        figure = panels.new_figure(style, height=sum(heights) / style.width_inches)
        upper, lower = panels.stacked(figure, heights)
        if narrow:
            shares, told = upper.subplots(2, 1)
        else:
            shares, told = upper.subplots(1, 2, sharey=True, width_ratios=[1.3, 1.0])
        _shares(shares, real, kinds, looks)
        _information(told, real, kinds, looks)
        told.tick_params(labelleft=narrow)
        curves, ranks, learned = _below(lower, below)
        for family, look in looks.items():
            _curve(curves, used[used["family"] == family], "hpd", {"color": look.color})
        of_first = used[used["family"] == kinds[0].family]
        for parameter, (shade, line) in zip(parameters, LINES, strict=False):
            _curve(
                ranks,
                of_first[of_first["parameter"] == parameter],
                "rank",
                {"color": shade, "linestyle": line},
            )
        _contraction(learned, used, parameters, looks)
        _titles(shares, told, curves, ranks, learned)
        panels.outside_legend(figure, _handles(looks, parameters))
        return figure


def _below(figure: SubFigure, heights: Sequence[float]) -> Sequence[Axes]:
    """Three panels, below each other where there are three heights."""
    if len(heights) == 1:
        return list(figure.subplots(1, 3))
    return list(figure.subplots(3, 1, height_ratios=heights))


def _titles(*axes: Axes) -> None:
    titles = (
        f"in {per_cent(SHOWN_LEVEL)} % regions",
        "learned of real runs",
        "all regions",
        "ranks of truths",
        "each parameter",
    )
    for place, (panel, title) in enumerate(zip(axes, titles, strict=True)):
        panels.letter(panel, place, title)


def _real(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["runs"] == OBSERVATION) & (table["stratum"] == "all")]


def _kinds(real: pd.DataFrame) -> list[Kind]:
    every = [
        Kind(*key)
        for key in dict.fromkeys(zip(real["family"], real["likelihood"], real["variances"], strict=True))
    ]
    used = [kind for kind in every if kind.is_used]
    return [*used, *[kind for kind in every if not kind.is_used and kind.family == every[0].family]]


def _at_level(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows["quantity"] == "coverage") & np.isclose(rows["level"], SHOWN_LEVEL)]


def _shares(axes: Axes, rows: pd.DataFrame, kinds: Sequence[Kind], looks: Mapping[str, Look]) -> None:
    lowest = SHOWN_LEVEL - FARTHEST
    axes.axvline(SHOWN_LEVEL, color=FAINT, linewidth=0.8, zorder=0)
    for place, kind, row in _by_kind(_at_level(rows), kinds):
        axes.plot([row.band_low, row.band_high], [place, place], **PERFECT)
        if row.value >= lowest:
            _bar(axes, row, place, kind, looks)
            continue
        edge: dict[str, Any] = {"color": INK, "clip_on": False, "markersize": 5}
        axes.plot(0.0, place, "<", transform=axes.get_yaxis_transform(), **edge)
        _write(axes, f"{row.value:.2f}", (0.0, place), 7)
    axes.set_xlim(lowest, 1.0)
    _name_kinds(axes, kinds)
    axes.set_xlabel("share of real runs")


def _bar(axes: Axes, row: Any, place: int, kind: Kind, looks: Mapping[str, Look]) -> None:
    """Filled for posteriors as they are used."""
    look = looks[kind.family]
    dot: dict[str, Any] = {"marker": look.marker, "markersize": 5, "capsize": 2.0}
    fill = look.color if kind.is_used else "white"
    axes.errorbar(row.value, place, xerr=row.standard_error, color=look.color, markerfacecolor=fill, **dot)


def _write(axes: Axes, text: str, place: tuple[float, float], points: float) -> None:
    """Beside a fraction of the panel's width and a value of its vertical axis."""
    edge: dict[str, Any] = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
    axes.annotate(text, place, (points, 0), **edge, va="center", fontsize="small", color=INK)


def _information(axes: Axes, rows: pd.DataFrame, kinds: Sequence[Kind], looks: Mapping[str, Look]) -> None:
    found = rows[rows["quantity"] == "information"]
    for place, _, row in _by_kind(found, kinds):
        _write(axes, f"{row.value:.2f} ± {row.standard_error:.2f}".replace("-", "\u2212"), (1.0, place), 9)
    shown = found[found["value"] > found["value"].max() - 1.0]
    for place, kind, row in _by_kind(shown, kinds):
        _bar(axes, row, place, kind, looks)
    axes.margins(x=0.15)
    _name_kinds(axes, kinds)
    axes.set_xlabel("posterior over prior [nats]")


def _name_kinds(axes: Axes, kinds: Sequence[Kind]) -> None:
    axes.set_ylim(len(kinds) - 0.4, -0.6)
    axes.set_yticks(range(len(kinds)), [kind.words for kind in kinds])
    used = sum(kind.is_used for kind in kinds)
    if 0 < used < len(kinds):
        axes.axhline(used - 0.5, color=FAINT, linewidth=0.5)


def _by_kind(rows: pd.DataFrame, kinds: Sequence[Kind]) -> list[tuple[int, Kind, Any]]:
    every: Any = rows.itertuples()
    found = [(Kind(row.family, row.likelihood, row.variances), row) for row in every]
    return [(kinds.index(kind), kind, row) for kind, row in found if kind in kinds]


def _curve(axes: Axes, rows: pd.DataFrame, quantity: str, look: Mapping[str, Any]) -> None:
    line = rows[rows["quantity"] == f"{quantity}_curve"].sort_values("level")
    if line.empty:
        panels.nothing_to_show(axes)
        return
    level = line["level"].to_numpy()
    if not axes.collections:
        axes.fill_between(level, line["band_low"] - level, line["band_high"] - level, **BAND)
        axes.axhline(0.0, color=FAINT, linewidth=0.8)
    axes.plot(level, line["value"].to_numpy() - level, linewidth=1.2, **look)
    axes.set_xlim(0, 1)
    panels.ticks_at(axes, (0.0, 0.5, 1.0))
    axes.set_xlabel("level")
    axes.set_ylabel("share below − level")


def _contraction(
    axes: Axes, rows: pd.DataFrame, parameters: Sequence[str], looks: Mapping[str, Look]
) -> None:
    found = rows[rows["quantity"] == "contraction"]
    step = 0.7 / max(len(looks), 1)
    for number, (family, look) in enumerate(looks.items()):
        every: Any = found[found["family"] == family].itertuples()
        for row in every:
            place = parameters.index(row.parameter) + (number - 0.5 * (len(looks) - 1)) * step
            axes.plot([row.band_low, row.band_high], [place, place], color=look.color, linewidth=1.0)
            axes.plot(row.value, place, color=look.color, marker=look.marker, markersize=4)
    axes.axvline(0.0, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_xlim(right=1.0)
    axes.set_ylim(len(parameters) - 0.4, -0.6)
    names = [labels.narrow(labels.short_quantity(name)) for name in parameters]
    axes.set_yticks(range(len(parameters)), names)
    axes.set_xlabel("contraction")


def _handles(looks: Mapping[str, Look], parameters: Sequence[str]) -> list[Any]:
    lines = [
        Line2D([], [], color=shade, linestyle=line, label=f"(d) {labels.short_quantity(name)}")
        for name, (shade, line) in zip(parameters, LINES, strict=False)
    ]
    return [*panels.family_handles(looks), *lines, Patch(label="95 % of perfect posteriors", **BAND)]


def _finding(table: pd.DataFrame) -> str:
    """The claim: what the regions that inference gives hold of real runs, with its error; what they would unmended."""
    held = _at_level(_real(table))
    level = per_cent(SHOWN_LEVEL)
    if held.empty:
        return (
            f"No simulations were set aside for posteriors: what their {level} % regions hold is not known."
        )
    used = held[(held["likelihood"] == JOINT) & (held["variances"] == WIDENED)]
    row = (used if len(used) else held).iloc[0]
    told = (
        f"{level} % regions of {in_a_sentence(row['family'])} hold {_share(row)} of {row['count']:.0f} new runs, "
        f"where right ones hold {100 * row['band_low']:.1f} to {100 * row['band_high']:.1f} %"
    )
    fitted = held[
        (held["family"] == row["family"]) & (held["likelihood"] == JOINT) & (held["variances"] != WIDENED)
    ]
    if len(fitted) and len(used):
        told += f"; {_share(fitted.iloc[0])} before variances were widened"
    return f"{told}."


def _share(row: pd.Series) -> str:
    return f"{100 * row['value']:.1f} ± {100 * row['standard_error']:.1f} %"


FIGURE = TableFigure(
    _finding,
    "Upper panels: the share of real runs inside posterior regions of 90 %, over bars of 95 % of perfect "
    "posteriors, and the information about the truth, for each family and for other likelihoods of the "
    "first. Lower panels: shares inside regions of every level, ranks of the true parameters, and the "
    "contraction of each parameter.",
    _panels,
)
