"""A run of `integrate` as NetCDF, and back to the bit: its states, its audit, and what it was asked."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nbody_emulator.arrays import real_numbers
from nbody_emulator.extras import extra
from nbody_emulator.settings.error import refuse
from nbody_emulator.simulation.mergers import Events, Merged, Mergers
from nbody_emulator.simulation.run import Trajectory
from nbody_emulator.simulation.tide import ISOLATED, Tide
from nbody_emulator.simulation.work import Work
from nbody_emulator.storage import netcdf

with extra("simulation"):
    import xarray as xr

STATES = {
    "mass": (("star",), "Msun", "mass of a star at the start; 0 is a tracer"),
    "position": (("time", "star", "axis"), "pc", "position in the frame that rotates with the orbit"),
    "velocity": (
        ("time", "star", "axis"),
        "pc Myr-1",
        "velocity in the inertial frame, along the rotating axes",
    ),
    "energy": (("time",), "Msun pc2 Myr-2", "Jacobi energy"),
    "energy_error": ((), "1", "largest change of the Jacobi energy over K + |W| at the start"),
    "step": ((), "Myr", "mean length of a star's step"),
    "finished": ((), "1", "1 if the last time was reached, 0 if the run was given up"),
    "softening": ((), "pc", "Plummer softening length"),
    "angular_speed": ((), "Myr-1", "angular speed of the circular orbit"),
    "radial_tide": ((), "1", "radial tidal acceleration over angular_speed^2 x"),
}
WORK = {name: ((), "1", f"work of the run: {name.replace('_', ' ')}") for name in Work._fields}
MERGED = {
    "masses": (("time", "star"), "Msun", "mass of a star; 0 from when another took it up"),
    "counts": (("time",), "1", "number of mergers so far"),
}
EVENTS = {
    "times": (("event",), "Myr", "time of a merger"),
    "positions": (("event", "axis"), "pc", "position of the merged body, in the rotating frame"),
    "survivors": (("event",), "1", "star that took the other up; -1 where there was no merger"),
    "absorbed": (("event",), "1", "star that was taken up; -1 where there was no merger"),
    "survivor_masses": (("event",), "Msun", "mass of the star that took the other up, before"),
    "absorbed_masses": (("event",), "Msun", "mass of the star that was taken up"),
    "energies": (("event",), "Msun pc2 Myr-2", "energy given up"),
}
PREFIX = "merger_"
"""Before the names of what tells of mergers."""


class StoredRun(NamedTuple):
    """A run and what it was asked, in the words of `integrate`.

    Attributes:
        trajectory: to the bit.
        masses: (N,) [Msun] at the start.
        times: (T,) [Myr].
        softening: [pc].
        tide: of the galaxy.
        mergers: when bodies became one; None if they never did.
        settings: `integrator` and its own settings.
    """

    trajectory: Trajectory
    masses: np.ndarray
    times: np.ndarray
    softening: float
    tide: Tide
    mergers: Mergers | None
    settings: dict[str, Any]


def write_trajectory(
    path: str | Path,
    trajectory: Trajectory,
    masses: Any,
    times: Any,
    *,
    softening: float,
    tide: Tide = ISOLATED,
    mergers: Mergers | None = None,
    **settings: Any,
) -> None:
    """Write a run of `integrate`, whole or not at all.

    Args:
        path: of the NetCDF file.
        trajectory: what `integrate` gave, of one run.
        masses: (N,) [Msun], as all that follow: what it was given.
        times: (T,) [Myr].
        softening: [pc].
        tide: of the galaxy.
        mergers: when bodies become one.
        settings: `integrator` and its own settings.

    Raises:
        TypeError: no plain numbers, something masked, or a unit of another dimension.
        ValueError: shapes that do not agree, or a batch of runs.
    """
    masses, times = real_numbers("masses", masses, "Msun"), real_numbers("times", times, "Myr")
    _check_shape(trajectory, masses, times)
    asked = {
        "mass": masses,
        "softening": real_numbers("softening", softening, "pc"),
        "angular_speed": np.asarray(tide.angular_speed, float),
        "radial_tide": np.asarray(tide.radial, float),
    }
    attributes = {
        "title": "Direct N-body simulation of a star cluster",
        "settings": json.dumps(settings, sort_keys=True, default=float),
    }
    if mergers is not None:
        attributes["mergers"] = json.dumps(mergers._asdict(), default=float)
    axis_name = {"long_name": "axis: away from the galaxy, along the orbit, up"}
    coordinates = {
        "time": xr.Variable("time", times, {"units": "Myr", "long_name": "time"}),
        "axis": xr.Variable("axis", ["x", "y", "z"], axis_name),
    }
    variables = _variables(STATES, asked | _found(trajectory)) | _variables(WORK, trajectory.work._asdict())
    netcdf.write(xr.Dataset(variables | _merged(trajectory.merged), coordinates, attributes), path)


def _check_shape(trajectory: Trajectory, masses: np.ndarray, times: np.ndarray) -> None:
    """The states are of one run, and of these stars and times."""
    shape, found = (*times.shape, *masses.shape, 3), np.shape(trajectory.positions)
    if len(shape) != 3 or found != shape:
        problem = f"positions {found} beside masses {masses.shape} and times {times.shape}"
        remedy = "give one run, with the masses (N,) and times (T,) it was integrated with"
        refuse("trajectory", problem, remedy)


def _found(trajectory: Trajectory) -> dict[str, Any]:
    """What the run gave, by the names of `STATES`."""
    return {
        "position": trajectory.positions,
        "velocity": trajectory.velocities,
        "energy": trajectory.energies,
        "energy_error": trajectory.energy_error,
        "step": trajectory.step,
        "finished": np.int8(trajectory.finished),
    }


def _merged(merged: Merged | None) -> dict[str, Any]:
    """What it tells of mergers; nothing where bodies never merge."""
    if merged is None:
        return {}
    told = _variables(MERGED, merged._asdict()) | _variables(EVENTS, merged.events._asdict())
    return {f"{PREFIX}{name}": each for name, each in told.items()}


def read_trajectory(path: str | Path) -> StoredRun:
    """The run that `write_trajectory` wrote, to the bit.

    Raises:
        ConfigurationError: it is no such file; one line with the remedy.
    """
    try:
        dataset = netcdf.read(path)
    except OSError:
        refuse(f"{path}", "no NetCDF file that can be read", "name one that write_trajectory wrote")
    missing = [name for name in (*STATES, *WORK) if name not in dataset]
    if missing or "settings" not in dataset.attrs:
        problem = f"holds no run of integrate: it has no {[*missing, 'settings'][0]!r}"
        refuse(f"{path}", problem, "name a file that write_trajectory wrote")
    values = {str(name): each.values for name, each in dataset.data_vars.items()}
    merged = None
    if f"{PREFIX}masses" in values:
        events = Events(*(values[f"{PREFIX}{name}"] for name in Events._fields))
        merged = Merged(values[f"{PREFIX}masses"], values[f"{PREFIX}counts"], events)
    trajectory = Trajectory(
        positions=values["position"],
        velocities=values["velocity"],
        energies=values["energy"],
        energy_error=values["energy_error"],
        step=values["step"],
        work=Work._make(values[name] for name in Work._fields),
        finished=values["finished"].astype(bool),
        merged=merged,
    )
    asked = dataset.attrs.get("mergers")
    return StoredRun(
        trajectory=trajectory,
        masses=values["mass"],
        times=dataset["time"].values,
        softening=float(values["softening"]),
        tide=Tide(float(values["angular_speed"]), float(values["radial_tide"])),
        mergers=None if asked is None else Mergers(**json.loads(asked)),
        settings=json.loads(dataset.attrs["settings"]),
    )


def _variables(told: Mapping[str, tuple], values: Mapping[str, Any]) -> dict[str, tuple]:
    return {
        name: (dimensions, np.asarray(values[name]), {"units": unit, "long_name": meaning})
        for name, (dimensions, unit, meaning) in told.items()
    }
