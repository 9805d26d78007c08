"""The figure of docs/performance.md: a panel for each of five tables; one that was not measured has none."""

import math
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from statistics import median
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from nbody_emulator.figures import panels
from nbody_emulator.figures.save import save
from nbody_emulator.figures.style import FLOOR, INK, SHADES, drawing
from nbody_emulator.figures.titles import put_title
from nbody_emulator.settings.figure_style import Style

LOOK = Style()
PANEL_INCHES = 2.4
STARS = (128, 256, 512, 1024, 2048)
"""Ticks; those between them would write over each other."""
SHOWN = ("256", "0.05")
"""Stars and softening of the clusters whose runs are drawn one by one."""
BLOWN_UP = 1e3
"""A gradient that is larger is of no use."""

OURS: dict[str, Any] = {"color": INK, "linewidth": 1.4, "markersize": 3.5}
RIVAL: dict[str, Any] = {
    "linestyle": (0, (4, 2)),
    "linewidth": 1.0,
    "markersize": 3.5,
    "markerfacecolor": "white",
}
SOLVERS: dict[str, dict[str, Any]] = {
    "our block_hermite4": OURS | {"marker": "o"},
    "our hermite4": OURS | {"marker": "s", "color": SHADES[1]},
    "REBOUND leapfrog 2": RIVAL | {"marker": "v", "color": SHADES[1]},
    "REBOUND leapfrog 4": RIVAL | {"marker": "^", "color": SHADES[1]},
    "REBOUND leapfrog 6": RIVAL | {"marker": "<", "color": SHADES[2]},
    "REBOUND leapfrog 8": RIVAL | {"marker": ">", "color": SHADES[2]},
    "REBOUND IAS15": RIVAL | {"marker": "D", "color": SHADES[0]},
}
"""Ours, then its rivals, in the order of their legend."""

Row = dict[str, str]


def draw(tables: dict[str, list[Row]], path: Path) -> None:
    """Write the figure of these tables to `path`; the first panel is as wide as the page where their number is odd."""
    shown = (
        (time_to_solution, "time_to_solution_runs"),
        (pairs_a_second, "force_sums"),
        (cost_against_stars, "cost_against_stars"),
        (cost_against_batches, "cost_against_batches"),
        (gradient_growth, "gradient_growth"),
    )
    measured = [(panel, tables[table]) for panel, table in shown if tables[table]]
    rows = max(1, math.ceil(len(measured) / 2))
    with drawing(LOOK):
        figure = panels.new_figure(LOOK, height=rows * PANEL_INCHES / LOOK.width_inches)
        axes = _grid(figure, len(measured), rows)
        for place, (each, (panel, table)) in enumerate(zip(axes, measured, strict=True)):
            panels.letter(each, place, panel(each, table))
        page = figure.get_figure(root=True)
        put_title(page, finding(tables["time_to_solution"]))
        save(
            page,
            "Energy error against CPU seconds of our integrators and REBOUND's; pairs a second of ours and numba's; "
            "cost against number of stars and batch size; growth of gradients.",
            path,
        )


def _grid(figure: SubFigure, count: int, rows: int) -> list[Axes]:
    """Two panels a row, and no room for one that is not there."""
    odd = count % 2
    parts = iter(panels.stacked(figure, [each for each in (odd, rows - odd) if each]))
    first = [next(parts).subplots()] if odd else []
    return [*first, *(next(parts).subplots(rows - odd, 2).flat if rows - odd and count > 1 else ())]


def finding(rows: list[Row]) -> str:
    """How our CPU time compares with REBOUND's best, over all clusters and errors asked for."""
    ratios = [float(row["REBOUND over ours"]) for row in rows if row["REBOUND over ours"]]
    if not ratios:
        return "How our CPU time compares with REBOUND's is not measured."
    return (
        f"To the same energy error REBOUND's best takes {min(ratios):.2g} to {max(ratios):.2g} times our CPU time, for "
        f"{len(ratios)} kinds of cluster and error."
    )


def time_to_solution(axes: Axes, rows: list[Row]) -> str:
    mine = [row for row in rows if (row["stars"], row["softening"]) == SHOWN]
    runs = dict(_groups(mine, "solver"))
    seeds = {row["seed"] for row in mine}
    for name, look in SOLVERS.items():
        points = []
        for _, of_setting in _groups(runs.get(name, []), "setting"):
            done = [row for row in of_setting if math.isfinite(float(row["error"]))]
            places = [(float(row["seconds"]), float(row["error"])) for row in done]
            seconds, errors = ([place[index] for place in places] for index in (0, 1))
            axes.scatter(seconds, errors, s=4, color=look["color"], alpha=0.5, linewidths=0)
            if len(done) == len(seeds):
                points.append((median(seconds), median(errors)))
        if points:
            axes.plot(
                [place[0] for place in sorted(points)],
                [place[1] for place in sorted(points)],
                label=name,
                **look,
            )
    axes.set(xscale="log", yscale="log", xlabel="CPU seconds", ylabel="max |dE/E|")
    one_seed = Line2D([], [], linestyle="", marker="o", markersize=2, color=SHADES[1], label="one seed")
    handles = [*axes.get_legend_handles_labels()[0], one_seed]
    axes.legend(handles=handles, loc="center left", bbox_to_anchor=(1.0, 0.5))
    stars, softening = SHOWN
    return f"Ten crossing times, N = {stars}, softening {softening} a, medians over {len(seeds)} seeds"


def pairs_a_second(axes: Axes, rows: list[Row]) -> str:
    for (name, sums), marker in zip(_groups(rows, "sum"), "os", strict=False):
        stars = [int(row["stars"]) for row in sums]
        ours, numba = ([float(row[f"{of} [Mpairs/s]"]) for row in sums] for of in ("ours", "numba"))
        axes.plot(stars, ours, label=f"ours, {name}", marker=marker, **OURS)
        axes.plot(stars, numba, label=f"numba, {name}", marker=marker, color=SHADES[2], **RIVAL)
    axes.set(xscale="log", xlabel="stars", ylabel="million ordered pairs a second")
    axes.set_ylim(bottom=0.0)
    panels.ticks_at(axes, STARS)
    axes.legend()
    return "Pairs a second, one core"


def cost_against_stars(axes: Axes, rows: list[Row]) -> str:
    stars = [int(row["stars"]) for row in rows]
    for column, label, look in (
        ("a crossing time [CPU s]", "a crossing time", {"marker": "o"}),
        ("start [CPU s]", "start of a run", {"marker": "s", "color": SHADES[2]}),
    ):
        axes.plot(stars, [float(row[column]) for row in rows], label=label, **OURS | look)
    axes.set(xscale="log", yscale="log", xlabel="stars", ylabel="CPU seconds")
    panels.ticks_at(axes, STARS)
    axes.legend()
    return "block_hermite4, accuracy 0.02"


def cost_against_batches(axes: Axes, rows: list[Row]) -> str:
    looks = ({"marker": "o"}, {"marker": "s", "color": SHADES[2]}, {"marker": "^", "color": SHADES[1]})
    for (name, runs), look in zip(_groups(rows, "integrator"), looks, strict=False):
        batches = [int(row["batch"]) for row in runs]
        axes.plot(batches, [float(row["runs a CPU second"]) for row in runs], label=name, **OURS | look)
    axes.set(xscale="log", yscale="log", xlabel="runs in a batch", ylabel="runs a CPU second")
    panels.ticks_at(axes, [int(row["batch"]) for row in rows])
    axes.legend(loc="center right")
    return "Side by side in one call, N = 128"


def gradient_growth(axes: Axes, rows: list[Row]) -> str:
    line: dict[str, Any] = {"color": SHADES[2], "linewidth": 1.0}
    agrees: dict[str, Any] = {"color": INK, "marker": "o", "markersize": 3.5, "linestyle": ""}
    for _, durations in _groups(rows, "seed"):
        times, norms, misses = (
            [float(row[column]) for row in durations]
            for column in ("crossing times", "gradient", "best difference disagrees by")
        )
        axes.plot(times, norms, **line)
        checked = [index for index, miss in enumerate(misses) if miss <= 1e-3]
        axes.plot([times[i] for i in checked], [norms[i] for i in checked], **agrees)
    axes.axhline(BLOWN_UP, **FLOOR)
    axes.set(yscale="log", xlabel="crossing times", ylabel="|d outcome / d position|")
    axes.legend(
        handles=[
            Line2D([], [], label="one seed", **line),
            Line2D([], [], label="differences agree", **agrees),
            Line2D([], [], label="a thousand", **FLOOR),
        ]
    )
    return "Growth of gradients"


def _groups(rows: list[Row], column: str) -> Iterable[tuple[str, list[Row]]]:
    """Rows by what stands in a column, in the order of its first appearance."""
    order = list(dict.fromkeys(row[column] for row in rows))
    ordered = sorted(rows, key=lambda row: order.index(row[column]))
    return [(name, list(group)) for name, group in groupby(ordered, key=itemgetter(column))]
