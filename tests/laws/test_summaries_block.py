"""A block's summary: every snapshot on its own, failed runs kept, everything named and in units."""

import numpy as np
import pytest
from summaries_samples import measure, plummer, simulation

from nbody_emulator.settings.rows import SummarySettings
from nbody_emulator.settings.units import Units
from nbody_emulator.storage import netcdf
from nbody_emulator.summaries import summarize
from nbody_emulator.summaries.register import STATISTICS
from nbody_emulator.units import conversion

RUNS, TIMES, STARS = 3, 2, 30
EVERYTHING = SummarySettings(statistics=STATISTICS.names)


@pytest.fixture
def block():
    clusters = [[plummer(STARS, 10 * run + time) for time in range(TIMES)] for run in range(RUNS)]
    masses = [run[0][0] for run in clusters]
    positions = [[snapshot[1] for snapshot in run] for run in clusters]
    velocities = [[snapshot[2] for snapshot in run] for run in clusters]
    return simulation(masses, positions, velocities, [0.01, 0.05, 0.3])


def test_every_snapshot_is_measured_as_if_alone(block):
    summary = summarize(block, EVERYTHING)
    for run, time in np.ndindex(RUNS, TIMES):
        state = block.isel(run=run, time=time)
        alone = measure(state["mass"], state["position"], state["velocity"], float(state["softening"]))
        for name, value in alone.items():
            # Bit for bit: a run's numbers must not depend on its neighbours.
            np.testing.assert_array_equal(summary[name].values[run, time], value, err_msg=name)


def test_a_lost_run_is_missing_and_keeps_its_status(block):
    expected = summarize(block, EVERYTHING)
    block["velocity"][1, 1, 4, 2] = np.inf
    block["status"][1] = 3
    summary = summarize(block, EVERYTHING)
    for name in ("bound_fraction", "bound_stars", "core_radius", "half_mass_radius", "virial_ratio"):
        found = summary[name].values
        assert np.isnan(found[1, 1])
        # The run's earlier snapshot, and the other runs, are untouched.
        kept = np.isfinite(found)
        assert kept.sum() == RUNS * TIMES - 1
        np.testing.assert_array_equal(found[kept], expected[name].values[kept])
    assert np.all(np.isnan(summary["lagrangian_radius"].values[1, 1]))
    assert summary["status"].values.tolist() == [0, 3, 0]


def test_the_order_of_dimensions_in_the_file_carries_no_meaning(block):
    turned = block.transpose("axis", "star", "time", "run", ...)
    expected = summarize(block, EVERYTHING)
    for name, variable in summarize(turned, EVERYTHING).items():
        np.testing.assert_array_equal(variable.transpose(*expected[name].dims), expected[name], err_msg=name)


def test_only_what_is_asked_for_is_measured(block):
    summary = summarize(block, SummarySettings(statistics=["virial_ratio"]))
    assert {"virial_ratio", "bound_stars"} == {*STATISTICS.names, "bound_stars"} & set(summary)
    with pytest.raises(KeyError, match="ellipticity"):
        summarize(block, SummarySettings(statistics=["ellipticity"]))


def test_the_summary_is_described_and_survives_a_file(block, tmp_path):
    summary = summarize(block, EVERYTHING)
    netcdf.write(summary, tmp_path / "summary.nc")
    again = netcdf.read(tmp_path / "summary.nc")
    for name, variable in summary.items():
        np.testing.assert_array_equal(again[name].values, variable.values, err_msg=name)
    assert {name: again.attrs[name] for name in ("stream", "block")} == {"stream": "train", "block": 3}
    units = {
        name: again[name].attrs["units"] for name in ("velocity_dispersion", "core_radius", "bound_fraction")
    }
    assert units == {"velocity_dispersion": "pc Myr-1", "core_radius": "pc", "bound_fraction": "1"}
    assert "Casertano" in again["core_radius"].attrs["long_name"]
    assert again["mass_fraction"].values.tolist() == [0.1, 0.5, 0.9]


@pytest.mark.parametrize("name", STATISTICS.names)
def test_every_statistic_declares_what_it_is(name):
    statistic = STATISTICS.load(name)
    conversion(statistic.units, Units())  # or no output could be read from it
    assert len(statistic.long_name) > 10
    assert statistic.minimum_bound_stars in (0, 1, 2, 7, 20, 25)


def test_empty_slots_are_no_stars(block):
    expected = summarize(block, EVERYTHING)
    padded = block.pad(star=(0, 5))
    padded["mass"] = padded["mass"].fillna(0.0)
    for name, variable in summarize(padded, EVERYTHING).items():
        np.testing.assert_array_equal(variable, expected[name], err_msg=name)


def test_mergers_are_counted_from_the_masses_or_as_the_simulation_counted_them(block):
    assert np.all(summarize(block, EVERYTHING)["number_of_mergers"] == 0)
    masses = np.repeat(block["mass"].values[:, None], TIMES, axis=1)
    masses[1, 1, 0] += masses[1, 1, 3]
    masses[1, 1, 3] = 0.0
    merged = block.assign(mass_at_time=(("run", "time", "star"), masses))
    summary = summarize(merged, EVERYTHING)
    np.testing.assert_array_equal(summary["number_of_mergers"], [[0, 0], [0, 1], [0, 0]])
    assert summary["bound_stars"][1, 1] <= STARS - 1
    counted = block.assign(merger_count=(("run", "time"), [[0, 0], [1, 2], [0, 3]]))
    found = summarize(counted, EVERYTHING)["number_of_mergers"]
    np.testing.assert_array_equal(found, [[0, 0], [1, 2], [0, 3]])


def test_constants_of_a_definition_are_stored_with_the_number(block):
    summary = summarize(block, EVERYTHING)
    assert summary["half_mass_relaxation_time"].attrs["gamma"] == 0.11
    assert summary["mass_segregation_ratio"].attrs["stars_in_a_tree"] == 10
