"""Do posteriors hold what they promise: by likelihood, by family and parameter, and how much they have learned."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.typing import LineStyleType

from nbody_emulator.figures import labels, panels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.figures.style import FAINT, INK, Look, drawing, family_looks
from nbody_emulator.levels import per_cent
from nbody_emulator.settings.figure_style import Style

SHOWN_LEVEL = 0.90
OBSERVATION, MOCK = "observation", "mock"
JOINT, WIDENED = "joint", "widened"

LINE_INCHES, FRAME_INCHES, PANEL_INCHES = 0.23, 0.9, 2.2
BAND: dict[str, Any] = {"color": "0.35", "alpha": 0.15, "linewidth": 0}
PERFECT: dict[str, Any] = {
    "color": "0.35",
    "alpha": 0.25,
    "linewidth": 6.0,
    "solid_capstyle": "butt",
    "zorder": 1,
}

LINES: tuple[LineStyleType, ...] = ("-", "--", ":", "-.", (0, (1, 3)))
"""Of the parameters."""

FARTHEST = 0.3
"""Below the level: shares that are smaller are an arrow at the edge."""


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """What regions of 90 % hold of real runs, by likelihood; then whole curves, ranks and what was learned.

    Args:
        table: by family, likelihood, variances, runs, quantity, parameter, stratum and level: value, standard_error,
            band_low, band_high (see the table's own documentation).
        style: of the text and the lines, and the width.

    The upper panels are of the first family, the others of the joint likelihood with widened variances.
    """
    first = str(table["family"].iloc[0])
    real = table[(table["runs"] == OBSERVATION) & (table["stratum"] == "all")]
    of_first = real[real["family"] == first]
    used = real[(real["likelihood"] == JOINT) & (real["variances"] == WIDENED)]
    families, narrow = list(dict.fromkeys(real["family"])), panels.is_one_column(style)
    with drawing(style):
        looks = family_looks(families, style)
        kinds = list(dict.fromkeys(zip(of_first["likelihood"], of_first["variances"], strict=True)))
        of_kinds = FRAME_INCHES + LINE_INCHES * len(kinds)
        heights = [of_kinds * (2 if narrow else 1), PANEL_INCHES * (3 if narrow else 1)]
        figure = panels.new_figure(style, height=sum(heights) / style.width_inches)
        upper, lower = panels.stacked(figure, heights)
        if narrow:
            shares, told = upper.subplots(2, 1)
        else:
            shares, told = upper.subplots(1, 2, sharey=True, width_ratios=[1.3, 1.0])
        _shares(shares, of_first, kinds, looks[first])
        _information(told, of_first, kinds, looks[first])
        told.tick_params(labelleft=narrow)
        rows, columns = (3, 1) if narrow else (1, 3)
        curves, ranks, learned = lower.subplots(rows, columns, squeeze=False).flat
        for family, look in looks.items():
            _curve(curves, used[used["family"] == family], "hpd", {"color": look.color})
        parameters = [name for name in dict.fromkeys(used["parameter"]) if name != "all"]
        for parameter, line in zip(parameters, LINES, strict=False):
            chosen = used[(used["family"] == first) & (used["parameter"] == parameter)]
            _curve(ranks, chosen, "rank", {"color": looks[first].color, "linestyle": line})
        _contraction(learned, used, parameters, looks)
        titles = (
            f"real runs in {per_cent(SHOWN_LEVEL)} % regions",
            "at the truth",
            "regions",
            "ranks of parameters",
            "what is learned",
        )
        for place, (axes, title) in enumerate(
            zip((shares, told, curves, ranks, learned), titles, strict=True)
        ):
            panels.letter(axes, place, title)
        panels.outside_legend(figure, _handles(looks, first, parameters))
        return figure


def _shares(axes: Axes, rows: pd.DataFrame, kinds: Sequence[tuple[str, str]], look: Look) -> None:
    found = rows[(rows["quantity"] == "coverage") & np.isclose(rows["level"], SHOWN_LEVEL)]
    lowest = SHOWN_LEVEL - FARTHEST
    axes.axvline(SHOWN_LEVEL, color=FAINT, linewidth=0.8, zorder=0)
    for place, row in _by_kind(found, kinds):
        axes.plot([row.band_low, row.band_high], [place, place], **PERFECT)
        beyond = row.value < lowest
        fill = look.color if (row.likelihood, row.variances) == (JOINT, WIDENED) else "white"
        if beyond:
            edge: dict[str, Any] = {"color": INK, "clip_on": False, "markersize": 5}
            axes.plot(0.0, place, "<", transform=axes.get_yaxis_transform(), **edge)
            axes.annotate(
                f"{row.value:.2f}",
                (0.0, place),
                (7, 0),
                xycoords=axes.get_yaxis_transform(),
                textcoords="offset points",
                va="center",
                fontsize="small",
                color=INK,
            )
        else:
            axes.errorbar(
                row.value,
                place,
                xerr=row.standard_error,
                color=look.color,
                marker=look.marker,
                markerfacecolor=fill,
                markersize=5,
                capsize=2.0,
            )
    axes.set_xlim(lowest, 1.0)
    _name_kinds(axes, kinds)
    axes.set_xlabel("share")


def _information(axes: Axes, rows: pd.DataFrame, kinds: Sequence[tuple[str, str]], look: Look) -> None:
    found = rows[rows["quantity"] == "information"]
    for place, row in _by_kind(found, kinds):
        axes.annotate(
            f"{row.value:.3f} ± {row.standard_error:.3f}".replace("-", "\N{MINUS SIGN}"),
            (1.0, place),
            (9, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            va="center",
            fontsize="small",
            color=INK,
        )
    best = found["value"].max()
    shown = found[found["value"] > best - 1.0]
    for place, row in _by_kind(shown, kinds):
        axes.errorbar(
            row.value,
            place,
            xerr=row.standard_error,
            color=look.color,
            marker=look.marker,
            markerfacecolor="white",
            markersize=5,
            capsize=2.0,
        )
    axes.margins(x=0.15)
    _name_kinds(axes, kinds)
    axes.set_xlabel("log posterior over prior [nats]")


def _name_kinds(axes: Axes, kinds: Sequence[tuple[str, str]]) -> None:
    axes.set_ylim(len(kinds) - 0.4, -0.6)
    axes.set_yticks(range(len(kinds)), [_named(*kind) for kind in kinds])


def _by_kind(rows: pd.DataFrame, kinds: Sequence[tuple[str, str]]) -> list[tuple[int, Any]]:
    every: Any = rows.itertuples()
    return [(kinds.index((row.likelihood, row.variances)), row) for row in every]


def _named(likelihood: str, variances: str) -> str:
    name = labels.opened(likelihood)
    return f"{name}, widened" if variances == WIDENED else name


def _curve(axes: Axes, rows: pd.DataFrame, quantity: str, look: Mapping[str, Any]) -> None:
    line = rows[rows["quantity"] == f"{quantity}_curve"].sort_values("level")
    if line.empty:
        panels.nothing_to_show(axes)
        return
    level = line["level"].to_numpy()
    if not axes.collections:
        axes.fill_between(level, line["band_low"] - level, line["band_high"] - level, **BAND)
        axes.axhline(0.0, color=FAINT, linewidth=0.8)
    axes.plot(level, line["value"].to_numpy() - level, linewidth=1.0, **look)
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


def _handles(looks: Mapping[str, Look], first: str, parameters: Sequence[str]) -> list[Any]:
    lines = [
        Line2D(
            [], [], color=looks[first].color, linestyle=line, label=f"ranks: {labels.short_quantity(name)}"
        )
        for name, line in zip(parameters, LINES, strict=False)
    ]
    return [*panels.family_handles(looks), *lines, Patch(label="95 % of perfect posteriors", **BAND)]


def _finding(table: pd.DataFrame) -> str:
    return "Posteriors."


FIGURE = TableFigure(_finding, "Axes.", _panels)
