"""What a fit is given, checked before any work: its table of runs and how they are to be fitted.

Whatever is refused is told in one line: what it is, its value, and what would be right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from pydantic import create_model

from nbody_emulator.arrays import plain_array, real_numbers, shown
from nbody_emulator.emulators.descriptions import box_of
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.extras import extra
from nbody_emulator.identity.seen_points import TRAINING_ROLE
from nbody_emulator.quantities.quantity import Covariate, Output, Parameter
from nbody_emulator.settings.door import checked
from nbody_emulator.settings.error import suggestion
from nbody_emulator.settings.rows import Fitting

with extra("fitting"):
    from nbody_emulator.quantities.tables import Table

ROUNDING = 1e-9
"""How far a target may be from the transform of its value."""

SMALLEST_VARIANCE = 1e-280
"""Of which a millionth is still a number of full precision."""


def checked_table(table: Table) -> Table:
    """The table with numbers as float64, every column of the right length, and every row inside the box.

    Raises:
        TypeError: it is no Table, or a column holds something else than it should.
        ValueError: a column has another shape; a name stands twice; a run is not of the training role, lies outside
            the box, or has a value that its output's transform has no answer for.
    """
    if not isinstance(table, Table):
        raise TypeError(
            f"a fit is given a Table, not {type(table).__name__}; nbody_emulator.own_runs.table_of makes one of columns"
        )
    _check_names(table.parameters, table.outputs, table.covariates)
    runs = np.shape(table.inputs)[0] if np.ndim(table.inputs) else 0
    widths: dict[str, Sequence[Parameter | Output]] = {
        "inputs": table.parameters,
        "values": table.outputs,
        "targets": table.outputs,
    }
    columns: dict[str, Any] = {
        name: _columns(name, getattr(table, name), runs, named) for name, named in widths.items()
    }
    columns["seen"] = (
        _columns("seen", table.seen, runs, table.covariates)
        if table.covariates
        else _numbers("seen", table.seen, (0, 0), ", for no covariates are named")
    )
    columns["energy_error"] = _numbers("energy_error", table.energy_error, (runs,))
    columns |= {name: _whole(name, getattr(table, name), runs) for name in ("blocks", "replicates")}
    columns |= {name: _labels(name, getattr(table, name), runs) for name in ("groups", "role")}
    columns["usable"] = _truths("usable", table.usable, runs)
    table = replace(table, parameters=tuple(table.parameters), outputs=tuple(table.outputs), **columns)
    _refuse_other_roles(table)
    _check_inputs(table)
    _check_seen(table)
    for index, output in enumerate(table.outputs):
        _check_output(table, index, output)
    return table


def checked_fitting(given: Fitting | Mapping[str, Any]) -> Fitting:
    """How to fit, the family's settings and the tuning completed by their defaults.

    Raises:
        TypeError: it is no mapping.
        ValueError: a key is missing, unknown to the family, or its value is none that it can take.
    """
    if isinstance(given, Fitting):
        given = given.written()
    if not isinstance(given, Mapping):
        raise TypeError(f"how to fit is told by a mapping with family and seed, not {shown(given)}")
    family = given.get("family")
    if not isinstance(family, str) or family not in FAMILIES.names:
        raise ValueError(f"family: there is no {shown(family)}; {suggestion(family, FAMILIES.names)}")
    _check_stream(given.get("stream"))
    known = {name: value for name, value in given.items() if name in Fitting.model_fields}
    fitting = checked(_of_family(family), known)
    if fitting.hyperparameters is not None:
        _check_hyperparameters(family, fitting.hyperparameters)
    return fitting


@cache
def _of_family(family: str) -> type[Fitting]:
    section = FAMILIES.load(family).section()
    return create_model("Fitting", __base__=Fitting, settings=(section, section()))


def _check_names(
    parameters: Sequence[Parameter], outputs: Sequence[Output], covariates: Sequence[Covariate]
) -> None:
    for kind, named in ((Parameter, parameters), (Output, outputs), (Covariate, covariates)):
        word = kind.__name__.lower()
        if not isinstance(named, Sequence) or not all(isinstance(each, kind) for each in named):
            raise TypeError(f"{word}s must be a tuple of {kind.__name__}, not {shown(named)}")
        names = [each.name for each in named]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{word}s: the name {twice[0]} stands twice; rename one, or leave it out")


def _columns(name: str, given: Any, runs: int, named: Sequence[Parameter | Output]) -> np.ndarray:
    return _numbers(name, given, (runs, len(named)), f", a column each for {_listed(named)}")


def _numbers(name: str, given: Any, shape: tuple[int, ...], meaning: str = "") -> np.ndarray:
    array = real_numbers(name, given, None)
    _check_shape(name, array, shape, meaning)
    return array


def _check_shape(name: str, array: np.ndarray, shape: tuple[int, ...], meaning: str = "") -> None:
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}{meaning}, not {array.shape}")


def _listed(named: Sequence[Parameter | Output]) -> str:
    return ", ".join(each.name for each in named)


def _whole(name: str, given: Any, runs: int) -> np.ndarray:
    array = _numbers(name, given, (runs,))
    if not (np.isfinite(array).all() and (array == np.round(array)).all()):
        raise ValueError(f"{name} must be whole numbers, not {shown(given)}")
    return array.astype(int)


def _labels(name: str, given: Any, runs: int) -> np.ndarray:
    array = plain_array(given)
    if array is not None and array.dtype.kind == "O" and all(isinstance(each, str) for each in array.flat):
        array = array.astype(str)  # as pandas holds words
    if array is None or array.dtype.kind not in "USiu":
        raise TypeError(f"{name} must be words or whole numbers, not {shown(given)}")
    _check_shape(name, array, (runs,))
    return array.astype(str)


def _truths(name: str, given: Any, runs: int) -> np.ndarray:
    array = plain_array(given)
    if array is None or array.dtype.kind != "b":
        raise TypeError(f"{name} must be truth values, not {shown(given)}")
    _check_shape(name, array, (runs,))
    return array


def _refuse_other_roles(table: Table) -> None:
    others = sorted(set(table.role.tolist()) - {TRAINING_ROLE})
    if others:
        run = table.groups[np.flatnonzero(table.role != TRAINING_ROLE)[0]]
        raise ValueError(f"a fit is given training runs alone, not {run} of the role {', '.join(others)}")


def _check_inputs(table: Table) -> None:
    for parameter, column in zip(table.parameters, table.inputs.T, strict=True):
        wrong = np.flatnonzero(~parameter.holds(column))
        if len(wrong):
            raise ValueError(
                f"run {wrong[0]} (of {len(wrong)} such) has {parameter.name} = {column[wrong[0]]:g}, not in its box "
                f"{box_of(parameter)}; widen the box, or leave the run out"
            )
        if len(set(table.groups.tolist())) > 1 and np.ptp(column) == 0.0:
            raise ValueError(
                f"{parameter.name} is {column[0]:g} in every run, so that nothing of its box {box_of(parameter)} "
                "can be learned; leave the parameter out"
            )
        _check_variance(parameter.name, column)


def _check_seen(table: Table) -> None:
    for covariate, column in zip(table.covariates, table.seen.T, strict=bool(table.covariates)):
        wrong = np.flatnonzero(table.usable & ~covariate.holds(column))
        if len(wrong):
            raise ValueError(
                f"run {wrong[0]} (of {len(wrong)} such) has {covariate.name} = {column[wrong[0]]:g}, which can be "
                f"{box_of(covariate)}; leave the run out"
            )


def _check_output(table: Table, index: int, output: Output) -> None:
    values, targets = table.values[:, index], table.targets[:, index]
    wrong = np.flatnonzero(table.usable & ~np.isnan(values) & ~output.suits(values))
    if len(wrong):
        raise ValueError(
            f"run {wrong[0]} (of {len(wrong)} such) has {output.name} = {values[wrong[0]]:g}, for which "
            f"{output.transform} has no answer; write NaN where it does not exist, or take another transform"
        )
    with np.errstate(all="ignore"):
        right = np.isclose(targets, output.forward(values), rtol=ROUNDING, atol=ROUNDING)
    wrong = np.flatnonzero(~np.isnan(targets) & ~(right & table.usable))
    if len(wrong):
        run = wrong[0]
        expected = (
            f"{output.transform} of its value {values[run]:g}" if table.usable[run] else "NaN, unusable"
        )
        raise ValueError(
            f"run {run} (of {len(wrong)} such) has the target {targets[run]:g} of {output.name}, "
            f"which must be {expected}"
        )
    _check_variance(output.name, targets[np.isfinite(targets)])


def _check_variance(name: str, numbers: np.ndarray) -> None:
    with np.errstate(over="ignore"):
        variance = np.var(numbers) if len(numbers) else 0.0
    if not np.isfinite(variance):
        largest = np.max(np.abs(numbers))
        raise ValueError(
            f"{name} reaches {largest:g}, whose square is no number any more; give it in another unit"
        )
    if len(numbers) and variance < SMALLEST_VARIANCE and np.ptp(numbers) > 0.0:
        raise ValueError(
            f"{name} varies by {np.ptp(numbers):g}, whose square is no number any more; give it in another unit"
        )


def _check_stream(stream: Any) -> None:
    is_list = isinstance(stream, Sequence) and not isinstance(stream, str | bytes)
    if not (is_list and stream and all(isinstance(name, str | int) for name in stream)):
        raise ValueError(
            f'stream: {shown(stream)} is no list of names; write ["mine"], from which random numbers come'
        )


def _check_hyperparameters(family: str, given: Any) -> None:
    method = FAMILIES.load(family)()
    known, inner = method.hyperparameters, method.inner_values
    if not isinstance(given, Mapping) or set(given) - set(inner) != set(known):
        example = ", ".join(f"{name}: {value}" for name, value in known.items())
        raise ValueError(f"hyperparameters: {family} takes {{{example}}}, for instance, not {shown(given)}")
    try:
        checked(type(method), given)
    except ValueError as error:
        raise ValueError(f"hyperparameters.{error}") from None
