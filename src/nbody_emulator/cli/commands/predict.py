"""`nbody-emulator predict`: what an emulator says of new runs, at one point or at every row of a table."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from cyclopts import Parameter

from nbody_emulator.cli import models
from nbody_emulator.cli.predictions import columns_of, lines_of, write_netcdf
from nbody_emulator.cli.tables import check_ending, check_there
from nbody_emulator.cli.telling import AsJson, Telling
from nbody_emulator.quantities.columns_with_units import read_columns, write_columns
from nbody_emulator.quantities.typed_numbers import number
from nbody_emulator.settings.error import refuse, suggestion

if TYPE_CHECKING:
    from nbody_emulator.emulators.emulator import Emulator
    from nbody_emulator.quantities.quantity import Parameter as Quantity

OWN_OPTIONS = ("in", "out", "level", "outside", "json", "help")

Table = Annotated[
    Path | None,
    Parameter(
        name="--in",
        help="A CSV file with a column for each parameter, in its unit or with another in brackets: radius [AU].",
    ),
]
Out = Annotated[
    Path | None, Parameter(help="A file for the answers: .csv, or .nc for NetCDF; else they are printed.")
]
Level = Annotated[float, Parameter(help="Probability that the intervals hold a new run, between 0 and 1.")]
Outside = Annotated[
    str,
    Parameter(
        help="What becomes of points outside the box of the training runs: refuse, or nan for no answer."
    ),
]
Help = Annotated[
    bool, Parameter(name=["--help", "-h"], negative=(), help="Display this message, and MODEL's parameters.")
]
Values = Annotated[
    str,
    Parameter(help="A parameter of the emulator such as --scale-radius 1.2pc; --help lists those of MODEL."),
]


def predict(
    model: models.Model = models.DEFAULT_MODEL,
    *,
    table: Table = None,
    out: Out = None,
    level: Level = 0.9,
    outside: Outside = "refuse",
    json: AsJson = False,
    help: Help = False,
    **values: Values,
) -> int:
    """Say what may become of a new cluster: medians, intervals, and the probability that it survives."""
    if help:
        return _help(model)
    if not 0.0 < level < 1.0:
        remedy = f"write {level / 100:g}" if 1.0 < level < 100.0 else "write 0.9 for 90 %"
        refuse("--level", f"{level:g} is no probability between 0 and 1", remedy)
    if out is not None:
        check_ending("--out", out, (".csv", ".nc"))
    emulator = models.load(model)
    points = _points(emulator, table, values)
    prediction = emulator.predict(points, outside=outside)
    telling = Telling(json)
    columns = {name: np.atleast_1d(column) for name, column in points.items()}
    columns |= columns_of(prediction, level)
    if out is not None and out.suffix == ".nc":
        write_netcdf(out, emulator, columns, level)
    elif out is not None:
        write_columns(out, columns)
    elif table is not None and not json:
        write_columns(None, columns)
    if out is not None:
        telling.say(f"{len(next(iter(columns.values())))} predictions in {out}")
    elif table is None:
        for line in lines_of(prediction, level):
            telling.say(line)
    units = {each.name: each.unit for each in emulator.parameters}
    units |= {each.name: each.unit for each in emulator.outputs}
    return telling.end(model=model, level=level, units=units, out=out and str(out), columns=columns)


def _points(
    emulator: "Emulator", table: Path | None, values: Mapping[str, str]
) -> dict[str, float] | dict[str, np.ndarray]:
    """Values of every parameter by name, in its unit."""
    units = {parameter.name: parameter.unit for parameter in emulator.parameters}
    if table is not None:
        if values:
            refuse("--in", f"--{next(iter(values))} is given beside it", "give a table or one point")
        check_there("--in", table)
        return read_columns(table, units)
    options = {_option(name): name for name in units}
    typed = {}
    for key, text in values.items():
        name = options.get(_option(key))
        if name is None:
            known = [*options, *(f"--{own}" for own in OWN_OPTIONS)]
            refuse(f"--{key}", "no option, and no parameter of this emulator", suggestion(f"--{key}", known))
        typed[name] = number(f"--{key}", text, units[name])
    for parameter in emulator.parameters:
        if parameter.name not in typed:
            refuse(_option(parameter.name), "missing", f"give it, {_range(parameter)}")
    return typed


def _option(name: str) -> str:
    return f"--{name.replace('_', '-').lower()}"


def _range(parameter: "Quantity") -> str:
    """The box of a parameter, with its unit."""
    from nbody_emulator.emulators.descriptions import box_of

    return box_of(parameter)


def _help(model: str) -> int:
    from nbody_emulator.cli.app import app

    app.help_print(["predict"])
    try:
        emulator = models.load(model)
    except (ValueError, OSError) as error:
        print(f"Parameters cannot be listed: {error}")
        return 0
    print(f"Parameters of {model} (it gives {', '.join(output.name for output in emulator.outputs)}):")
    width = max(len(_option(each.name)) for each in emulator.parameters)
    for each in emulator.parameters:
        print(f"  {_option(each.name):<{width}}  {_range(each)}")
    return 0
