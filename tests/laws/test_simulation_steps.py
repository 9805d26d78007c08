"""What must change no bit of any integrator, and what must be told: steps cut off, and bad input."""

import pickle

import numpy as np
import pytest
from simulation_samples import cluster

from nbody_emulator.simulation import EnergyWarning, follow, integrate, start
from nbody_emulator.simulation.integration import integrate_many
from nbody_emulator.simulation.tide import ISOLATED, Tide

SOFTENING = 0.05
SETTINGS = {
    "leapfrog": {"step": 0.01},
    "hermite4": {"accuracy": 0.02, "longest_step": 0.125},
    "block_hermite4": {"accuracy": 0.02, "longest_step": 0.125},
}
TIMES = np.array([0.0, 0.9, 1.7, 3.0])
"""Four, as in most other laws of these integrators, which are compiled anew for another number of times."""

SOME, MANY = 40, 150
"""Stars: fewer than a tile of 64, and two tiles and a part of a third."""

every_integrator = pytest.mark.parametrize("integrator", SETTINGS)


def _run(integrator, stars, times=TIMES, **given):
    given = {"softening": SOFTENING, "tide": Tide(0.1, 2.0), **SETTINGS[integrator], **given}
    return integrate(*stars, times, integrator=integrator, **given)


@every_integrator
def test_the_times_that_are_kept_alter_nothing(integrator):
    stars = cluster(40, softening=SOFTENING)
    some = _run(integrator, stars)
    for others in ([0.2, 0.9], [0.4375, 1.7], [0.9, 2.8], [0.001, 2.999]):
        times = np.array([0.0, *others, 3.0])
        more = _run(integrator, stars, times)
        among, shared = np.isin(times, TIMES), np.isin(TIMES, times)
        _assert_same(more.positions[among], some.positions[shared])
        _assert_same(more.velocities[among], some.velocities[shared])
        _assert_same(more.energies[among], some.energies[shared])
        assert (more.energy_error, more.work) == (some.energy_error, some.work)


@every_integrator
def test_how_many_times_are_kept_alters_nothing(integrator):
    # Programs compiled apart: for as many times as elsewhere, and for the least there can be.
    stars = cluster(SOME, softening=SOFTENING)
    four, two = _run(integrator, stars), _run(integrator, stars, TIMES[[0, -1]])
    _assert_same(two.positions, four.positions[[0, -1]])
    _assert_same(two.velocities, four.velocities[[0, -1]])
    _assert_same(two.energies, four.energies[[0, -1]])
    assert (two.energy_error, two.work) == (four.energy_error, four.work)


@every_integrator
def test_a_run_put_aside_and_taken_up_again_is_the_same_run(integrator):
    stars = cluster(40, softening=SOFTENING)
    whole = _run(integrator, stars)
    given = {"softening": SOFTENING, "tide": Tide(0.1, 2.0), "integrator": integrator, **SETTINGS[integrator]}
    begun = start(*stars, 0.0, **given)
    early, aside = follow(begun, [0.0, 0.1, 0.6, 0.9])
    late, _ = follow(pickle.loads(pickle.dumps(aside)), [1.0, 1.7, 1.8, 3.0])
    _assert_same(np.concatenate([early.positions[[0, 3]], late.positions[[1, 3]]]), whole.positions)
    _assert_same(np.concatenate([early.velocities[[0, 3]], late.velocities[[1, 3]]]), whole.velocities)
    assert (late.energy_error, late.work) == (whole.energy_error, whole.work)


@every_integrator
def test_a_mirror_and_powers_of_two_leave_the_same_bits(integrator):
    masses, positions, velocities = stars = cluster(40, softening=SOFTENING)
    seen = _run(integrator, stars)
    mirror = np.array([1.0, 1.0, -1.0])  # a tide has only this one
    mirrored = _run(integrator, (masses, positions * mirror, velocities * mirror))
    _assert_same(mirrored.positions * mirror, seen.positions)
    # Lengths by four, times by eight, so that velocities are halved: masses stay.
    lengths = {key: value * 8.0 for key, value in SETTINGS[integrator].items() if key != "accuracy"}
    wide = _run(
        integrator,
        (masses, 4.0 * positions, 0.5 * velocities),
        8.0 * TIMES,
        softening=4.0 * SOFTENING,
        tide=Tide(0.1 / 8.0, 2.0),
        **lengths,
    )
    _assert_same(wide.positions / 4.0, seen.positions)
    _assert_same(wide.velocities * 2.0, seen.velocities)
    assert (wide.energy_error, wide.work) == (seen.energy_error, seen.work)


@every_integrator
def test_the_order_of_the_stars_is_a_matter_of_rounding(integrator):
    stars = cluster(40, softening=SOFTENING)
    order = np.random.default_rng(2).permutation(40)
    seen, shuffled = _run(integrator, stars), _run(integrator, [column[order] for column in stars])
    # Rounding of some hundred steps, grown by the cluster's own instability over one crossing time.
    np.testing.assert_allclose(shuffled.positions, seen.positions[:, order], atol=1e-11)


@every_integrator
def test_runs_of_a_batch_do_not_see_each_other(integrator):
    clusters = [cluster(40, softening=SOFTENING, seed=seed) for seed in range(3)]
    together = _many(integrator, clusters)
    # A neighbour of NaN, and another place in the batch.
    poison = clusters[1]._replace(positions=np.full((40, 3), np.nan))
    with pytest.warns(EnergyWarning, match="nan in 1 of 3 runs"):
        moved = _many(integrator, [clusters[2], poison, clusters[0]])
    for here, there in [(0, 2), (2, 0)]:
        _assert_same(moved.positions[here], together.positions[there])
        assert moved.energy_error[here] == together.energy_error[there]
    assert np.isnan(moved.energy_error[1])


@pytest.mark.parametrize("stars", [SOME, MANY])
def test_block_steps_have_the_same_bits_in_any_batch(stars):
    clusters = [cluster(stars, softening=SOFTENING, seed=seed) for seed in range(3)]
    together = _many("block_hermite4", clusters)
    for place, conditions in enumerate(clusters):
        alone = _run("block_hermite4", conditions)
        _assert_same(together.positions[place], alone.positions)
        assert together.energy_error[place] == alone.energy_error


@pytest.mark.parametrize("integrator", ["hermite4", "block_hermite4"])
@pytest.mark.parametrize("stars", [SOME, MANY])
def test_empty_slots_behind_the_stars_change_no_bit(stars, integrator):
    alone = cluster(stars, softening=SOFTENING)
    seen = _run(integrator, alone)
    slots, present = _with_slots(alone, [stars] * 3)
    padded = _run(integrator, slots, present=present)
    _assert_same(padded.positions[:, :stars], seen.positions)
    assert padded.work.star_steps == seen.work.star_steps
    assert np.all(np.isfinite(padded.positions))


@pytest.mark.parametrize("integrator", ["hermite4", "block_hermite4"])
@pytest.mark.parametrize(
    ("stars", "places"),
    # Two tiles of them behind the stars, and some among stars of one tile and of three.
    [(SOME, [SOME] * (MANY - SOME)), (SOME, [0, 8, 30]), (MANY, [0, 64, 71, 140])],
    ids=["tiles", "among_some", "among_many"],
)
def test_empty_slots_anywhere_are_a_matter_of_rounding(stars, places, integrator):
    alone = cluster(stars, softening=SOFTENING)
    slots, present = _with_slots(alone, places)
    seen, found = _run(integrator, alone), _run(integrator, slots, present=present)
    # Terms of zero are added to sums, which are summed in another order: seen at most 2e-15.
    np.testing.assert_allclose(found.positions[:, present], seen.positions, atol=1e-12)
    assert found.work.star_steps == seen.work.star_steps
    assert np.all(np.isfinite(found.positions))


def test_block_steps_agree_with_a_shared_step():
    stars = cluster(64, softening=0.1)
    given = {"softening": 0.1, "accuracy": 0.002, "longest_step": 0.0625}
    block, shared = (_run(name, stars, TIMES, **given) for name in ("block_hermite4", "hermite4"))
    # Errors of 1e-8 grow by the cluster's own instability over a crossing time or two.
    np.testing.assert_allclose(block.positions[-1], shared.positions[-1], atol=1e-5)
    assert max(block.energy_error, shared.energy_error) < 1e-7
    assert block.work.star_steps < 0.5 * shared.work.star_steps


@pytest.mark.parametrize("integrator", ["hermite4", "block_hermite4"])
def test_the_step_floor_is_held_and_counted(integrator):
    stars = cluster(SOME, softening=0.001)
    free = _run(integrator, stars, softening=0.001)
    assert free.work.floor_hits == 0
    cut = _run(integrator, stars, softening=0.001, step_floor=2.0**-5)
    assert cut.work.floor_hits > 0 and cut.work.steps <= 3.0 * 2**5
    assert cut.energy_error > free.energy_error


@every_integrator
def test_bad_input_is_one_clear_error(integrator):
    masses, positions, velocities = cluster(8, softening=SOFTENING)
    together = positions.copy()
    together[3] = together[4]
    for stars, given, words in [
        ((masses, together, velocities), {"softening": 0.0}, "at one place"),
        ((masses, positions * np.inf, velocities), {}, "positions must be finite"),
        ((masses, positions, velocities * np.nan), {}, "velocities must be finite"),
        ((0.0 * masses, positions, velocities), {}, "must not be all zero"),
        ((-masses, positions, velocities), {}, "must not be negative"),
        ((masses, positions, velocities), {"softening": -1.0}, "softening must"),
        ((masses, positions, velocities), {"tide": Tide(np.nan, 2.0)}, "the tide must be finite"),
        ((masses, positions, velocities), {"eta": 0.1}, f"eta is not used by {integrator}"),
    ]:
        with pytest.raises(ValueError, match=words):
            _run(integrator, stars, **given)
    for times in ([0.0, 2.0, 1.0], [0.0, 0.0], [0.0, np.nan], [1.0]):
        with pytest.raises(ValueError, match="times must"):
            _run(integrator, (masses, positions, velocities), times)


@pytest.mark.parametrize("integrator", ["hermite4", "block_hermite4"])
def test_settings_that_make_no_sense_are_refused(integrator):
    stars = cluster(8, softening=SOFTENING)
    for given, words in [
        ({"accuracy": 0.0}, "accuracy must be positive"),
        ({"longest_step": np.inf}, "longest_step must be positive and finite"),
        ({"step_floor": 1.0}, "step_floor must be between"),
    ]:
        with pytest.raises(ValueError, match=words):
            _run(integrator, stars, **given)


@every_integrator
def test_a_collision_without_softening_ends_and_is_told(integrator):
    # Two stars at rest fall onto each other: no step is short enough, and none is taken for ever.
    positions = np.array([[0.5, 0.0, 0.0], [-0.5, 0.0, 0.0]])
    fall = {"softening": 0.0, "tide": ISOLATED}
    floor = {} if integrator == "leapfrog" else {"step_floor": 1e-4}
    times = [0.0, 5.0, 10.0, 20.0]
    with pytest.warns(EnergyWarning, match="energy error is"):
        run = _run(integrator, (np.full(2, 5.0), positions, np.zeros((2, 3))), times, **fall, **floor)
    assert not run.energy_error < 1e-3
    assert integrator == "leapfrog" or run.work.floor_hits > 0


@every_integrator
def test_a_run_takes_no_more_steps_than_it_may(integrator):
    stars = cluster(40, softening=SOFTENING)
    whole, capped = _run(integrator, stars), _run(integrator, stars, most_steps=20)
    assert whole.finished and not capped.finished and capped.work.steps == 20
    # In one program, so to the same bits; from then on it stands still.
    _assert_same(capped.positions[0], whole.positions[0])
    _assert_same(capped.positions[-1], capped.positions[-2])
    assert np.isfinite(capped.energy_error)
    parts = start(*stars, 0.0, softening=SOFTENING, integrator=integrator, **SETTINGS[integrator])
    for _ in range(2):
        trajectory, parts = follow(parts, [1.0, 2.0, 3.0, 4.0], most_steps=20)
    assert trajectory.work.steps == 20
    with pytest.raises(ValueError, match=r"most_steps must be at least 1 .*, not 0"):
        _run(integrator, stars, most_steps=0)


@every_integrator
def test_a_run_whose_last_step_is_the_last_it_may_take_is_finished(integrator):
    stars = cluster(40, softening=SOFTENING)
    whole = _run(integrator, stars)
    exact = _run(integrator, stars, most_steps=int(whole.work.steps))
    assert exact.finished
    _assert_same(exact.positions, whole.positions)
    assert not _run(integrator, stars, most_steps=int(whole.work.steps) - 1).finished


def test_steps_too_short_to_ever_end_end():
    run = _run("leapfrog", cluster(2, softening=SOFTENING), step=1e-300, most_steps=1000)
    assert not run.finished and run.work.steps == 1000


def _with_slots(stars, places):
    """The stars, and before those in these places an empty slot each, of anything; and which are the stars."""
    anywhere = np.random.default_rng(1).normal(size=(len(places), 3))
    masses, positions, velocities = stars
    slots = (
        np.insert(masses, places, 3.0),
        np.insert(positions, places, anywhere, axis=0),
        np.insert(velocities, places, 1.0, axis=0),
    )
    return slots, np.insert(np.ones(len(masses), bool), places, False)


def _many(integrator, clusters):
    count = len(clusters)
    stars = {
        name: np.stack([getattr(one, name) for one in clusters])
        for name in ("masses", "positions", "velocities")
    }
    return integrate_many(
        **stars,
        times=np.stack([TIMES] * count),
        softening=np.full(count, SOFTENING),
        tide=Tide(np.full(count, 0.1), np.full(count, 2.0)),
        integrator=integrator,
        abandon_above=np.inf,
        **{key: np.full(count, value) for key, value in SETTINGS[integrator].items()},
    )


def _assert_same(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_array_equal(found, expected)
