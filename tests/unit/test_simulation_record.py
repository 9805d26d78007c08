"""What a block's dataset holds, in which units, and that it survives its file."""

import numpy as np
import pytest
import xarray as xr

from nbody_emulator.settings.block import Simulation
from nbody_emulator.simulation import simulate_block
from nbody_emulator.storage import netcdf
from nbody_emulator.units import GRAVITATIONAL_CONSTANT, LENGTH_IN_PC

SPECIFICATION = {
    "cluster": {
        "stars": 5,
        "profile": "plummer",
        "masses": {"function": "equal", "mass": 2.0},
        "softening": {"length": 0.1},
        "tide": {"galaxy": "flat_curve", "rotation_speed": 220.0},
    },
    "duration": {"time": 1.0},
    "snapshots": 4,
    "units": {"length": "pc", "time": "Myr"},
    "integration": {
        "integrator": "leapfrog",
        "step": 0.01,
        "energy_tolerance": 1e-3,
        "halvings": 1,
        "unusable_above": 1e-2,
        "batch_width": 1,
    },
    "seed": 1,
    "stream": "train",
    "block": 3,
}


def _design(**parameters: float) -> xr.Dataset:
    number = {"units": "1", "long_name": "number"}
    names = sorted(parameters)
    values = np.array([[parameters[name] for name in names]] * 2)
    return xr.Dataset(
        {
            "parameter_values": (("run", "parameter"), values, number),
            "point": ("run", [7, 7], number),
            "replicate": ("run", [0, 1], number),
            "seed": ("run", ["ab", "cd"], {"long_name": "stream of the run"}),
        },
        coords={
            "parameter": ("parameter", names, {"long_name": "parameter"}),
            "parameter_units": ("parameter", ["1"] * len(names), {"long_name": "unit of the parameter"}),
        },
    )


@pytest.fixture(scope="module")
def runs() -> xr.Dataset:
    design = _design(scale_radius=1.0, virial_ratio=0.7, galactocentric_radius=2.0)
    return simulate_block(design, Simulation(**SPECIFICATION))


def test_the_dataset_has_its_dimensions_and_names(runs):
    assert dict(runs.sizes) == {"run": 2, "parameter": 3, "time": 4, "star": 5, "axis": 3}
    assert runs.attrs == {
        "title": "Direct N-body simulations of star clusters",
        "stream": "train",
        "block": 3,
        "fewest_stars": 5,
    }
    assert list(runs.axis.values) == ["x", "y", "z"]
    np.testing.assert_allclose(runs.time, [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0], rtol=1e-15)
    assert runs.position.dims == runs.velocity.dims == ("run", "time", "star", "axis")
    assert (runs.position.units, runs.velocity.units, runs.mass.units) == ("pc", "pc Myr-1", "Msun")
    assert list(runs.seed.values) == ["ab", "cd"] and list(runs.replicate.values) == [0, 1]
    assert list(runs.parameter_units.values) == ["1", "1", "1"]


def test_the_status_is_flagged_as_cf_asks(runs):
    assert runs.status.dtype == np.int8 and runs.status.attrs["flag_values"].dtype == np.int8
    assert list(runs.status.attrs["flag_values"]) == [0, 1, 2, 3, 4]
    assert runs.status.attrs["flag_meanings"] == "ok above_tolerance unusable not_finite unfinished"


def test_the_dataset_survives_its_file(runs, tmp_path):
    netcdf.write(runs, tmp_path / "simulation.nc")  # refuses a variable without units or a name
    xr.testing.assert_equal(netcdf.read(tmp_path / "simulation.nc"), runs)


def test_the_audit_follows_from_the_states(runs):
    # Equal masses: the centre of mass is the mean. The energy is Jacobi's, of rotating-frame velocities.
    np.testing.assert_allclose(runs.center_of_mass, runs.position.mean("star"), atol=1e-15)
    np.testing.assert_allclose(runs.center_of_mass_velocity, runs.velocity.mean("star"), atol=1e-15)
    x, v, omega = runs.position.values[0, -1], runs.velocity.values[0, -1], float(runs.angular_speed[0])
    rotating = v - np.cross([0.0, 0.0, omega], x)
    tide = omega**2 * (0.5 * x[:, 2] ** 2 - x[:, 0] ** 2)
    gaps = np.sqrt(np.sum((x[:, None] - x[None]) ** 2, axis=2) + 0.1**2)
    pull = -GRAVITATIONAL_CONSTANT * 4.0 * np.sum(1.0 / gaps[np.triu_indices(5, 1)])
    expected = 2.0 * np.sum(0.5 * np.sum(rotating**2, axis=1) + tide) + pull
    assert runs.energy.values[0, -1] == pytest.approx(expected, rel=1e-12)
    spin = 2.0 * np.sum(np.cross(x, v), axis=0)
    np.testing.assert_allclose(runs.angular_momentum.values[0, -1], spin, rtol=1e-12, atol=1e-15)


def test_parsecs_and_kilometres_per_second_become_angular_speeds(runs):
    # 220 km/s at 2 kpc: 110 km/s/kpc, and 1 km/s = 1.02271 pc/Myr.
    np.testing.assert_allclose(runs.angular_speed, 0.110 * 1.0227122, rtol=1e-6)
    np.testing.assert_allclose(runs.crossing_time, 1.0 / np.sqrt(GRAVITATIONAL_CONSTANT * 10.0), rtol=1e-15)
    np.testing.assert_allclose(runs.age, [[0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0]] * 2, rtol=1e-15)


def test_astronomical_units_and_years_are_turned_at_the_door():
    settings = SPECIFICATION | {
        "cluster": SPECIFICATION["cluster"] | {"tide": None, "softening": {"spacing_fraction": 0.1}},
        "units": {"length": "AU", "time": "yr"},
        "duration": {"crossing_times": 2.0},
    }
    runs = simulate_block(_design(scale_radius=100.0, virial_ratio=1.0), Simulation(**settings))
    radius = 100.0 * LENGTH_IN_PC["AU"]
    np.testing.assert_allclose(runs.softening, 0.1 * radius / 5.0 ** (1.0 / 3.0), rtol=1e-14)
    # 100 AU and 10 Msun: a Kepler period of 100^1.5 / 10^0.5 yr is 2 pi crossing times.
    np.testing.assert_allclose(runs.crossing_time, 1e-6 * 1000.0 / np.sqrt(10.0) / (2.0 * np.pi), rtol=1e-4)
    np.testing.assert_allclose(runs.age[:, -1], 2.0 * runs.crossing_time, rtol=1e-15)
    np.testing.assert_array_equal(runs.angular_speed, 0.0)
    settings["duration"] = {"time": 50.0}
    lasting = simulate_block(_design(scale_radius=100.0, virial_ratio=1.0), Simulation(**settings))
    np.testing.assert_allclose(lasting.age[:, -1], 50e-6, rtol=1e-15)
