"""Blocks of runs: which bits may change, how runs are retried, and how failures are told."""

import numpy as np
import pytest
import xarray as xr
from simulation_samples import PARAMETERS, design, specification, spread_design

from nbody_emulator.quantities.run_status import Status
from nbody_emulator.settings.cluster import Softening
from nbody_emulator.settings.duration import Duration
from nbody_emulator.simulation import simulate_block

BITS = ("mass", "position", "velocity", "energy", "energy_error", "step", "halvings", "status")


@pytest.fixture(scope="module")
def block() -> xr.Dataset:
    return simulate_block(spread_design(6), specification())


def test_a_run_alone_equals_the_run_in_a_block(block):
    for run in (0, 3, 5):
        alone = simulate_block(spread_design(6).isel(run=[run]), specification())
        assert not _different(alone, block.isel(run=[run]))


def test_the_order_of_runs_changes_no_bit(block):
    order = [4, 0, 5, 2, 1, 3]
    shuffled = simulate_block(spread_design(6).isel(run=order), specification())
    assert not _different(shuffled, block.isel(run=order))


def test_lanes_of_a_chunk_do_not_see_each_other():
    settings = specification(batch_width=4)
    together = simulate_block(spread_design(6), settings)
    order = [5, 1, 0, 2, 4, 3]
    assert not _different(
        simulate_block(spread_design(6).isel(run=order), settings), together.isel(run=order)
    )
    alone = simulate_block(spread_design(6).isel(run=[2]), settings)
    assert not _different(alone, together.isel(run=[2]))


def test_chunks_agree_with_single_runs_but_for_rounding(block):
    chunks = simulate_block(spread_design(6), specification(batch_width=4))
    np.testing.assert_array_equal(chunks.halvings, block.halvings)
    # Rounding grows by the clusters' own instability: few stars have lost six digits half way through.
    half_way = {"time": 1}
    close = np.isclose(chunks.position.isel(half_way), block.position.isel(half_way), rtol=1e-6, atol=1e-6)
    assert np.all(np.mean(close, axis=(1, 2)) > 0.9)
    np.testing.assert_allclose(chunks.position.isel(time=0), block.position.isel(time=0), rtol=1e-14)


def test_a_run_depends_on_its_seed_point_and_replicate_alone(block):
    again = simulate_block(spread_design(6), specification())
    assert not _different(again, block)
    for key, value in [("seed", 537), ("stream", "other"), ("block", 1)]:
        other = simulate_block(spread_design(6).isel(run=[0]), specification().changed(**{key: value}))
        assert not np.any(other.position.isel(time=0).values == block.position.isel(run=[0], time=0).values)
    replicate = spread_design(6).isel(run=[0])
    replicate["replicate"] = replicate["replicate"] + 1
    other = simulate_block(replicate, specification())
    assert not np.any(other.position.isel(time=0).values == block.position.isel(run=[0], time=0).values)


def test_lengths_by_four_and_times_by_eight_leave_the_same_bits(block):
    # Powers of two all through: velocities / 2, energies / 4, and the galaxy's radius by 8 for Omega / 8.
    given = specification()
    softening = Softening(length=4.0 * given.cluster.softening.length)
    scaled = given.changed(
        cluster=given.cluster.changed(softening=softening), duration=Duration(time=8.0 * given.duration.time)
    )
    by_name = {"galactocentric_radius": 8.0, "scale_radius": 4.0, "virial_ratio": 1.0}
    factors = [by_name[name] for name in PARAMETERS]
    wide = simulate_block(design(spread_design(6).parameter_values.values * factors), scaled)
    for name, factor in [("position", 4.0), ("velocity", 0.5), ("energy", 0.25), ("energy_error", 1.0)]:
        np.testing.assert_array_equal(wide[name].values / factor, block[name].values)
    np.testing.assert_array_equal(wide.step.values / 8.0, block.step.values)
    np.testing.assert_array_equal(wide.halvings.values, block.halvings.values)


def test_a_run_that_cannot_start_is_told_and_leaves_its_neighbours_alone(block):
    broken = spread_design(6)
    broken["parameter_values"][{"run": 2, "parameter": PARAMETERS.index("scale_radius")}] = np.nan
    for width in (1, 4):
        done = []
        settings = specification(batch_width=width)
        runs = simulate_block(broken, settings, done.append)
        assert runs.status.values[2] == Status.NOT_FINITE
        assert runs.reason.values[2] == "the initial conditions are not finite"
        assert np.all(np.isnan(runs.position.values[2])) and np.isnan(runs.energy_error.values[2])
        assert done[-1] == 6 and done == sorted(done)
        others = [0, 1, 3, 4, 5]
        whole = block if width == 1 else simulate_block(spread_design(6), settings)
        assert not _different(runs.isel(run=others), whole.isel(run=others))


def test_runs_are_repeated_beyond_what_their_energy_asked():
    # At half the first step a run that was halved once would be the same run again.
    settings = {"step": 0.05, "energy_tolerance": 1e-4, "halvings": 6}
    runs = simulate_block(spread_design(6), specification(**settings))
    finer = simulate_block(spread_design(6), specification(**settings, refinements=1))
    assert len(np.unique(runs.halvings)) > 1
    np.testing.assert_array_equal(finer.halvings, runs.halvings + 1)
    np.testing.assert_array_equal(finer.step_fraction, 0.5 * runs.step_fraction)
    first, last = ({"time": time} for time in (0, -1))
    np.testing.assert_array_equal(finer.position.isel(first), runs.position.isel(first))
    moved = np.any(finer.position.isel(last).values != runs.position.isel(last).values, axis=(1, 2))
    assert np.all(moved)


def test_runs_are_halved_until_their_energy_holds():
    settings = specification(step=0.05, energy_tolerance=1e-4, halvings=6, unusable_above=1e-2)
    runs = simulate_block(spread_design(6), settings)
    assert len(np.unique(runs.halvings)) > 1
    np.testing.assert_array_equal(runs.step_fraction, 0.05 / 2.0**runs.halvings)
    assert np.all(runs.step <= runs.step_fraction * runs.crossing_time * (1.0 + 1e-12))
    kept = runs.halvings < 6
    assert np.all(runs.energy_error[kept] <= 1e-4) and np.all(runs.status[kept] == Status.OK)
    # Each run equals the run started at once at the step it ended with, and one halving fewer was not enough.
    for run in range(6):
        halvings = int(runs.halvings[run])
        direct = specification(step=0.05 / 2**halvings, energy_tolerance=1e-4, halvings=0)
        assert not _different(
            simulate_block(spread_design(6).isel(run=[run]), direct).drop_vars("halvings"),
            runs.isel(run=[run]).drop_vars("halvings"),
            names=("position", "velocity", "energy_error", "step"),
        )
        if halvings:
            coarser = specification(step=0.1 / 2**halvings, energy_tolerance=1e-4, halvings=0)
            assert simulate_block(spread_design(6).isel(run=[run]), coarser).energy_error.item() > 1e-4


@pytest.mark.parametrize("width", [1, 4])
def test_a_tolerance_no_run_can_meet_is_told(width):
    done = []
    settings = specification(energy_tolerance=1e-14, unusable_above=1e-3, halvings=2, batch_width=width)
    runs = simulate_block(spread_design(5), settings, done.append)
    assert done[-1] == 5 and done == sorted(done)
    np.testing.assert_array_equal(runs.halvings, 2)
    np.testing.assert_array_equal(runs.step_fraction, 0.0025)
    above = runs.energy_error.values > 1e-3
    np.testing.assert_array_equal(runs.status, np.where(above, Status.UNUSABLE, Status.ABOVE_TOLERANCE))
    assert all("after 2 halvings" in reason for reason in runs.reason.values)
    everything = specification(energy_tolerance=1e-14, unusable_above=1e-13, halvings=0, batch_width=width)
    assert np.all(simulate_block(spread_design(5), everything).status == Status.UNUSABLE)


def test_the_last_attempt_is_followed_to_its_end_whatever_its_error():
    names = ("position", "velocity", "energy", "energy_error", "step")
    hopeless = simulate_block(spread_design(6), specification(step=0.2, energy_tolerance=1e-9, halvings=0))
    content = simulate_block(spread_design(6), specification(step=0.2, energy_tolerance=1e9, halvings=1))
    assert np.max(content.energy_error) > 1e-3 and np.all(content.halvings == 0)
    assert not _different(hopeless, content, names)


@pytest.mark.parametrize("width", [1, 4])
def test_a_run_that_would_not_end_is_a_row_with_a_reason(width):
    settings = specification(most_steps=20, batch_width=width)
    runs = simulate_block(spread_design(3), settings)
    np.testing.assert_array_equal(runs.status, Status.UNFINISHED)
    assert np.all(runs.steps == 20)
    assert all(
        "given up after 20 steps, all that most_steps allows" in reason for reason in runs.reason.values
    )


def _different(found: xr.Dataset, expected: xr.Dataset, names=BITS) -> list[str]:
    """Names of the variables whose values are not the same, NaN being NaN."""
    return [
        name
        for name in names
        if not np.array_equal(found[name].values, expected[name].values, equal_nan=True)
    ]
