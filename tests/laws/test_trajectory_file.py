"""A run of `integrate` in a file is that run, to the bit, and can be made again from it."""

import jax
import numpy as np
import pytest

from nbody_emulator.settings.error import ConfigurationError
from nbody_emulator.simulation import Mergers, Tide, integrate, integrate_many
from nbody_emulator.simulation.trajectory_file import read_trajectory, write_trajectory
from nbody_emulator.states import write_stars
from nbody_emulator.storage.netcdf import read
from nbody_emulator.summaries.block import BOUND_STARS
from nbody_emulator.summaries.in_time import statistics_in_time
from nbody_emulator.summaries.register import STATISTICS
from nbody_emulator.summaries.snapshot import Snapshot

TIMES = np.linspace(0.3, 12.3, 4)
BLOCK = {"integrator": "block_hermite4", "accuracy": 0.02, "longest_step": 0.125}
ASKED = {
    "a step": {"softening": 0.3, "integrator": "leapfrog", "step": 0.01},
    "a galaxy": {"softening": 0.02, "tide": Tide(angular_speed=0.05, radial=2.0), **BLOCK},
    "mergers": {"softening": 0.0, "mergers": Mergers(star_radius=0.15), **BLOCK},
    "a run given up": {"softening": 0.01, "most_steps": 3, **BLOCK},
}


@pytest.fixture(scope="module")
def stars():
    random = np.random.default_rng(2)
    return random.uniform(0.1, 3.0, 9), random.normal(size=(9, 3)), 0.05 * random.normal(size=(9, 3))


def run_of(case, stars):
    return integrate(*stars, TIMES, **ASKED[case])


def stored(case, stars, path):
    given = {name: value for name, value in ASKED[case].items() if name != "most_steps"}
    trajectory = run_of(case, stars)
    write_trajectory(path, trajectory, stars[0], TIMES, **given)
    return trajectory, read_trajectory(path)


def same(one, other):
    """Whether two runs are, to the bit and in their types."""
    leaves, others = jax.tree.leaves(one), jax.tree.leaves(other)
    assert jax.tree.structure(one) == jax.tree.structure(other)
    return all(
        np.asarray(a).dtype == np.asarray(b).dtype
        and np.asarray(a).tobytes() == np.asarray(b).tobytes()
        and np.shape(a) == np.shape(b)
        for a, b in zip(leaves, others, strict=True)
    )


@pytest.mark.parametrize("case", ASKED)
def test_a_run_comes_back_to_the_bit(case, stars, tmp_path):
    trajectory, found = stored(case, stars, tmp_path / "run.nc")
    assert same(found.trajectory, trajectory)
    assert np.array_equal(found.masses, stars[0]) and np.array_equal(found.times, TIMES)


def test_the_cases_are_what_they_are_called(stars):
    assert run_of("mergers", stars).merged.counts[-1] > 0 and not run_of("a run given up", stars).finished


@pytest.mark.parametrize("case", ["a step", "a galaxy", "mergers"])
def test_what_a_run_was_asked_makes_it_again(case, stars, tmp_path):
    trajectory, found = stored(case, stars, tmp_path / "run.nc")
    first = found.trajectory.positions[0], found.trajectory.velocities[0]
    again = integrate(
        found.masses,
        stars[1],
        stars[2],
        found.times,
        softening=found.softening,
        tide=found.tide,
        mergers=found.mergers,
        **found.settings,
    )
    assert same(again, trajectory)
    np.testing.assert_allclose(first, stars[1:], rtol=1e-12)  # the galaxy's frame is rotated there and back


def test_every_variable_has_a_unit_and_a_name(stars, tmp_path):
    stored("mergers", stars, tmp_path / "run.nc")
    dataset = read(tmp_path / "run.nc")
    numbers = [each for each in dataset.variables.values() if each.dtype.kind in "fiu"]
    assert len(numbers) > 20 and all(each.attrs["units"] and each.attrs["long_name"] for each in numbers)


def test_statistics_in_time_are_those_of_every_snapshot(stars, tmp_path):
    _, found = stored("mergers", stars, tmp_path / "run.nc")
    trajectory, masses = found.trajectory, found.trajectory.merged.masses
    measured = statistics_in_time(
        masses, trajectory.positions, trajectory.velocities, found.times, softening=found.softening
    )
    gone = np.sum(masses == 0.0, axis=1)
    assert gone[-1] > 0 and np.array_equal(measured["number_of_mergers"].values, gone)
    for time in range(len(TIMES)):
        here = masses[time] > 0.0
        state = masses[time][here], trajectory.positions[time][here], trajectory.velocities[time][here]
        snapshot = Snapshot(*state, found.softening, mergers=float(gone[time]))
        for statistic in (BOUND_STARS, *map(STATISTICS.load, STATISTICS.names)):
            np.testing.assert_array_equal(measured[statistic.variable].values[time], statistic(snapshot))


def test_tracers_are_no_part_of_statistics(stars):
    trajectory = run_of("a step", stars)
    states = trajectory.positions, trajectory.velocities
    with_tracer = (np.concatenate([each, each[:, :1] + 1.0], axis=1) for each in states)
    bare = statistics_in_time(stars[0], *states, TIMES, softening=0.01)
    traced = statistics_in_time(np.append(stars[0], 0.0), *with_tracer, TIMES, softening=0.01)
    assert bare.identical(traced)


def test_what_is_no_run_is_refused_with_a_remedy(stars, tmp_path):
    write_stars(tmp_path / "stars.nc", *stars)
    (tmp_path / "words.nc").write_text("words")
    for name, told in (("stars.nc", "holds no run of integrate"), ("words.nc", "no NetCDF file")):
        with pytest.raises(ConfigurationError, match=f"{told}.*; name "):
            read_trajectory(tmp_path / name)
    batch = integrate_many(
        *(np.stack([each, each]) for each in stars),
        np.stack([TIMES, TIMES]),
        softening=np.full(2, 0.3),
        tide=Tide(np.zeros(2), np.zeros(2)),
        integrator="leapfrog",
        step=np.full(2, 0.01),
    )
    with pytest.raises(ConfigurationError, match="; give one run"):
        write_trajectory(tmp_path / "run.nc", batch, stars[0], TIMES, softening=0.01)
    one = jax.tree.map(lambda values: values[1], batch)
    write_trajectory(tmp_path / "run.nc", one, stars[0], TIMES, softening=0.01)
    assert same(read_trajectory(tmp_path / "run.nc").trajectory, one)


WRONG = {
    "times": ({"times": TIMES[:2]}, r"times: \(2,\) beside masses"),
    "masses": ({"masses": np.ones(3)}, r"give masses \(N,\)"),
    "softening": ({"softening": -1.0}, "0 for none"),
    "statistics": ({"statistics": ("core_radios",)}, "did you mean 'core_radius'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_measured_is_refused(name, stars):
    trajectory = run_of("a step", stars)
    asked = {
        "masses": stars[0],
        "positions": trajectory.positions,
        "velocities": trajectory.velocities,
        "times": TIMES,
        "softening": 0.01,
    }
    changes, told = WRONG[name]
    with pytest.raises(ConfigurationError, match=told):
        statistics_in_time(**{**asked, **changes})
