"""Runs of another simulator, from columns by name to a table that can be fitted."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nbody_emulator.alignment import check_rows
from nbody_emulator.arrays import broadcast, by_name, plain_array
from nbody_emulator.extras import extra
from nbody_emulator.identity.seen_points import TRAINING_ROLE
from nbody_emulator.quantities.quantity import Output, Parameter

with extra("fitting"):
    from nbody_emulator.quantities.tables import Table


def table_of(
    parameters: Sequence[Parameter],
    outputs: Sequence[Output],
    inputs: Any,
    values: Any,
    groups: Sequence[str | int] | None = None,
) -> Table:
    """A table of n runs; what a fit would refuse in it, the fit tells.

    Args:
        parameters: with their boxes; sorted by name here.
        outputs: with their transforms; sorted by name here.
        inputs: columns (n,) of the parameters by name, as a mapping or a table of pandas, xarray or astropy; bare
            numbers are in the parameters' units, those with a unit are converted. Other columns are left alone.
        values: columns (n,) of the outputs, likewise; NaN where an output does not exist.
        groups: (n,) the design point of each run, where some share theirs; by default every run has its own.

    Raises:
        TypeError: a column is masked, of no numbers, or in a unit that cannot be converted.
        ValueError: a column is missing, they are not of one length, or their rows are labelled and not alike.
    """
    parameters = tuple(sorted(parameters, key=lambda one: one.name))
    outputs = tuple(sorted(outputs, key=lambda one: one.name))
    columns = _columns(inputs, parameters, "parameters"), _columns(values, outputs, "outputs")
    check_rows({**columns[0], **columns[1], "groups": groups})
    points = _array(columns[0], parameters, "parameters")
    results = _array(columns[1], outputs, "outputs")
    runs = len(points)
    if len(results) != runs:
        raise ValueError(f"{runs} runs have parameters and {len(results)} have outputs; give a row each")
    with np.errstate(all="ignore"):  # what has no transform is told by the fit
        targets = [output.forward(results[:, index]) for index, output in enumerate(outputs)]
    return Table(
        parameters=parameters,
        outputs=outputs,
        inputs=points,
        values=results,
        targets=np.stack(targets, axis=1),
        groups=np.arange(runs).astype(str) if groups is None else _group_names(groups),
        blocks=np.zeros(runs, dtype=int),
        replicates=np.arange(runs),
        role=np.full(runs, TRAINING_ROLE),
        usable=np.full(runs, True),
        energy_error=np.zeros(runs),
    )


def _group_names(groups: Any) -> np.ndarray:
    """The names or numbers of the design points; their number is checked with the table."""
    names = plain_array(groups)
    if names is None:
        raise TypeError("groups must be a name or a number of every run, none of them masked")
    return names


def _columns(given: Any, wanted: Sequence[Parameter | Output], what: str) -> dict[str, Any]:
    """The wanted columns by name."""
    names = [each.name for each in wanted]
    if not names:
        raise ValueError(f"{what} must be at least one")
    columns = by_name(given, names, what)
    missing = [name for name in names if name not in columns]
    if missing:
        raise ValueError(f"{what}: no column {missing[0]!r} among {', '.join(map(str, columns))}")
    return {name: columns[name] for name in names}


def _array(columns: dict[str, Any], wanted: Sequence[Parameter | Output], what: str) -> np.ndarray:
    """Columns by name as one array (n, wanted)."""
    array = broadcast(columns, {each.name: each.unit for each in wanted})
    if array.ndim != 2:
        raise ValueError(f"{what} must be columns (n,), not of the shape {array.shape[:-1]}")
    return array
