"""The same stars moved by their last bit: by no more than that, each time otherwise, and what becomes of it."""

import numpy as np
import pytest
import xarray as xr
from simulation_samples import cluster, design, specification, spread_design

from nbody_emulator.settings.duration import Duration
from nbody_emulator.simulation import simulate_block
from nbody_emulator.simulation.perturbation import moved_by_last_bit
from nbody_emulator.streams import generator

PERTURBATIONS = 3


def repeated(runs: int = 2) -> xr.Dataset:
    """Each of these runs from its stars moved by the last bit, so many times."""
    number = np.tile(1 + np.arange(PERTURBATIONS), runs)
    return (
        spread_design(runs)
        .isel(run=np.repeat(np.arange(runs), PERTURBATIONS))
        .assign(perturbation=("run", number))
    )


@pytest.fixture(scope="module")
def block() -> xr.Dataset:
    return simulate_block(repeated(), specification())


@pytest.fixture(scope="module")
def as_drawn() -> xr.Dataset:
    return simulate_block(spread_design(2), specification()).isel(run=np.repeat([0, 1], PERTURBATIONS))


def test_every_coordinate_and_velocity_moves_to_a_neighbour():
    stars = cluster(64, softening=0.05)
    for moved, drawn in zip(moved_by_last_bit(stars, generator(1, "coins"))[1:], stars[1:], strict=True):
        assert np.all((moved == np.nextafter(drawn, np.inf)) | (moved == np.nextafter(drawn, -np.inf)))
        # Fair coins: 192 of them within four standard deviations.
        assert abs(np.mean(moved > drawn) - 0.5) < 4 * 0.5 / np.sqrt(moved.size)
    assert moved_by_last_bit(stars, generator(1, "coins")).masses is stars.masses


def test_a_run_starts_within_a_last_bit_of_its_stars_and_no_two_alike(block, as_drawn):
    here, there = (runs["position"].isel(time=0).values for runs in (block, as_drawn))
    assert np.all(here != there) and np.all(np.abs(here - there) <= np.spacing(np.abs(there)))
    for of_one in here.reshape(-1, PERTURBATIONS, here[0].size):
        assert len(np.unique(of_one, axis=0)) == PERTURBATIONS
    np.testing.assert_array_equal(block["mass"], as_drawn["mass"])


def test_a_perturbed_run_is_the_same_in_any_company(block):
    for order in ([4, 0, 5, 2, 1, 3], [3], [5, 2]):
        other = simulate_block(repeated().isel(run=order), specification())
        np.testing.assert_array_equal(other["position"], block["position"].isel(run=order))
    lanes = [
        simulate_block(repeated().isel(run=order), specification(batch_width=4))
        for order in (slice(None), [2])
    ]
    np.testing.assert_array_equal(lanes[0]["position"].isel(run=[2]), lanes[1]["position"])


def test_zero_is_the_run_as_drawn(as_drawn):
    same = simulate_block(spread_design(2).assign(perturbation=("run", [0, 0])), specification())
    np.testing.assert_array_equal(same["position"], as_drawn["position"].isel(run=[0, PERTURBATIONS]))


def test_chaos_is_rounding_at_first_and_grows():
    narrow = design(np.tile([10.0, 0.5, 0.2], (PERTURBATIONS, 1)))
    narrow["point"] = 0 * narrow["point"]
    narrow = narrow.assign(perturbation=("run", 1 + np.arange(PERTURBATIONS)))

    def spread(duration: float) -> np.ndarray:
        """Root mean square of the stars' distances from their mean over the runs [pc], (time,)."""
        runs = simulate_block(narrow, specification().changed(duration=Duration(time=duration)))
        positions = runs["position"].values
        return np.sqrt(np.mean((positions - positions.mean(axis=0)) ** 2, axis=(0, 2, 3)))

    # Two steps: positions of some pc have an ulp below 1e-15.
    assert np.all(spread(0.02) < 2e-15)
    start, half_way, end = spread(40.0)
    # By about e in a crossing time (Goodman, Heggie & Hut 1993), of which a cold cluster of 0.5 pc has tens: 1e4 times
    # in each half of this run, give or take ten, and not yet the cluster's size.
    assert half_way > 1e3 * start and end > 1e3 * half_way and end < 1.0
