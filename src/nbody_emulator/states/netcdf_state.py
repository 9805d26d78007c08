"""One state as NetCDF of our own: every bit of it, with units and names."""

from pathlib import Path

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.settings.error import refuse
from nbody_emulator.states.format import AbstractFormat, Units, check_no_units
from nbody_emulator.states.state import LENGTH, MASS, VELOCITY, State
from nbody_emulator.storage.netcdf import read, write

with extra("simulation"):
    import xarray as xr

VARIABLES = {
    "mass": (("star",), MASS, "mass of a star"),
    "position": (("star", "axis"), LENGTH, "position"),
    "velocity": (("star", "axis"), VELOCITY, "velocity in the inertial frame"),
}
AXES = ("x", "y", "z")


class NetcdfState(AbstractFormat):
    """The variables mass (star), position and velocity (star, axis)."""

    def read(self, path: Path, units: Units) -> State:
        check_no_units(path, units)
        dataset = read(path)
        found = []
        for name, (dimensions, unit, _) in VARIABLES.items():
            if name not in dataset or set(dataset[name].dims) != set(dimensions):
                problem = f"holds no variable {name} ({', '.join(dimensions)})"
                refuse(f"{path}", problem, "take one run and one time, and write them with write_stars")
            held = dataset[name].attrs.get("units")
            if held != unit:
                refuse(f"{path}", f"{name} is in {held!r}", f"convert it to {unit}, and say so in its units")
            found.append(_in_order(path, dataset[name].transpose(*dimensions)))
        return State(*found)

    def write(self, path: Path, state: State, units: Units) -> None:
        check_no_units(path, units)
        variables = {
            name: (dimensions, values, {"units": unit, "long_name": meaning})
            for values, (name, (dimensions, unit, meaning)) in zip(state, VARIABLES.items(), strict=True)
        }
        axis = xr.Variable("axis", list(AXES), {"long_name": "axis"})
        title = {"title": "Stars of a cluster at one time"}
        write(xr.Dataset(variables, coords={"axis": axis}, attrs=title), path)


def _in_order(path: Path, values: xr.DataArray) -> np.ndarray:
    """Its numbers, the axes as x, y and z, whatever order they are labelled in."""
    if "axis" not in values.dims:
        return values.values.astype(float)
    if values.sizes["axis"] != len(AXES):
        refuse(f"{path}", f"{values.name} has {values.sizes['axis']} axes", "write x, y and z")
    if "axis" in values.coords:
        labels = values["axis"].values.astype(str).tolist()
        if sorted(labels) != list(AXES):
            refuse(f"{path}", f"the axes of {values.name} are {', '.join(labels)}", "label them x, y and z")
        values = values.sel(axis=list(AXES))
    return values.values.astype(float)
