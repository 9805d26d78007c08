"""Runs of another simulator, from columns by name to a table that can be fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from nbody_emulator.alignment import check_rows
from nbody_emulator.arrays import broadcast, by_name, plain_array
from nbody_emulator.extras import extra
from nbody_emulator.identity.seen_points import TRAINING_ROLE
from nbody_emulator.quantities.file_of_runs import blocks_by_hash, outputs_of, points_by_parameters
from nbody_emulator.quantities.quantity import Output, Parameter, free_parameters
from nbody_emulator.quantities.row_checks import check_outputs, check_parameters, check_points
from nbody_emulator.quantities.table_files import Rows
from nbody_emulator.settings.door import checked
from nbody_emulator.settings.error import suggestion
from nbody_emulator.settings.own_quantities import OwnOutput, OwnParameter, OwnParameters
from nbody_emulator.settings.section import Section

with extra("fitting"):
    from nbody_emulator.quantities import tables


class Table(tables.Table):
    """n runs of one's own; what every fit takes."""

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        parameters: Mapping[str, OwnParameter | Mapping[str, Any]],
        outputs: Mapping[str, OwnOutput | Mapping[str, Any]],
        point: str | None = None,
        blocks: int = 5,
    ) -> "Table":
        """Runs in columns, checked as those in the files of an experiment are.

        Args:
            frame: columns (n,) by name, of pandas, xarray, astropy or a mapping; bare numbers are in the units given
                here, those with a unit are converted; NaN where an output does not exist. Other columns are left alone.
            parameters: by name `unit`, `minimum`, `maximum`, `scale` and `column`, as in a configuration.
            outputs: by name `unit`, `transform`, `resolution` and `column`, as in a configuration.
            point: the column that names the design point of each run; by default runs of equal parameters share one.
            blocks: parts that design points are divided into by a hash of their labels, for cross-validation.

        Raises:
            TypeError: a column is masked, of no numbers, or in a unit that cannot be converted.
            ValueError: one line that names the column, the row (counted from 0) and the remedy.
        """
        given = {name: _section(OwnParameter, each) for name, each in parameters.items()}
        wanted = {name: _section(OwnOutput, each) for name, each in outputs.items()}
        own = OwnParameters(given)
        varied, predicted = free_parameters(own.boxes, own.units), outputs_of(wanted)
        entries: dict[str, OwnParameter | OwnOutput] = {**given, **wanted}
        names = {name: entry.column or name for name, entry in entries.items()}
        labels = [] if point is None else [point]
        columns = by_name(frame, [*names.values(), *labels], "the frame")
        groups = None if point is None else _found(columns, point)
        inputs = {name: _found(columns, names[name]) for name in given}
        values = {name: _found(columns, names[name]) for name in wanted}
        made = table_of(varied, predicted, inputs, values, groups)
        rows = Rows("frame", range(len(made)))
        check_parameters(rows, varied, made.inputs)
        check_outputs(rows, predicted, made.values)
        labelled = made.groups.astype(str) if groups is not None else points_by_parameters(made.inputs)
        check_points(rows, made.inputs, made.values, labelled, named=groups is not None)
        return cls(**{**vars(made), "groups": labelled, "blocks": blocks_by_hash(labelled, blocks)})

    def in_role(self, role: str) -> "Table":
        """The same runs, for something else than training."""
        return replace(self, role=np.full(len(self), role))


def table_of(
    parameters: Sequence[Parameter],
    outputs: Sequence[Output],
    inputs: Any,
    values: Any,
    groups: Sequence[str | int] | None = None,
) -> tables.Table:
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
    return tables.Table(
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


SectionT = TypeVar("SectionT", bound=Section)


def _section(kind: type[SectionT], given: SectionT | Mapping[str, Any]) -> SectionT:
    return checked(kind, given) if isinstance(given, Mapping) else given


def _found(columns: Mapping[str, Any], name: str) -> Any:
    if name not in columns:
        raise ValueError(f"frame: no column {name!r}; {suggestion(name, list(columns))}")
    return columns[name]
