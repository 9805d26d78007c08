"""Rows an emulator can be fitted to or scored on, read from the summaries of many blocks.

`gather` puts the summaries of many blocks into one dataset, a few blocks at a time, adds where every run comes
from, and reads the outputs off it; `read_table` is the same rows as plain arrays. Nothing is dropped: a run that
failed its audit stays as a row with missing targets, and so does one whose cluster has dissolved, and an output that
does not exist.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.quantities.coordinates import (
    covariates_in,
    output_coordinates,
    outputs_in,
    parameters_in,
)
from nbody_emulator.quantities.quantity import SNAPSHOT_TOLERANCE, Covariate, Output, Parameter
from nbody_emulator.quantities.run_status import USABLE
from nbody_emulator.settings.rows import Reading, Source
from nbody_emulator.storage import netcdf
from nbody_emulator.units import conversion

with extra("simulation"):
    import xarray as xr

BLOCKS_AT_ONCE = 32
"""Blocks in memory at once; what is gathered does not depend on it."""


@dataclass(frozen=True, eq=False)
class Table:
    """n runs with d free parameters and q outputs; missing numbers are NaN.

    Attributes:
        parameters: the free parameters, sorted by name.
        outputs: the outputs, sorted by name.
        inputs: (n, d) parameters in their own units.
        values: (n, q) outputs in the experiment's units, of unusable runs too.
        targets: (n, q) transformed outputs; NaN where an output does not exist or the run is unusable.
        groups: (n,) "stream/block/point": rows of one group share their parameters, and no split parts them.
        blocks: (n,) index of the block in its set.
        replicates: (n,) index of the run at its design point.
        role: (n,) what the run's set is for.
        usable: (n,) whether the run passed its audit.
        energy_error: (n,) largest relative error of the Jacobi energy.
        covariates: what is seen of a run before it begins, beside its parameters; by default nothing.
        seen: (n, k) these; empty where nothing is seen.
    """

    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...]
    inputs: np.ndarray
    values: np.ndarray
    targets: np.ndarray
    groups: np.ndarray
    blocks: np.ndarray
    replicates: np.ndarray
    role: np.ndarray
    usable: np.ndarray
    energy_error: np.ndarray
    covariates: tuple[Covariate, ...] = ()
    seen: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))

    def __len__(self) -> int:
        return len(self.groups)

    @property
    def columns(self) -> tuple[Parameter, ...]:
        """All that a model is given of a run, in the order of `given`."""
        return (*self.parameters, *self.covariates)

    @property
    def given(self) -> np.ndarray:
        """(n, d + k) the parameters, and what is seen."""
        return np.concatenate([self.inputs, self.seen], axis=1) if self.covariates else self.inputs

    def select(self, rows: np.ndarray) -> "Table":
        """The table of these rows only, by mask (n,) or by index."""
        chosen = {name: getattr(self, name)[rows] for name in _columns()}
        return replace(self, seen=self.seen[rows] if self.covariates else self.seen, **chosen)


def _columns() -> list[str]:
    named = ("parameters", "outputs", "covariates", "seen")
    return [field.name for field in fields(Table) if field.name not in named]


def read_table(paths: Sequence[str | Path], reading: Reading) -> Table:
    """The runs in the summaries at `paths` as a table; arguments, row order and errors as for `gather`."""
    parts = [_table(part) for part in gather(paths, reading)]
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in _columns()
    }
    return replace(parts[0], **columns)


def gather(paths: Sequence[str | Path], reading: Reading) -> Iterator[xr.Dataset]:
    """All runs of the summaries at `paths`, one file after the other, with their outputs and origin, in parts.

    Args:
        paths: summary files, one a block.
        reading: the source of each path, and the outputs to be read off.

    Yields:
        The summaries' variables over the runs of a few blocks, with `set`, `role`, `block`, `group`, `perturbation`
        (0 where stars are as drawn) and `usable` (run); `output_values` and `target` (run, output), in the
        experiment's units and transformed.

    Raises:
        ValueError: a path that is not the block or of the stream its source says, or summaries that do not fit.
        KeyError: an output whose statistic the summaries lack, or whose time is none of the snapshots'.
    """
    sources = list(zip(paths, reading.sources, strict=True))
    first = None
    for start in range(0, len(sources), BLOCKS_AT_ONCE):
        part = _gathered(sources[start : start + BLOCKS_AT_ONCE], reading)
        first = part if first is None else first
        _check_fits(part, first, f"from {sources[start][0]} on")
        yield part


def read_given(summaries: Sequence[str | Path], reading: Reading, views: Sequence[str | Path] = ()) -> Table:
    """As `read_table`, with what is seen of the runs in `views`, a file a block in the same order, if anything is."""
    table = read_table(summaries, reading)
    return table if reading.given is None else with_seen(table, [netcdf.read(path) for path in views])


def with_seen(table: Table, views: Sequence[xr.Dataset]) -> Table:
    """The table with what is seen of its runs.

    Args:
        views: of every block, in the order of the table's rows: `seen` (run, covariate), `point` and `replicate`.

    Raises:
        ValueError: views that do not show the same, are not of these runs, or show nothing of a usable run.
    """
    covariates = covariates_in(views[0])
    if any(covariates_in(each) != covariates for each in views):
        raise ValueError("views do not fit together: those of some blocks show something else")
    seen = np.concatenate([each["seen"].transpose("run", "covariate").values for each in views])
    places = [place for each in views for place in _places(each)]
    if places != list(zip(table.groups.tolist(), table.replicates.tolist(), strict=True)):
        raise ValueError("what is seen is not of the runs whose summaries are read beside it")
    lost = table.usable & ~np.isfinite(seen).all(axis=1)
    if lost.any():
        raise ValueError(f"run {table.groups[lost][0]} is usable, and yet nothing is seen of its stars")
    return replace(table, covariates=covariates, seen=seen)


def _places(view: xr.Dataset) -> list[tuple[str, int]]:
    block = f"{view.attrs['stream']}/{view.attrs['block']}"
    rows = zip(view["point"].values, view["replicate"].values, strict=True)
    return [(f"{block}/{int(point)}", int(replicate)) for point, replicate in rows]


def parameter_columns(parameters: Sequence[Parameter]) -> tuple[str, ...]:
    """Column names of a tidy table for these parameters."""
    return tuple(column_name(parameter.name, parameter.unit) for parameter in parameters)


def column_name(name: str, unit: str) -> str:
    """A column's name with its unit, as in `scale_radius [pc]`; dimensionless ones keep the bare name."""
    return name if unit == "1" else f"{name} [{unit}]"


def _gathered(sources: Sequence[tuple[str | Path, Source]], reading: Reading) -> xr.Dataset:
    blocks = [_place_runs(netcdf.read(path), source, path) for path, source in sources]
    fewest_stars = {name: blocks[0].attrs[name] for name in ("fewest_stars",) if name in blocks[0].attrs}
    runs = xr.concat(blocks, "run", data_vars="minimal", coords="minimal", compat="equals", join="exact")
    runs = runs.drop_attrs(deep=False).assign_attrs(
        title="All runs of the unsealed sets, with their outputs", **fewest_stars
    )
    return runs.assign(_output_variables(runs, reading))


def _check_fits(part: xr.Dataset, first: xr.Dataset, where: str) -> None:
    shared = part.drop_dims("run").equals(first.drop_dims("run"))
    if not shared or part.variables.keys() != first.variables.keys():
        raise ValueError(f"summaries do not fit together: those {where} have other variables or times")


def _place_runs(summary: xr.Dataset, source: Source, path: str | Path) -> xr.Dataset:
    """The summary with the origin of every run; groups follow the stream, roles the set."""
    stream, block = summary.attrs["stream"], int(summary.attrs["block"])
    if block != source.block:
        raise ValueError(f"{path} holds block {block}, not block {source.block} of set {source.set!r}")
    if stream != source.stream:
        raise ValueError(
            f"{path} holds runs of the stream {stream!r}, not of {source.stream!r}, which is that of the set "
            f"{source.set!r}; put the right file there, or delete it to have it made again"
        )
    groups = np.array([f"{stream}/{block}/{int(point)}" for point in summary["point"].values])
    columns = {
        "set": (source.set, "set of runs"),
        "role": (source.role, "what the set of runs is for"),
        "block": (block, "index of the block in its set"),
        "group": (groups, "design point: stream, block and index in the block"),
        "perturbation": (
            summary.get("perturbation", 0),
            "number of the move of the run's stars by the last bit; 0 as drawn",
        ),
        "usable": (
            np.isin(summary["status"].values, USABLE),
            "whether the run passed its audit",
        ),
    }
    return summary.assign({name: _column(summary, *column) for name, column in columns.items()})


def _column(summary: xr.Dataset, values, long_name: str) -> xr.Variable:
    values = np.broadcast_to(values, summary.sizes["run"])
    units = {"units": "1"} if values.dtype.kind in "iu" else {}
    return xr.Variable("run", values, {"long_name": long_name, **units})


def _output_variables(runs: xr.Dataset, reading: Reading) -> dict[str, xr.DataArray]:
    outputs = _outputs(runs, reading)
    values = np.stack([_values(runs, output, reading) for output in outputs], axis=-1)
    targets = np.stack([output.forward(values[:, index]) for index, output in enumerate(outputs)], axis=-1)
    targets = np.where(runs["usable"].values[:, None], targets, np.nan)
    coords = output_coordinates(outputs)
    attributes = {
        "output_values": {"long_name": "outputs in the experiment's units", "units_by": "output_units"},
        "target": {"long_name": "transformed outputs of usable runs", "units": "1"},
    }
    arrays = {"output_values": values, "target": targets}
    return {
        name: xr.DataArray(array, dims=("run", "output"), coords=coords, attrs=attributes[name])
        for name, array in arrays.items()
    }


def _outputs(runs: xr.Dataset, reading: Reading) -> tuple[Output, ...]:
    """The configured outputs, sorted by name.

    The logit's resolution is 1 / N, one star of average mass: it must not depend on the data, or two tables
    of one experiment would transform differently. Where N varies, it is that of the smallest cluster: with a
    finer one, a small cluster that loses its last star would jump to far below all large ones.
    """
    outputs = []
    for name, entry in sorted(reading.outputs.items()):
        statistic = entry.statistic
        if statistic not in runs or runs[statistic].dims != ("run", "time"):
            raise KeyError(f"output {name!r}: the summaries hold no {statistic!r} over run and time alone")
        unit, _ = _unit(runs[statistic], reading)
        step = 1.0 / runs.attrs["fewest_stars"] if entry.resolution is None else entry.resolution
        outputs.append(Output(name, statistic, entry.time, unit, entry.transform, step))
    return tuple(outputs)


def _values(runs: xr.Dataset, output: Output, reading: Reading) -> np.ndarray:
    """Values (n,) of an output at its time, in the experiment's units; NaN where the cluster has dissolved."""
    times = runs["time"].values
    nearest = int(np.argmin(np.abs(times - output.time)))
    if abs(times[nearest] - output.time) > SNAPSHOT_TOLERANCE:
        raise KeyError(
            f"output {output.name!r}: no snapshot at {output.time} of the duration, but at {times}"
        )
    _, factor = _unit(runs[output.statistic], reading)
    values = factor * runs[output.statistic].values[:, nearest]
    if reading.survival is None:
        return values
    survived = runs["bound_stars"].values[:, nearest] >= reading.survival.bound_stars
    return np.where(survived, values, np.nan)


def _unit(statistic: xr.DataArray, reading: Reading) -> tuple[str, float]:
    """The unit of an output, and the factor that takes the statistic there."""
    held = statistic.attrs["units"]
    return (held, 1.0) if reading.units is None else conversion(held, reading.units)


def _table(runs: xr.Dataset) -> Table:
    parameters = parameters_in(runs)
    names = [parameter.name for parameter in parameters]
    outputs = outputs_in(runs)
    values = runs["output_values"].values
    # A length or speed of zero is one that does not exist.
    absent = (values == 0.0) & np.array([output.transform == "log" for output in outputs])
    return Table(
        parameters=parameters,
        outputs=outputs,
        inputs=runs["parameter_values"].sel(parameter=names).transpose("run", "parameter").values,
        values=np.where(absent, np.nan, values),
        targets=runs["target"].values,
        groups=runs["group"].values.astype(str),
        blocks=runs["block"].values.astype(int),
        replicates=runs["replicate"].values.astype(int),
        role=runs["role"].values.astype(str),
        usable=runs["usable"].values.astype(bool),
        energy_error=runs.get("energy_error", xr.zeros_like(runs["replicate"])).values.astype(float),
    )
