"""Runs padded to fixed sizes: empty slots change nothing, and no run knows the others' sizes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from simulation_samples import cluster, design, specification

from nbody_emulator.quantities.run_status import Status
from nbody_emulator.settings.block import Simulation
from nbody_emulator.simulation import gravity, integrate, jerk, simulate_block
from nbody_emulator.simulation.padding import SLOTS, SPACING_PC, padded
from nbody_emulator.simulation.tide import ISOLATED, Tide

TIDE = Tide(0.1, 2.0)
BLOCK_STEPS = {"softening": 0.0, "integrator": "block_hermite4", "accuracy": 0.02, "longest_step": 0.125}
evaluate = jax.jit(gravity.evaluate)


@jax.jit
def pull(masses, positions, velocities, softening):
    """The accelerations and jerks (2, 3, N) of all stars."""
    sources = jerk.sources(masses, positions.T, velocities.T)
    return jnp.stack(jerk.on_tiles(masses.size, sources, softening))


@pytest.mark.parametrize("stars", [2, 63, 64, 65, 150])
def test_the_size_is_the_next_multiple(stars):
    found = padded(cluster(stars, softening=0.1), ISOLATED)
    assert len(found.masses) == -(-stars // SLOTS) * SLOTS
    assert np.count_nonzero(found.masses) == stars
    assert len(np.unique(found.positions, axis=0)) == len(found.masses)


@pytest.mark.parametrize("stars", [20, 100])
def test_padding_changes_no_force(stars):
    start = cluster(stars, softening=0.1)
    alone, among = start, padded(start, TIDE)
    expected = evaluate(alone.masses, alone.positions.T, 0.1)
    found = evaluate(among.masses, among.positions.T, 0.1)
    scale = np.max(np.abs(expected.accelerations))
    # Terms of zero are added, in another order of summation.
    np.testing.assert_allclose(found.accelerations[:, :stars], expected.accelerations, atol=1e-12 * scale)
    np.testing.assert_allclose(found.potential_energy, expected.potential_energy, rtol=1e-12)


@pytest.mark.parametrize("softening", [0.1, 0.0])
@pytest.mark.parametrize("tiles", [2, 4])
@pytest.mark.parametrize("stars", [20, 100])
def test_padding_changes_neither_acceleration_nor_jerk(stars, tiles, softening):
    start = cluster(stars, softening=0.1)
    masses, positions, velocities = start
    expected = np.stack(jerk.among(masses, positions.T, velocities.T, softening))
    found = pull(*padded(start, TIDE, tiles * SLOTS)[:3], softening)[..., :stars]
    # Terms of zero are added, and the sums are of products, which cost the digits that |x| / |d| has.
    scale = np.max(np.abs(expected), axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(found / scale, expected / scale, atol=1e-12)


@pytest.mark.parametrize("place", [0, 64, 65])
def test_a_slot_emptied_among_the_stars_costs_no_digit(place):
    # As a merger leaves it, at the start of a tile too: far aside, where the others' places would lose their digits.
    start = cluster(128, softening=0.1)
    others = np.arange(128) != place
    found = pull(*padded(start, ISOLATED, present=others)[:3], 0.1)
    masses, positions, velocities = (column[others] for column in start)
    expected = np.stack(jerk.among(masses, positions.T, velocities.T, 0.1))
    scale = np.max(np.abs(expected), axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(found[..., others] / scale, expected / scale, atol=1e-12)


def test_empty_slots_stay_where_they_are_and_finite():
    start = padded(cluster(20, softening=0.5), TIDE)
    run = integrate(*start[:3], [0.0, 100.0], present=start.present, softening=0.5, step=0.1, tide=TIDE)
    np.testing.assert_allclose(run.positions[-1, 20:], start.positions[20:], rtol=1e-6, atol=10.0)


def test_a_padded_run_is_the_run_alone():
    start = cluster(20, softening=0.5)
    settings = {"softening": 0.5, "step": 0.05, "tide": TIDE}
    alone = integrate(*start, [0.0, 2.0], **settings)
    slots = padded(start, TIDE)
    among = integrate(*slots[:3], [0.0, 2.0], present=slots.present, **settings)
    # Rounding, grown over less than one crossing time (an e-folding takes about one).
    np.testing.assert_allclose(among.positions[:, :20], alone.positions, atol=1e-11)
    np.testing.assert_allclose(among.energies, alone.energies, rtol=1e-11)


@pytest.mark.parametrize("width", [1, 3])
def test_a_block_holds_runs_of_different_sizes(width):
    rows = np.array([[20.0, 8.0, 1.0, 1.0], [70.0, 8.0, 1.0, 1.0], [30.0, 8.0, 1.0, 1.0]])
    names = ("stars", "galactocentric_radius", "scale_radius", "virial_ratio")
    whole = simulate_block(design(rows, names), _without_stars(batch_width=width))
    assert whole.sizes["star"] == 2 * SLOTS
    for run, stars in enumerate((20, 70, 30)):
        assert np.count_nonzero(whole["mass"][run]) == stars
        assert np.all(np.isfinite(whole["position"].values[run, :, :stars]))
        assert np.all(np.isnan(whole["position"].values[run, :, stars:]))
    assert np.all(whole["status"] <= Status.ABOVE_TOLERANCE)
    alone = simulate_block(design(rows, names).isel(run=[2]), _without_stars(batch_width=width))
    assert alone.sizes["star"] == SLOTS
    # Bit for bit: a run's size is its own affair.
    np.testing.assert_array_equal(alone["position"][0, :, :30], whole["position"][2, :, :30])


def _without_stars(**integration) -> Simulation:
    given = specification(**integration)
    return given.changed(cluster=given.cluster.model_copy(update={"stars": None}))


@pytest.mark.parametrize("softening", [0.5, 0.0])
@pytest.mark.parametrize(
    "settings",
    [
        {"step": 0.05},
        {"integrator": "hermite4", "accuracy": 0.02, "longest_step": 0.125},
        {"integrator": "block_hermite4", "accuracy": 0.02, "longest_step": 0.125},
    ],
    ids=["leapfrog", "hermite4", "block_hermite4"],
)
def test_empty_slots_are_harmless_whatever_stands_in_them(settings, softening):
    start = cluster(20, softening=0.5)
    alone = integrate(*start, [0.0, 2.0], softening=softening, tide=TIDE, **settings)
    # On a star, on each other, and nowhere.
    places = np.stack([start.positions[3], start.positions[3], np.full(3, np.nan)])
    masses, present = np.append(start.masses, [0.0, 7.0, np.nan]), np.arange(23) < 20
    stars = masses, *(np.concatenate([vectors, places]) for vectors in start[1:])
    among = integrate(*stars, [0.0, 2.0], present=present, softening=softening, tide=TIDE, **settings)
    np.testing.assert_allclose(among.positions[:, :20], alone.positions, atol=1e-11)
    assert np.all(np.isfinite(among.positions)) and among.energy_error < 1e-3


@pytest.mark.parametrize("slot", range(1, 4))
def test_a_star_is_where_no_slot_is(slot):
    # Far out on the orbit, where the slots of other clusters are: without softening none may be at its place.
    start = cluster(20, softening=0.5)
    positions = start.positions.copy()
    positions[7] = [0.0, SPACING_PC * slot, 0.0]
    found = padded(start._replace(positions=positions), ISOLATED)
    assert len(np.unique(found.positions, axis=0)) == SLOTS
    np.testing.assert_array_equal(found.positions[:20], positions)
    run = integrate(start.masses, positions, 0.0 * positions, [0.0, 1.0], **BLOCK_STEPS)
    assert np.all(np.isfinite(run.positions)) and run.energy_error < 1e-3
