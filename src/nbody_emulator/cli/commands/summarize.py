"""`nbody-emulator summarize`: the registered statistics of states in a file."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from nbody_emulator.cli.snapshots import snapshot_in, table_of
from nbody_emulator.cli.tables import check_ending, check_there
from nbody_emulator.cli.telling import AsJson, Telling
from nbody_emulator.settings.error import refuse, suggestion

if TYPE_CHECKING:
    import xarray as xr

States = Annotated[
    Path,
    Parameter(
        help="NetCDF of `simulate` or of an experiment's block of runs, or CSV with the columns m, x, y, z, vx, vy, "
        "vz: a star a row."
    ),
]
UnitOf = Annotated[
    str | None, Parameter(help="Unit of a CSV file's column, if none is in brackets behind its name.")
]


def summarize(
    file: States,
    *,
    statistics: Annotated[
        list[str] | None, Parameter(consume_multiple=True, negative=(), help="Some of them; by default all.")
    ] = None,
    mass_unit: UnitOf = None,
    length_unit: UnitOf = None,
    velocity_unit: UnitOf = None,
    softening: Annotated[
        str | None, Parameter(help="Of the force in a CSV file's cluster, in pc; 0 unless it is given.")
    ] = None,
    run: Annotated[int, Parameter(help="Which of the runs in a NetCDF file is printed, from 0 on.")] = 0,
    out: Annotated[
        Path | None, Parameter(help="A NetCDF file (.nc) for the statistics of all runs in a NetCDF file.")
    ] = None,
    json: AsJson = False,
) -> int:
    """Measure a cluster: bound fraction, radii, velocity dispersion and what else is registered."""
    from nbody_emulator.summaries.register import STATISTICS

    for name in statistics or ():
        if name not in STATISTICS.names:
            refuse("--statistics", f"there is no {name!r}", suggestion(name, STATISTICS.names))
    names = statistics or STATISTICS.names
    check_there("file", file)
    units = {"--mass-unit": mass_unit, "--length-unit": length_unit, "--velocity-unit": velocity_unit}
    if file.suffix == ".csv":
        if out is not None:
            refuse("--out", "a CSV file holds one state, which is printed", "leave it out, or take --json")
        rows = list(table_of(snapshot_in(file, units, softening), names))
        ages = None
    else:
        for option, typed in {**units, "--softening": softening}.items():
            if typed is not None:
                refuse(option, f"{file} says so itself", "leave it out")
        if out is not None:
            check_ending("--out", out, (".nc",))
        summary = _summary(file, names, out)
        if not 0 <= run < summary.sizes["run"]:
            refuse("--run", f"there is no run {run}", f"write 0 to {summary.sizes['run'] - 1}")
        one = summary.isel(run=run)
        rows, ages = list(_rows(one)), one["age"].values.tolist()
    telling = Telling(json)
    if ages is not None:
        telling.say(f"age [Myr]: {_numbers(ages)}")
    for name, unit, values in rows:
        telling.say(f"{name}{f' [{unit}]' if unit != '1' else ''}: {_numbers(values)}")
    told = {name: {"unit": unit, "values": values} for name, unit, values in rows}
    return telling.end(file=str(file), age=ages, statistics=told)


def _summary(file: Path, names: Sequence[str], out: Path | None) -> "xr.Dataset":
    from nbody_emulator.settings.rows import SummarySettings
    from nbody_emulator.storage.netcdf import read, write
    from nbody_emulator.summaries.block import summarize as summary_of

    try:
        states = read(file)
        summary = summary_of(states, SummarySettings(statistics=tuple(names)))
    except OSError:
        refuse(f"{file}", "no NetCDF file that can be read", "name one that `simulate` wrote, or a .csv file")
    except KeyError as error:
        remedy = "name a file that `simulate` wrote, or a block of runs in results/store/simulations"
        refuse(f"{file}", f"holds no states of clusters: it has no {error.args[0]!r}", remedy)
    if out is not None:
        write(summary, out)
    return summary


def _rows(summary: "xr.Dataset") -> Iterator[tuple[str, str, list[float]]]:
    """Name, unit and values over time; of what has an axis of its own a row for each of its places."""
    measured = {
        name: each for name, each in summary.data_vars.items() if "time" in each.dims and name != "age"
    }
    for name, variable in measured.items():
        unit = str(variable.attrs["units"])
        (axis,) = [each for each in variable.dims if each != "time"] or [None]
        if axis is None:
            yield str(name), unit, variable.values.tolist()
        else:
            for place in summary[axis].values:
                yield f"{name} ({axis} {place:g})", unit, variable.sel({axis: place}).values.tolist()


def _numbers(values: Sequence[float]) -> str:
    return "  ".join(f"{value:.4g}" for value in values)
