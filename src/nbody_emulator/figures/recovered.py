"""Posteriors of a few simulated runs over each other, with the parameters that these runs truly had."""

import numpy as np
import pandas as pd
from matplotlib.figure import SubFigure

from nbody_emulator.figures import corner
from nbody_emulator.figures.figure import TableFigure
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.settings.figure_style import Style

DRAW, TRUTH = "draw", "truth"
MINIMUM, MIDDLE, MAXIMUM = "minimum", "middle", "maximum"


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
    return "Recovered."


FIGURE = TableFigure(_finding, "Axes.", _panels)
