"""What is written keeps the conventions, by the real UDUNITS, and is read as it was given."""

import cf_units
import netCDF4
import numpy as np
import pytest
import xarray as xr

from nbody_emulator.settings.parameters import PARAMETERS
from nbody_emulator.settings.units import Units
from nbody_emulator.simulation import record
from nbody_emulator.storage import netcdf
from nbody_emulator.summaries.register import STATISTICS
from nbody_emulator.units import (
    GRAVITATIONAL_CONSTANT,
    KM_PER_S_IN_PC_PER_MYR,
    LENGTH_IN_PC,
    TIME_IN_MYR,
    conversion,
    udunits,
)

RECORDED = {unit for _, unit, _ in (record._VARIABLES | record._MERGER_VARIABLES).values() if unit}
MEASURED = {STATISTICS.load(name).units for name in STATISTICS.names}
SYSTEMS = [Units(length=length, time=time) for length in LENGTH_IN_PC for time in TIME_IN_MYR]
CONVERTED = {conversion(unit, system)[0] for unit in MEASURED for system in SYSTEMS}
GIVEN = {kind.unit for kind in PARAMETERS.values() if kind.unit}


@pytest.mark.parametrize("unit", sorted(RECORDED | MEASURED | CONVERTED | GIVEN))
def test_udunits_knows_every_unit_that_is_written(unit):
    assert not cf_units.Unit(udunits(unit)).is_unknown()


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: f"{system.length} {system.time}")
@pytest.mark.parametrize("unit", ["pc", "Myr", "pc Myr-1", "Msun pc2 Myr-2"])
def test_udunits_means_by_them_what_is_meant_here(unit, system):
    converted, factor = conversion(unit, system)
    # UDUNITS has seven digits of a parsec.
    assert cf_units.Unit(udunits(unit)).convert(1.0, udunits(converted)) == pytest.approx(factor, rel=1e-6)


def test_udunits_means_by_a_solar_mass_what_gravity_does():
    squared_speed = GRAVITATIONAL_CONSTANT / KM_PER_S_IN_PC_PER_MYR**2
    newton = cf_units.Unit("6.6743e-11 m3 kg-1 s-2") * cf_units.Unit(udunits("Msun pc-1"))
    # Newton's constant is known to 2e-5.
    assert newton.convert(1.0, "km2 s-2") == pytest.approx(squared_speed, rel=3e-5)


@pytest.fixture
def dataset() -> xr.Dataset:
    def described(values, **others):
        return ("run", np.asarray(values), {"long_name": "of a run", **others})

    columns = (
        ("run", "parameter"),
        np.ones((2, 1)),
        {"long_name": "parameters", "units_by": "parameter_units"},
    )
    return xr.Dataset(
        {
            "radius": described([1.0, np.nan], units="pc"),
            "count": described([1, 2], units="1"),
            "values": columns,
        },
        {
            "age": described([0.5, 1.0], units="Myr"),
            "parameter_units": ("parameter", ["kpc"], {"long_name": "unit of the parameter"}),
        },
    )


def test_what_is_read_is_what_was_given(dataset, tmp_path):
    netcdf.write(dataset, tmp_path / "whole.nc")
    netcdf.write_parts((dataset.isel(run=[run]) for run in range(2)), "run", tmp_path / "parts.nc")
    for name in ("whole.nc", "parts.nc"):
        read = netcdf.read(tmp_path / name)
        assert read.drop_attrs(deep=False).identical(dataset)


def test_units_are_written_in_words_that_udunits_knows(dataset, tmp_path):
    netcdf.write(dataset, tmp_path / "whole.nc")
    with netCDF4.Dataset(tmp_path / "whole.nc") as file:
        assert (file["radius"].units, file["radius"].astropy_units) == ("parsec", "pc")
        assert file["count"].units == "1" and "astropy_units" not in file["count"].ncattrs()
        assert "_FillValue" in file["radius"].ncattrs() and "_FillValue" not in file["age"].ncattrs()


def test_numbers_without_units_are_refused(dataset, tmp_path):
    with pytest.raises(ValueError, match="variable 'count' has no long_name and no units"):
        netcdf.write(dataset.assign(count=dataset["count"].drop_attrs()), tmp_path / "none.nc")
    assert not list(tmp_path.iterdir())
