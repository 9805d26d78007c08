"""The figure of docs/performance.md: a panel for each of five tables; one that was not measured has none."""

import math
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from nbody_emulator.figures.save import save
from nbody_emulator.figures.style import drawing
from nbody_emulator.settings.figure_style import Style

LOOK = Style(context="paper", palette="deep")
COLUMNS = 2
PANEL_INCHES = (4.0, 3.25)
STARS = (128, 256, 512, 1024, 2048)
"""Ticks; those between them would write over each other."""
SHOWN = ("256", "0.05", "1")
"""Stars, softening and seed of the cluster whose runs are drawn one by one."""


def draw(tables: dict[str, list[dict[str, str]]], path: Path) -> None:
    """Write the figure of these tables to `path`."""
    panels = (
        (time_to_solution, "time_to_solution_runs"),
        (pairs_a_second, "force_sums"),
        (cost_against_stars, "cost_against_stars"),
        (cost_against_batches, "cost_against_batches"),
        (gradient_growth, "gradient_growth"),
    )
    measured = [(panel, tables[table]) for panel, table in panels if tables[table]]
    lines = max(1, math.ceil(len(measured) / COLUMNS))
    width, height = PANEL_INCHES
    with drawing(LOOK):
        figure = Figure(figsize=(COLUMNS * width, lines * height), layout="constrained")
        grid = figure.subplots(lines, COLUMNS, squeeze=False).flat
        for axes, (panel, rows) in zip(grid, measured, strict=False):
            panel(axes, rows)
        for axes in grid[len(measured) :]:
            axes.remove()
        save(figure, "Tables of this page as curves.", path)


def time_to_solution(axes: Axes, rows: list[dict[str, str]]) -> None:
    mine = [row for row in rows if (row["stars"], row["softening"], row["seed"]) == SHOWN]
    for name, runs in _groups(mine, "solver"):
        done = sorted(
            (float(run["seconds"]), float(run["error"])) for run in runs if math.isfinite(float(run["error"]))
        )
        line = "o-" if name.startswith("our") else "x--"
        axes.loglog(*zip(*done, strict=True), line, markersize=4, label=name)
    stars, softening, seed = SHOWN
    axes.set(title=f"Ten crossing times, N = {stars}, softening {softening} a, seed {seed}")
    axes.set(xlabel="CPU seconds", ylabel="max |dE/E|")
    _legend(axes)


def pairs_a_second(axes: Axes, rows: list[dict[str, str]]) -> None:
    for name, sums in _groups(rows, "sum"):
        stars = [int(row["stars"]) for row in sums]
        (line,) = axes.semilogx(
            stars, [float(row["ours [Mpairs/s]"]) for row in sums], "o-", label=f"our {name}"
        )
        numba = [float(row["numba [Mpairs/s]"]) for row in sums]
        axes.semilogx(stars, numba, "x--", color=line.get_color(), label=f"numba's {name}")
    axes.set(title="Pairs a second, one core", xlabel="stars", ylabel="million ordered pairs a second")
    axes.set_ylim(bottom=0.0)
    _tick_stars(axes)
    _legend(axes)


def cost_against_batches(axes: Axes, rows: list[dict[str, str]]) -> None:
    for name, runs in _groups(rows, "integrator"):
        batches = [int(row["batch"]) for row in runs]
        axes.loglog(batches, [float(row["runs a CPU second"]) for row in runs], "o-", label=name)
    axes.set(title="Side by side in one call, N = 128", xlabel="runs in a batch", ylabel="runs a CPU second")
    axes.set_xticks(batches, [str(batch) for batch in batches])
    axes.xaxis.set_minor_locator(NullLocator())
    _legend(axes)


def cost_against_stars(axes: Axes, rows: list[dict[str, str]]) -> None:
    stars = [int(row["stars"]) for row in rows]
    for column, label in (
        ("a crossing time [CPU s]", "a crossing time"),
        ("start [CPU s]", "start of a run"),
    ):
        axes.loglog(stars, [float(row[column]) for row in rows], "o-", label=label)
    axes.set(title="block_hermite4, accuracy 0.02", xlabel="stars", ylabel="CPU seconds")
    _tick_stars(axes)
    _legend(axes)


def gradient_growth(axes: Axes, rows: list[dict[str, str]]) -> None:
    for seed, durations in _groups(rows, "seed"):
        times, norms, misses = (
            [float(row[column]) for row in durations]
            for column in ("crossing times", "gradient", "best difference disagrees by")
        )
        (line,) = axes.semilogy(times, norms, "-", label=f"seed {seed}")
        checked = [index for index, miss in enumerate(misses) if miss <= 1e-3]
        axes.semilogy(
            [times[i] for i in checked],
            [norms[i] for i in checked],
            "o",
            color=line.get_color(),
            markersize=4,
        )
    axes.axhline(1e3, color="0.5", linestyle=":")
    axes.set(
        title="Gradients; dots: differences agree", xlabel="crossing times", ylabel="|d outcome / d position|"
    )
    _legend(axes)


def _groups(rows: list[dict[str, str]], column: str) -> Iterable[tuple[str, list[dict[str, str]]]]:
    """Rows by what stands in a column, in the order of its first appearance."""
    order = list(dict.fromkeys(row[column] for row in rows))
    ordered = sorted(rows, key=lambda row: order.index(row[column]))
    return [(name, list(group)) for name, group in groupby(ordered, key=itemgetter(column))]


def _tick_stars(axes: Axes) -> None:
    axes.set_xticks(STARS, labels=map(str, STARS))
    axes.xaxis.set_minor_locator(NullLocator())


def _legend(axes: Axes) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize="x-small")
