"""What can be wrong with the rows of a file of runs: each in one line, with the row and the remedy."""

from collections.abc import Sequence

import numpy as np

from nbody_emulator.quantities.quantity import Output, Parameter
from nbody_emulator.quantities.table_files import Rows
from nbody_emulator.settings.error import refuse


def check_parameters(table: Rows, parameters: Sequence[Parameter], inputs: np.ndarray) -> None:
    """Every run (n, d) has its parameters, inside their boxes."""
    for parameter, values in zip(parameters, inputs.T, strict=True):
        missing = ~np.isfinite(values)
        if missing.any():
            problem = f"parameter {parameter.name}, row {table.row(missing)}: {values[missing][0]:g}"
            refuse(table.key, problem, "every run has a finite number there; remove the run, or mend it")
        outside = ~parameter.holds(values)
        if outside.any():
            box = f"[{parameter.minimum:g}, {parameter.maximum:g}]"
            first = f"{values[outside][0]:.12g}"
            problem = f"parameter {parameter.name}, row {table.row(outside)}: {first} is outside {box}"
            found = f"minimum: {values.min():.12g} and maximum: {values.max():.12g}"
            refuse(table.key, problem, f"write at least {found} in parameters.{parameter.name}")


def check_outputs(table: Rows, outputs: Sequence[Output], values: np.ndarray) -> None:
    """Every output (n, q) that is there has a transform, and some are."""
    for output, column in zip(outputs, values.T, strict=True):
        there = ~np.isnan(column)
        if not there.any():
            refuse(
                table.key, f"output {output.name}: empty in every row", "name another column, or remove it"
            )
        wrong = there & ~output.suits(column)
        if wrong.any():
            problem = f"output {output.name}, row {table.row(wrong)}: {column[wrong][0]:.12g} has no {_words(output)}"
            refuse(table.key, problem, _remedy(output, column[wrong]))


def check_points(
    table: Rows, inputs: np.ndarray, values: np.ndarray, points: np.ndarray, named: bool
) -> None:
    """Runs of one design point, and no others, have the same parameters; without labels no run is there twice.

    Args:
        inputs: (n, d) parameters.
        values: (n, q) outputs.
        points: (n,) labels of design points.
        named: whether labels were given.
    """
    rows, labels = inputs.tolist(), points.tolist()
    of_point: dict[str, int] = {}
    with_parameters: dict[tuple[float, ...], int] = {}
    for row, (inside, point) in enumerate(zip(rows, labels, strict=True)):
        earlier = of_point.setdefault(point, row)
        if inside != rows[earlier]:
            problem = (
                f"rows {table.place(earlier)} and {table.place(row)} are of one point, {point!r}, and differ"
            )
            refuse(table.key, problem, "give runs of other parameters another point")
        same = with_parameters.setdefault(tuple(inside), row)
        if labels[same] != point:
            problem = f"rows {table.place(same)} and {table.place(row)} have the same parameters, and two design points"
            refuse(table.key, problem, "give them one: a run must not judge what its replicate has taught")
    if not named:
        _refuse_repeated(table, inputs, values)


def _refuse_repeated(table: Rows, inputs: np.ndarray, values: np.ndarray) -> None:
    seen: dict[bytes, int] = {}
    rows = np.ascontiguousarray(np.concatenate([inputs, values], axis=1))
    for row, content in enumerate(each.tobytes() for each in rows):
        earlier = seen.setdefault(content, row)
        if earlier != row:
            problem = f"rows {table.place(earlier)} and {table.place(row)} are the same run"
            refuse(table.key, problem, "remove one, or, of replicates, name simulator.table.point")


def _words(output: Output) -> str:
    return {"identity": "finite value", "log": "logarithm", "logit": "logit"}[output.transform]


def _remedy(output: Output, wrong: np.ndarray) -> str:
    path = f"outputs.{output.name}"
    if output.transform == "logit" and np.isin(wrong, (0.0, 1.0)).all():
        return f"write {path}.resolution, the smallest step of the fraction, or leave the cell empty"
    if output.transform == "identity":
        return "leave the cell empty where the output does not exist"
    return f"write {path}.transform: identity, or leave the cell empty where the output does not exist"
