"""NetCDF at the doors of the stages: whole files only, every variable with units and a name."""

from collections.abc import Callable, Hashable, Iterable
from pathlib import Path

from nbody_emulator.extras import extra
from nbody_emulator.storage.files import replacing
from nbody_emulator.units import udunits

with extra("simulation"):
    import netCDF4
    import xarray as xr

CONVENTIONS = "CF-1.11"

OUR_UNITS = "astropy_units"
"""Attribute of the units as Astropy reads them, where UDUNITS has other words."""

UNITS_BY = "units_by"
"""Attribute that stands for `units` where every column has its own: the name of the coordinate that holds them."""

CHUNK = 1024
"""Rows of a dataset written in parts that are stored, compressed, in one piece."""


def write(dataset: xr.Dataset, path: str | Path) -> None:
    """Check and write `dataset` to `path` atomically, numbers compressed.

    Raises:
        ValueError: a variable lacks `units` (numbers) or `long_name`; the message names each.
    """
    with replacing(path) as temporary:
        _create(dataset, temporary)
        _check_readable(temporary, dict(dataset.sizes))


def write_parts(parts: Iterable[xr.Dataset], dimension: str, path: str | Path) -> None:
    """Check and write a dataset atomically that comes in parts along `dimension`, one at a time in memory.

    The parts differ in nothing but their rows: attributes, and variables without `dimension`, are written from
    the first. In the others `dimension` comes first. Errors as for `write`.
    """
    parts = iter(parts)
    first = next(parts)
    with replacing(path) as temporary:
        _create(first, temporary, growing=dimension)
        rows = first.sizes[dimension]
        for part in parts:
            _append(part, dimension, temporary)
            rows += part.sizes[dimension]
        _check_readable(temporary, {**first.sizes, dimension: rows})


def read(path: str | Path) -> xr.Dataset:
    """The dataset at `path`, whole in memory, the file closed again; `units` are those that were given to `write`."""
    with xr.open_dataset(path, engine="netcdf4", decode_times=False) as dataset:
        return _with_units(dataset.load(), _in_our_words)


def _create(dataset: xr.Dataset, path: Path, growing: str | None = None) -> None:
    _check_attributes(dataset)
    dataset = _with_units(dataset, _in_words_of_udunits).assign_attrs(Conventions=CONVENTIONS)
    encoding = {name: _encoding(variable, growing) for name, variable in dataset.variables.items()}
    # A coordinate has no missing values, nor, in CF, a number that stands for them.
    encoding |= {name: encoding[name] | {"_FillValue": None} for name in dataset.coords}
    unlimited = [growing] if growing else []
    dataset.to_netcdf(path, engine="netcdf4", format="NETCDF4", encoding=encoding, unlimited_dims=unlimited)


def _append(part: xr.Dataset, dimension: str, path: Path) -> None:
    # Opened anew for every part: the library's own buffers, some MB a variable, go with each closing.
    with netCDF4.Dataset(path, "a") as file:
        start = file.dimensions[dimension].size
        for name, variable in part.variables.items():
            if dimension in variable.dims:
                kept_as = file[str(name)].dtype
                values = variable.values.astype(object if kept_as is str else kept_as)
                file[str(name)][start : start + len(values)] = values


def _with_units(dataset: xr.Dataset, written: Callable[[dict], dict]) -> xr.Dataset:
    dataset = dataset.copy()
    for variable in dataset.variables.values():
        variable.attrs = written(dict(variable.attrs))
    return dataset


def _in_words_of_udunits(attributes: dict) -> dict:
    """CF wants `units` that UDUNITS knows; as they are written here, and in Astropy, they stand beside them."""
    known = udunits(str(attributes.get("units", "")))
    if known == attributes.get("units", ""):
        return attributes
    return attributes | {"units": known, OUR_UNITS: attributes["units"]}


def _in_our_words(attributes: dict) -> dict:
    ours = attributes.pop(OUR_UNITS, None)
    return attributes | ({"units": ours} if ours else {})


def _check_attributes(dataset: xr.Dataset) -> None:
    for variable_name, variable in dataset.variables.items():
        required = {"long_name": {"long_name"}}
        if variable.dtype.kind in "fiu":
            required |= {"units": {"units", UNITS_BY}}
        missing = [name for name, attributes in required.items() if not attributes & variable.attrs.keys()]
        if missing:
            raise ValueError(f"variable {variable_name!r} has no {' and no '.join(missing)}")


def _encoding(variable: xr.Variable, growing: str | None) -> dict:
    compressed = variable.dtype.kind in "fiub" and variable.ndim > 0
    compression = {"zlib": True, "complevel": 4, "shuffle": True} if compressed else {}
    if growing in variable.dims:
        return compression | {"chunksizes": (CHUNK, *variable.shape[1:])}
    return compression


def _check_readable(path: Path, sizes: dict[Hashable, int]) -> None:
    # Not by xarray, which reads every text on opening.
    with netCDF4.Dataset(path) as written:
        found = {name: len(dimension) for name, dimension in written.dimensions.items()}
    if found != sizes:
        raise OSError(f"{path} was not written whole: sizes {found}")
