"""Bodies that become one: who touches when, what is conserved, and that the run goes on as if nothing else happened."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from simulation_samples import cluster, specification, spread_design

from nbody_emulator.settings.rows import SummarySettings
from nbody_emulator.simulation import gravity, integrate, simulate_block
from nbody_emulator.simulation.collisions import Contact, StepPrediction, first_collision
from nbody_emulator.simulation.energy import energy as energy_of
from nbody_emulator.simulation.initial_conditions import InitialConditions, potential_energy
from nbody_emulator.simulation.integration import follow, integrate_many, start
from nbody_emulator.simulation.mergers import Mergers, merge
from nbody_emulator.simulation.system import State, System
from nbody_emulator.simulation.tide import Tide
from nbody_emulator.storage import netcdf
from nbody_emulator.summaries.block import summarize
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

SLOTS = 4
"""Every system here has as many, so that an integrator is compiled once."""

INTEGRATORS = {
    "leapfrog": {"step": 0.0005},
    "hermite4": {"accuracy": 0.01, "longest_step": 0.125},
    "block_hermite4": {"accuracy": 0.005, "longest_step": 0.125},
}

every_integrator = pytest.mark.parametrize("integrator", INTEGRATORS)


def bodies(*rows: tuple) -> InitialConditions:
    """Bodies of rows (mass, position, velocity), and empty slots."""
    empty = [(0.0, (0.0, -1e6 * (slot + 1), 0.0), (0.0, 0.0, 0.0)) for slot in range(SLOTS - len(rows))]
    return InitialConditions(*(np.array(column, dtype=float) for column in zip(*rows, *empty, strict=True)))


def run(stars, times, integrator, radius, *, softening=1e-9, **settings):
    """A run whose bodies merge within the sum of two radii."""
    mergers = Mergers(radius) if np.isscalar(radius) else radius
    settings = INTEGRATORS[integrator] | settings
    present = np.asarray(stars.masses) > 0.0
    kind = {"integrator": integrator, "mergers": mergers, "present": present}
    return integrate(*stars, times, softening=softening, **kind, **settings)


def head_on(separation=1.0, masses=(3.0, 1.0)) -> InitialConditions:
    """Two bodies at rest, their centre of mass at the origin."""
    share = masses[1] / sum(masses)
    places = (-share * separation, (1.0 - share) * separation)
    return bodies(*((mass, (x, 0.0, 0.0), (0.0, 0.0, 0.0)) for mass, x in zip(masses, places, strict=True)))


def fall_time(separation: float, end: float, mass: float) -> float:
    """Time [Myr] in which two point masses fall from rest at `separation` to `end`.

    The radial Kepler orbit r = separation cos(u)^2 takes sqrt(separation^3 / (2 G M)) (u + sin u cos u): all of
    it, u = pi / 2, is pi / (2 sqrt 2) sqrt(separation^3 / (G M)).
    """
    angle = np.arccos(np.sqrt(end / separation))
    unit = np.sqrt(separation**3 / (2.0 * GRAVITATIONAL_CONSTANT * mass))
    return unit * (angle + np.sin(angle) * np.cos(angle))


@every_integrator
def test_a_pair_released_at_rest_merges_when_the_closed_form_says(integrator):
    assert fall_time(1.0, 0.0, 4.0) == pytest.approx(
        np.pi / (2.0 * np.sqrt(2.0)) / np.sqrt(GRAVITATIONAL_CONSTANT * 4.0), rel=1e-14
    )
    found = run(head_on(), [0.0, 4.0, 8.0, 12.0], integrator, 0.025)
    expected = fall_time(1.0, 0.05, 4.0)
    # The steps near the end are some 1e-4 of the fall; contact is found within them, by straight lines.
    assert found.merged.events.times[0] == pytest.approx(expected, rel=1e-6)
    np.testing.assert_array_equal(found.merged.counts, [0, 0, 0, 1])
    np.testing.assert_array_equal(found.merged.masses[-1], [4.0, 0.0, 0.0, 0.0])
    # It is left at the centre of mass, at rest: all energy is given up, and the audit counts it.
    np.testing.assert_allclose(found.positions[-1, 0], 0.0, atol=1e-11)
    np.testing.assert_allclose(found.velocities[-1, 0], 0.0, atol=1e-11)
    binding = GRAVITATIONAL_CONSTANT * 3.0
    accuracy = 5e-3 if integrator == "leapfrog" else 1e-4
    assert found.energy_error < accuracy
    assert found.merged.events.energies[0] == pytest.approx(-binding, rel=accuracy)
    assert found.merged.events.energies[0] + binding == pytest.approx(
        0.0, abs=1.01 * found.energy_error * binding
    )
    assert found.energies[-1] == pytest.approx(0.0, abs=1e-12 * binding)


@every_integrator
@pytest.mark.parametrize(("impact", "merges"), [(0.99, True), (1.01, False)])
def test_a_passage_far_shorter_than_a_step_is_seen(integrator, impact, merges):
    # Nearly without mass and softened away, hence straight, for which Hermite's steps stay long too: in one of
    # them a body goes 60 times the 1e-3 pc that the radii add up to.
    radius, speed, step = 5e-4, 0.5, 0.125
    stars = bodies(
        (1e-9, (-0.33, impact * 2.0 * radius, 0.0), (speed, 0.0, 0.0)),
        (3e-9, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    )
    settings = {"step": step} if integrator == "leapfrog" else {}
    found = run(stars, [0.0, 0.5, 1.0, 2.0], integrator, radius, softening=10.0, **settings)
    assert found.work.steps < 2.0 / step + 3
    np.testing.assert_array_equal(found.merged.counts, [0, 0, merges, merges])
    if merges:
        contact = (0.33 - np.sqrt(1.0 - impact**2) * 2.0 * radius) / speed
        # They pull each other by 1e-9 of what would matter here.
        assert found.merged.events.times[0] == pytest.approx(contact, rel=1e-8)
        assert (found.merged.events.survivors[0], found.merged.events.absorbed[0]) == (1, 0)


@pytest.mark.parametrize("integrator", ["hermite4", "block_hermite4"])
@pytest.mark.parametrize(("pericentre", "mergers"), [(0.99, 1), (1.01, 0)])
def test_on_a_kepler_orbit_pericentre_decides(integrator, pericentre, mergers):
    # Steps of accuracy / 8 of the distance off a straight line: 1e-3; the pericentre is seen to one per cent.
    radius, apocentre, mass = 0.025, 1.0, 4.0
    closest = pericentre * 2.0 * radius
    speed = np.sqrt(2.0 * GRAVITATIONAL_CONSTANT * mass * closest / (apocentre * (apocentre + closest)))
    stars = head_on(apocentre)
    stars.velocities[:2, 1] = (-0.25 * speed, 0.75 * speed)
    found = run(stars, [0.0, 8.0, 16.0, 40.0], integrator, radius)
    assert found.merged.counts[-1] == mergers
    if mergers:
        period = 2.0 * np.pi * np.sqrt(((apocentre + closest) / 2.0) ** 3 / (GRAVITATIONAL_CONSTANT * mass))
        assert found.merged.events.times[0] < 0.5 * period


def test_the_first_contact_is_that_of_straight_lines():
    generator, stars = np.random.default_rng(1), 40
    places, speeds = generator.normal(size=(2, 3, stars))
    masses = np.where(np.arange(stars) % 9 == 4, 0.0, 1.0)
    ahead = generator.uniform(0.5, 1.0, stars)
    radii = generator.uniform(0.0, 0.15, stars)
    number = generator.permutation(stars)
    gaps, rates = (rows[:, :, None] - rows[:, None, :] for rows in (places, speeds))
    instants = np.linspace(0.0, 1.0, 2001)
    expected = {}
    for first, second in zip(*np.triu_indices(stars, 1), strict=True):
        if masses[first] * masses[second] == 0.0:
            continue
        seen = instants[instants <= min(ahead[first], ahead[second])]
        separations = gaps[:, first, second, None] + rates[:, first, second, None] * seen
        touching = np.sqrt(np.sum(separations**2, axis=0)) <= radii[first] + radii[second]
        if np.any(touching):
            expected[first, second] = seen[np.argmax(touching)]
    assert len(expected) > 3
    find = jax.jit(first_collision)
    for moved in (None, stars, 11, 3):
        count = None if moved is None else jnp.asarray(moved)
        predicted_step = StepPrediction(2.0, number, masses, places, speeds, 2.0 + ahead, count)
        contact = find(predicted_step, radii)
        among = {pair: time for pair, time in expected.items() if pair[0] < (moved or stars)}
        if moved == 3:
            # Whoever is looked at besides, eight stars together, can only add true contacts.
            assert contact.time <= 2.0 + min(among.values(), default=np.inf)
            continue
        pair = min(among, key=among.get)
        assert {int(contact.first), int(contact.second)} == {number[pair[0]], number[pair[1]]}
        assert contact.time - 2.0 == pytest.approx(among[pair], abs=1.1 * instants[1])


def test_a_merger_keeps_mass_momentum_and_centre_and_gives_up_the_pairs_own_energy():
    generator, tide, softening = np.random.default_rng(2), Tide(0.3, 2.0), 0.2
    masses = np.array([1.0, 5.0])
    state = State(*generator.normal(size=(2, 3, 2)))
    system = System(jnp.asarray(masses), softening, tide, jnp.ones(2, bool))
    after_system, after, event = jax.jit(merge)(system, state, Contact(0.0, 0, 1))
    assert (event.survivor, event.absorbed) == (1, 0)
    assert (event.survivor_mass, event.absorbed_mass) == (5.0, 1.0)
    np.testing.assert_array_equal(after_system.masses, [0.0, 6.0])
    np.testing.assert_array_equal(after_system.present, [False, True])
    # Two roundings of numbers of order one.
    for before, later in zip(state, after, strict=True):
        np.testing.assert_allclose(later @ after_system.masses, before @ masses, rtol=1e-14, atol=1e-14)
    np.testing.assert_array_equal(event.position, after.positions[:, 1])

    @jax.jit
    def energy(system, state):
        own = gravity.potential_energy(system.masses, state.positions, softening)
        return energy_of(system.masses, *state, own, tide).total

    (x, y, z), velocity = (np.diff(rows, axis=1)[:, 0] for rows in state)
    reduced = 5.0 / 6.0
    pull = -GRAVITATIONAL_CONSTANT * 5.0 / np.sqrt(x**2 + y**2 + z**2 + softening**2)
    # The galaxy's potential is of second degree, so that of the pair splits as its kinetic energy does.
    galaxy = 0.5 * 0.3**2 * (z**2 - 2.0 * x**2)
    expected = reduced * (0.5 * np.sum(velocity**2) + galaxy) + pull
    assert energy(system, state) - energy(after_system, after) == pytest.approx(expected, rel=1e-12)


def test_radii_go_by_kind_and_bodies_may_grow_into_another():
    # Black holes from 3.5 Msun on; stars are points. The first two touch as black hole and star, 3 + 1 as stars never.
    kinds = Mergers(star_radius=0.0, black_hole_radius=0.05, black_hole_mass=3.5)
    times = [0.0, 4.0, 8.0, 12.0]
    assert run(head_on(masses=(3.0, 1.0)), times, "leapfrog", kinds, softening=0.02).merged.counts[-1] == 0
    found = run(head_on(masses=(4.0, 1.0)), times, "leapfrog", kinds, softening=1e-6)
    assert found.merged.events.times[0] == pytest.approx(fall_time(1.0, 0.05, 5.0), rel=1e-6)
    # Two stars that touch make a black hole whose reach then takes a third star in, at once.
    grown = Mergers(star_radius=0.01, black_hole_radius=0.3, black_hole_mass=3.5)
    rest = (0.0, 0.0, 0.0)
    stars = bodies((2.0, (0.0, 0.0, 0.0), rest), (2.0, (0.015, 0.0, 0.0), rest), (1.0, (0.0, 0.2, 0.0), rest))
    found = run(stars, times, "leapfrog", grown)
    np.testing.assert_array_equal(found.merged.events.times, [0.0, 0.0, np.nan])
    np.testing.assert_array_equal(found.merged.counts, 2)
    np.testing.assert_array_equal(found.merged.masses[0], [5.0, 0.0, 0.0, 0.0])


@every_integrator
def test_three_merge_in_sequence_while_a_bystander_goes_on(integrator):
    # The third falls onto the pair; the fourth circles all three at ten times their extent.
    speed = np.sqrt(GRAVITATIONAL_CONSTANT * 4.0 / 10.0)
    rows = [
        (2.0, (-0.1, 0.0, 0.0), (0.0, 0.0, 0.0)),
        (1.0, (0.1, 0.0, 0.0), (0.0, 0.0, 0.0)),
        (1.0, (0.0, 1.0, 0.0), (0.0, 0.0, 0.0)),
    ]
    bystander = (1e-6, (0.0, 0.0, 10.0), (speed, 0.0, 0.0))
    stars, times = bodies(*rows, bystander), [0.0, 3.0, 6.0, 12.0]
    found = run(stars, times, integrator, 0.01, softening=1e-3)
    np.testing.assert_array_equal(found.merged.counts, [0, 1, 1, 2])
    np.testing.assert_array_equal(found.merged.masses[:, 0], [2.0, 3.0, 3.0, 4.0])
    np.testing.assert_array_equal(found.merged.events.absorbed, [1, 2, -1])
    assert np.all(np.diff(found.merged.events.times[:2]) > 0.0)
    # Mass, momentum, centre of mass: conserved by the run, not only by the merger.
    weights = found.merged.masses[:, :, None]
    center, momentum = (np.sum(weights * rows, axis=1) for rows in (found.positions, found.velocities))
    np.testing.assert_array_equal(np.sum(found.merged.masses, axis=1), 4.0 + 1e-6)
    # With steps of their own two stars pull each other equally to the scheme's order only, else to rounding.
    rounding = 1e-7 if integrator == "block_hermite4" else 1e-12
    np.testing.assert_allclose(momentum, np.broadcast_to(momentum[0], (4, 3)), atol=rounding)
    np.testing.assert_allclose(center, center[0] + np.outer(times, momentum[0]), atol=100.0 * rounding)
    # What each gave up explains the energies.
    given_up = np.concatenate([[0.0], np.cumsum(found.merged.events.energies[:2])])[found.merged.counts]
    scale = np.abs(found.energies[0])  # at rest but for the bystander, so |W0| is all there is
    assert np.max(np.abs(found.energies + given_up - found.energies[0])) <= 1.01 * found.energy_error * scale
    # As around one body at the centre of mass, but for the quadrupole: 3/2 times the mean square of their
    # distances, below 0.2, over the square of ten, on a path of 6 pc or so.
    center = np.sum(stars.masses[:3, None] * stars.positions[:3], axis=0) / 4.0
    alone = run(bodies((4.0, center, (0.0, 0.0, 0.0)), bystander), times, integrator, 0.01, softening=1e-3)
    np.testing.assert_allclose(found.positions[:, 3], alone.positions[:, 1], atol=3e-3 * 6.0)
    assert np.linalg.norm(found.positions[-1, 3] - stars.positions[3]) > 0.4


@every_integrator
def test_watching_for_contacts_changes_no_bit(integrator):
    stars, times = InitialConditions(*cluster(SLOTS, softening=0.3)), [0.0, 3.0, 6.0, 12.0]
    settings = {"softening": 0.3, "tide": Tide(0.1, 2.0), "integrator": integrator, **INTEGRATORS[integrator]}
    without = integrate(*stars, times, **settings)
    watched = integrate(*stars, times, mergers=Mergers(1e-12), **settings)
    assert without.merged is None and watched.merged.counts[-1] == 0
    for name in ("positions", "velocities", "energies", "energy_error", "step", "work"):
        np.testing.assert_array_equal(getattr(watched, name), getattr(without, name), err_msg=name)


@every_integrator
def test_neither_kept_times_nor_a_break_change_a_merger(integrator):
    rows = ((3.0, (0.0, 0.0, 0.0)), (1.0, (0.6, 0.0, 0.0)), (0.5, (0.0, 1.0, 0.1)), (0.1, (0.0, 0.0, -4.0)))
    stars = bodies(*((mass, place, (0.0, 0.0, 0.0)) for mass, place in rows))
    settings = {
        "softening": 1e-3,
        "integrator": integrator,
        "mergers": Mergers(0.01),
        **INTEGRATORS[integrator],
    }
    whole = integrate(*stars, [0.0, 5.0, 7.0, 12.0], **settings)
    assert 1 <= whole.merged.counts[-1] < 3
    first = whole.merged.events.times[0]
    begun = start(*stars, 0.0, **settings)
    # One part ends at the very moment of the first merger, which is then done.
    before, put_aside = follow(begun, [0.0, 0.1, 0.2, first])
    assert before.merged.counts[-1] == 1
    after, _ = follow(put_aside, [first + 0.001, 7.0, 11.0, 12.0])
    for name in ("positions", "velocities", "energies"):
        np.testing.assert_array_equal(getattr(after, name)[[1, 3]], getattr(whole, name)[2:], err_msg=name)
    for name, column in whole.merged.events._asdict().items():
        np.testing.assert_array_equal(getattr(after.merged.events, name), column, err_msg=name)
    assert (after.energy_error, after.step) == (whole.energy_error, whole.step)


def test_runs_side_by_side_merge_each_in_its_own_time():
    integrator = "leapfrog"
    clusters, times = [head_on(0.6), head_on(1.0), head_on(3.0)], np.array([0.0, 3.0, 6.0, 12.0])
    arrays = [np.stack(columns) for columns in zip(*clusters, strict=True)]
    lanes = np.ones(3)
    many = integrate_many(
        *arrays,
        np.tile(times, (3, 1)),
        softening=1e-6 * lanes,
        tide=Tide(0.0 * lanes, 0.0 * lanes),
        integrator=integrator,
        abandon_above=np.inf,
        present=arrays[0] > 0.0,
        mergers=Mergers(0.02 * lanes, 0.0 * lanes, np.inf * lanes),
        **{name: value * lanes for name, value in INTEGRATORS[integrator].items()},
    )
    np.testing.assert_array_equal(many.merged.counts, [[0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]])
    for lane, separation in enumerate((0.6, 1.0)):
        expected = fall_time(separation, 0.04, 4.0)
        assert many.merged.events.times[lane, 0] == pytest.approx(expected, rel=1e-5)
    one = run(clusters[1], times, integrator, 0.02, softening=1e-6)
    np.testing.assert_allclose(many.positions[1], one.positions, rtol=1e-6, atol=1e-6)


@pytest.fixture(scope="module")
def block():
    mergers = {"star_radius": 0.01, "black_hole_radius": 0.03, "black_hole_mass": 5.0}
    settings = specification(cluster={"mergers": mergers}, energy_tolerance=10.0, unusable_above=100.0)
    return simulate_block(spread_design(3), settings), settings


def energy_scale(runs) -> float:
    """K + |W| of the stars at one time of one run, K in the inertial frame."""
    masses = runs.mass.values
    kinetic = 0.5 * np.sum(masses * np.sum(runs.velocity.values**2, axis=1))
    return kinetic - potential_energy(masses, runs.position.values, float(runs.softening))


def test_the_file_holds_every_merger(block, tmp_path):
    runs, _ = block
    netcdf.write(runs, tmp_path / "simulation.nc")  # refuses a variable without units or a name
    assert netcdf.read(tmp_path / "simulation.nc").equals(runs)
    counts = runs.merger_count.values
    assert np.all(counts[:, 0] == 0) and np.any(counts[:, -1] > 1)
    happened = np.arange(runs.sizes["event"]) < counts[:, -1:]
    for name in ("merger_time", "merger_energy", "merger_survivor_mass", "merger_absorbed_mass"):
        np.testing.assert_array_equal(np.isfinite(runs[name]), happened, err_msg=name)
    for name in ("merger_survivor", "merger_absorbed"):
        np.testing.assert_array_equal(runs[name] >= 0, happened, err_msg=name)
    earlier = runs.merger_time.values[:, None, :] <= runs.age.values[:, :, None]
    np.testing.assert_array_equal(np.sum(earlier, axis=2), counts)
    # Mass, and the motion of the centre of mass, do not notice: rounding of some hundred Msun.
    np.testing.assert_allclose(
        runs.mass_at_time.sum("star"), runs.mass.sum("star").expand_dims(time=3, axis=1)
    )
    # The audit: energies plus what was given up by then.
    given_up = np.sum(np.where(earlier, runs.merger_energy.values[:, None, :], 0.0), axis=2)
    change = np.abs(runs.energy + given_up - runs.energy[:, :1].values)
    scale = [energy_scale(runs.isel(run=run, time=0)) for run in range(3)]
    assert np.all(change.max("time") <= 1.0001 * runs.energy_error * scale)
    some = counts[:, -1] > 0
    assert np.all((runs.energy_error * scale)[some] < 0.1 * np.abs(given_up[some, -1]))
    assert np.all(np.isnan(runs.position.values[runs.mass_at_time.values == 0.0]))
    assert "mass_at_time" not in simulate_block(spread_design(3), specification())


def test_summaries_see_the_bodies_that_are_left(block):
    runs, _ = block
    summary = summarize(
        runs, SummarySettings(statistics=["number_of_mergers", "bound_fraction", "escaped_mass"])
    )
    np.testing.assert_array_equal(summary.number_of_mergers, runs.merger_count)
    total = runs.mass.sum("star").values[:, None]
    # The bound and the escaped mass are all there is: nothing went with a slot.
    np.testing.assert_allclose(summary.bound_fraction + summary.escaped_mass / total, 1.0, rtol=1e-12)
    assert np.all(summary.bound_stars <= runs.sizes["star"] - runs.merger_count)


def test_a_lone_body_has_nobody_to_meet():
    star = ([2.0], [[0.0, 0.0, 0.0]], [[1.0, 0.0, 0.0]])
    alone = integrate(*star, [0.0, 1.0], softening=0.1, step=0.1, mergers=Mergers(9.0))
    assert alone.merged.counts[-1] == 0 and alone.merged.events.times.shape == (0,)
    np.testing.assert_allclose(alone.positions[-1], [[1.0, 0.0, 0.0]], rtol=1e-14)


@pytest.mark.parametrize(
    ("mergers", "words"),
    [
        (Mergers(-1.0), "star_radius must be finite and not negative, not -1"),
        (Mergers(0.0, np.nan, 1.0), "black_hole_radius must be finite"),
        (Mergers(0.0, 1.0, 0.0), "black_hole_mass must be positive"),
    ],
)
def test_radii_that_are_none_are_refused(mergers, words):
    with pytest.raises(ValueError, match=words):
        integrate(*head_on(), [0.0, 1.0], softening=0.0, step=0.1, mergers=mergers)
