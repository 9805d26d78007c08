"""Posteriors of a few simulated runs over each other, with the parameters that these runs truly had."""

import numpy as np
import pandas as pd
from matplotlib.figure import SubFigure

from nbody_emulator.figures import corner, labels
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.levels import ends_of, per_cent
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.settings.figure_style import Style

DRAW, TRUTH = "draw", "truth"
MINIMUM, MIDDLE, MAXIMUM = "minimum", "middle", "maximum"
LEVEL = 0.90


def _panels(table: pd.DataFrame, style: Style) -> SubFigure:
    """One corner plot.

    Args:
        table: family, group, kind (minimum, middle, maximum of the prior; truth or draw of a run) and the parameters.
        style: of the text and the lines, and the width.
    """
    columns = [name for name in table.columns if name not in ("family", "group", "kind")]
    parameters = [_parameter(name, table) for name in columns]
    runs = table[table["kind"].isin([DRAW, TRUTH])].groupby("group", sort=False)
    shown = [_shown(f"run {number}", rows, columns, parameters) for number, (_, rows) in enumerate(runs, 1)]
    return corner.draw(parameters, shown, style)


def _parameter(column: str, table: pd.DataFrame) -> Parameter:
    name, _, unit = column.partition(" [")
    edges = {
        kind: float(table.loc[table["kind"] == kind, column].iloc[0]) for kind in (MINIMUM, MIDDLE, MAXIMUM)
    }
    low, middle, high = edges.values()
    is_linear = np.isclose(middle, 0.5 * (low + high), rtol=1e-4)
    return Parameter(name, unit.removesuffix("]") or "1", low, high, "linear" if is_linear else "log")


def _shown(name: str, rows: pd.DataFrame, columns: list[str], parameters: list[Parameter]) -> corner.Shown:
    draws = rows[rows["kind"] == DRAW]
    # Numbers of a table have six digits: a draw at the edge of the box may stand a little outside.
    fractions = [
        each.to_unit_interval(np.clip(draws[column].to_numpy(), each.minimum, each.maximum))
        for column, each in zip(columns, parameters, strict=True)
    ]
    truth = rows[rows["kind"] == TRUTH].iloc[0]
    return corner.Shown(
        name,
        np.stack(fractions, axis=1),
        np.full(len(draws), 1.0 / len(draws)),
        {each.name: float(truth[column]) for column, each in zip(columns, parameters, strict=True)},
    )


def _finding(table: pd.DataFrame) -> str:
    """How many true parameters lie where they should, and of which most and least is learned."""
    columns = [name for name in table.columns if name not in ("family", "group", "kind")]
    parameters = [_parameter(name, table) for name in columns]
    runs = list(table[table["kind"].isin([DRAW, TRUTH])].groupby("group", sort=False))
    if not runs:
        return "No run was observed: whether its parameters are recovered is not known."
    shown = [_shown(str(name), rows, columns, parameters) for name, rows in runs]
    inside = sum(_is_inside(one, place, each) for one in shown for place, each in enumerate(parameters))
    learned = np.median([one.contraction for one in shown], axis=0)
    told = (
        f"Posteriors of {len(shown)} simulated runs hold {inside} of {len(shown) * len(parameters)} true parameters "
        f"in their central {per_cent(LEVEL)} %"
    )
    most, least = int(learned.argmax()), int(learned.argmin())
    told += f"; median contraction {_learned(parameters[most], learned[most])}"
    if most != least:
        told += f" to {_learned(parameters[least], learned[least])}"
    return f"{told}."


def _learned(parameter: Parameter, contraction: float) -> str:
    return f"{contraction:.2f} ({labels.short_quantity(parameter.name)})".replace("-", "\u2212")


def _is_inside(shown: corner.Shown, place: int, parameter: Parameter) -> bool:
    truth = float(parameter.to_unit_interval(np.array(shown.truth[parameter.name])))
    low, high = np.quantile(shown.fractions[:, place], ends_of(LEVEL))
    return bool(low <= truth <= high)


FIGURE = TableFigure(
    _finding,
    "Posterior densities of every parameter and regions of every pair, over the whole prior box, for a few "
    "simulated runs told apart by shade and line, with the true parameters as crosses.",
    _panels,
)
