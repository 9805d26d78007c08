"""NetCDF at the doors of the stages: whole files only, every variable with units and a name."""

from pathlib import Path

import xarray as xr

from nbody_emulator.files import replacing

CONVENTIONS = "CF-1.11"


def write(dataset: xr.Dataset, path: str | Path) -> None:
    """Check and write `dataset` to `path` atomically, numbers compressed.

    Raises:
        ValueError: a variable lacks `units` (numbers) or `long_name`; the message names each.
    """
    _check_attributes(dataset)
    dataset = dataset.assign_attrs(Conventions=CONVENTIONS)
    encoding = {name: _encoding(variable) for name, variable in dataset.variables.items()}
    with replacing(path) as temporary:
        dataset.to_netcdf(temporary, engine="netcdf4", format="NETCDF4", encoding=encoding)
        _check_readable(temporary, dataset)


def read(path: str | Path) -> xr.Dataset:
    """The dataset at `path`, whole in memory, the file closed again."""
    with xr.open_dataset(path, engine="netcdf4", decode_times=False) as dataset:
        return dataset.load()


def _check_attributes(dataset: xr.Dataset) -> None:
    for name, variable in dataset.variables.items():
        required = ("long_name", "units") if variable.dtype.kind in "fiu" else ("long_name",)
        missing = [key for key in required if key not in variable.attrs]
        if missing:
            raise ValueError(f"variable {name!r} has no {' and no '.join(missing)}")


def _encoding(variable: xr.Variable) -> dict:
    if variable.dtype.kind not in "fiub" or variable.ndim == 0:
        return {}
    return {"zlib": True, "complevel": 4, "shuffle": True}


def _check_readable(path: Path, dataset: xr.Dataset) -> None:
    with xr.open_dataset(path, engine="netcdf4", decode_times=False) as written:
        if dict(written.sizes) != dict(dataset.sizes):
            raise OSError(f"{path} was not written whole: sizes {dict(written.sizes)}")
