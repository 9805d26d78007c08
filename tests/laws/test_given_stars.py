"""Runs of stars that are there already: which file a run takes, how its stars are rescaled, and nothing else."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from nbody_emulator.configuration.file import read, validated
from nbody_emulator.design import draw_block
from nbody_emulator.plan.from_configuration import plan_of
from nbody_emulator.settings.block import BlockOfRuns
from nbody_emulator.settings.rows import SummarySettings
from nbody_emulator.simulation import integrate
from nbody_emulator.simulation.block import simulate_block
from nbody_emulator.simulation.initial_conditions import centered, draw, measure_virial_ratio
from nbody_emulator.states import State, read_stars, write_stars
from nbody_emulator.summaries import summarize
from nbody_emulator.summaries.in_time import statistics_in_time
from nbody_emulator.summaries.register import STATISTICS
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

ROOT = Path(__file__).parents[2]
NAMES = tuple(name for name in STATISTICS.names if STATISTICS.load(name).axis is None)
HERE, MOVING = np.array([0.5, 0.0, -0.1]), np.array([0.0, 0.2, 0.0])
"""Place [pc] and velocity [pc/Myr] of the clusters' centres."""

ROUNDING = 1e-12
"""Of sums over some hundred pairs."""


@pytest.fixture
def clusters(tmp_path, monkeypatch):
    """A folder of four clusters, three of 12 stars and one of 17, none centred."""
    monkeypatch.chdir(tmp_path)
    Path("clusters").mkdir()
    for seed, stars in enumerate((12, 12, 12, 17)):
        masses, positions, velocities = draw(
            {"stars": stars, "masses": {"function": "kroupa", "minimum": 0.08, "maximum": 5.0}},
            scale_radius=0.7,
            virial_ratio=0.8,
            softening=0.0,
            generator=np.random.default_rng(seed),
        )
        write_stars(f"clusters/{seed}.csv", masses, positions + HERE, velocities + MOVING)
    return Path("clusters")


def experiment(where, **parameters):
    """The shipped example, its stars `where` and with these parameters."""
    config = read(ROOT / "config/given.yaml")
    config["cluster"]["initial_conditions"] = where
    config["parameters"] = {"softening_length": {"minimum": 0.01, "maximum": 0.05}, **parameters}
    del config["cluster"]["softening"]
    return validated(config)


def blocks(given, title="simulations of replicate block 0"):
    """The block of this title as its job is told of it, and the files of its stars."""
    plan = plan_of(given, ROOT)
    (artifact,) = [each for each in plan.artifacts if each.title == title]
    settings = json.loads(artifact.canonical_specification)["settings"]
    return BlockOfRuns.model_validate(settings), plan.stars_of(artifact), artifact


def simulated(given, runs=slice(None), **changes):
    block, files, _ = blocks(given)
    block = block.with_files(files).changed(**changes)
    return simulate_block(draw_block(block).isel(run=runs), block)


def starts(dataset):
    """The stars of every run at its start."""
    for run in range(dataset.sizes["run"]):
        one = dataset.isel(run=run, time=0)
        here = one["mass"].values > 0.0
        yield State(*(one[name].values[here] for name in ("mass", "position", "velocity")))


def file_of(state, folder):
    """The name of the file that these are the stars of, told by their masses."""
    (found,) = [
        path.name for path in folder.iterdir() if np.array_equal(read_stars(path).masses, state.masses)
    ]
    return found


def test_stars_are_as_in_the_file_where_no_parameter_rescales_them(clusters):
    for replicate, state in zip(
        range(3), starts(simulated(experiment({"file": "clusters/1.csv"}))), strict=False
    ):
        written = read_stars("clusters/1.csv")
        assert np.array_equal(state.masses, written.masses)
        for found, wanted in ((state.positions, written.positions), (state.velocities, written.velocities)):
            apart = np.abs(found - wanted) / np.spacing(np.abs(wanted))
            # The first run of a point is of the file's stars to the bit; what differs in the others is chaos alone.
            assert np.all(apart == 0.0) if replicate == 0 else np.all((apart > 0.0) & (apart <= 1.0))


def test_runs_take_all_files_of_a_folder_each_by_its_own_stream(clusters):
    dataset = simulated(experiment({"folder": "clusters"}))
    taken = [file_of(state, clusters) for state in starts(dataset)]
    assert set(taken) == {"0.csv", "1.csv", "2.csv", "3.csv"}
    # Whatever the batch: two runs of the block alone, and another block size.
    some = [
        file_of(state, clusters)
        for state in starts(simulated(experiment({"folder": "clusters"}), slice(4, 6)))
    ]
    assert some == taken[4:6]
    assert dataset.attrs["fewest_stars"] == 12 and dataset.sizes["star"] == 17


def test_perturbations_of_a_run_are_of_one_file(clusters):
    dataset = simulated(experiment({"folder": "clusters"}), points=4, replicates=1, perturbations=3)
    taken = np.reshape([file_of(state, clusters) for state in starts(dataset)], (4, 3))
    assert np.all(taken == taken[:, :1]) and len(set(taken[:, 0])) > 1
    first, *others = dataset["position"].isel(time=0, run=slice(3)).values
    assert all(np.any(first != other) for other in others)


def identity(where):
    return blocks(experiment(where))[2].identity


def test_names_depend_on_what_files_hold_alone(clusters):
    named = identity({"folder": "clusters"})
    os.utime(clusters / "0.csv", (2e9, 2e9))
    (clusters / "0.csv").rename(clusters / "last.csv")
    shutil.copytree(clusters, "elsewhere")
    assert identity({"folder": "clusters"}) == identity({"folder": "elsewhere"}) == named
    (clusters / ".hidden").write_text("nothing")
    assert identity({"folder": "clusters"}) == named
    text = (clusters / "last.csv").read_text()
    (clusters / "last.csv").write_text(f"{text}\n")
    assert identity({"folder": "clusters"}) != named
    assert identity({"file": "elsewhere/1.csv"}) == identity({"file": "clusters/1.csv"}) != named


def test_no_path_is_in_what_names_a_result(clusters):
    plan = plan_of(experiment({"folder": "clusters"}), ROOT)
    assert not [each.title for each in plan.artifacts if "clusters/" in each.canonical_specification]


def test_order_of_the_files_does_not_matter(clusters):
    before = simulated(experiment({"folder": "clusters"}), slice(6))
    for place in range(4):
        (clusters / f"{place}.csv").rename(clusters / f"{(7 * place) % 4 + 10}.csv")
    after = simulated(experiment({"folder": "clusters"}), slice(6))
    assert before.identical(after)


def test_a_file_changed_after_planning_is_refused_in_the_job(clusters):
    given = experiment({"file": "clusters/1.csv"})
    block, files, _ = blocks(given)
    shutil.copy("clusters/2.csv", "clusters/1.csv")
    with pytest.raises(
        ValueError, match=r"clusters/1.csv has changed since this run was planned; begin it again"
    ):
        simulate_block(draw_block(block), block.with_files(files))


def inner_ratio(state, softening):
    return measure_virial_ratio(
        state.masses, state.positions, centered(state.masses, state.velocities), softening
    )


def mean(masses, vectors):
    return np.average(vectors, axis=0, weights=masses)


def test_a_virial_ratio_is_met_by_the_velocities(clusters):
    dataset = simulated(experiment({"folder": "clusters"}, virial_ratio=1.3))
    for state, softening in zip(starts(dataset), dataset["softening"].values, strict=True):
        assert inner_ratio(state, softening) == pytest.approx(1.3, rel=ROUNDING)
        written = read_stars(clusters / file_of(state, clusters))
        np.testing.assert_allclose(state.positions, written.positions, rtol=ROUNDING)
        np.testing.assert_allclose(
            mean(state.masses, state.velocities), mean(state.masses, written.velocities), atol=ROUNDING
        )


def test_a_scale_radius_is_that_of_the_plummer_sphere_of_the_same_virial_radius(clusters):
    dataset = simulated(experiment({"folder": "clusters"}, scale_radius=0.25))
    for run, state in enumerate(starts(dataset)):
        apart = np.linalg.norm(state.positions[:, None] - state.positions, axis=-1)
        first, second = np.triu_indices(len(state.masses), k=1)
        pairs = np.sum(state.masses[first] * state.masses[second] / apart[first, second])
        virial_radius = np.sum(state.masses) ** 2 / (2.0 * pairs)
        assert virial_radius == pytest.approx(16.0 * 0.25 / (3.0 * np.pi), rel=ROUNDING)
        crossing_time = np.sqrt(0.25**3 / (GRAVITATIONAL_CONSTANT * np.sum(state.masses)))
        assert dataset["crossing_time"].values[run] == pytest.approx(crossing_time, rel=ROUNDING)
        written = read_stars(clusters / file_of(state, clusters))
        np.testing.assert_allclose(state.velocities, written.velocities, rtol=ROUNDING)
        np.testing.assert_allclose(
            mean(state.masses, state.positions), mean(state.masses, written.positions), atol=ROUNDING
        )


def test_a_large_plummer_sphere_has_its_own_scale_radius(tmp_path, monkeypatch):
    """Within the scatter of a draw: W of 4000 stars of one mass is known to some percent."""
    monkeypatch.chdir(tmp_path)
    cluster = {"stars": 4000, "masses": {"function": "equal", "mass": 1.0}}
    drawn = draw(
        cluster, scale_radius=0.7, virial_ratio=1.0, softening=0.0, generator=np.random.default_rng(1)
    )
    write_stars("stars.nc", *drawn)
    given = experiment({"file": "stars.nc"}).given_stars
    assert given.smallest_scale_radius == pytest.approx(0.7, rel=0.05)


def test_a_run_is_what_integrate_makes_of_the_same_stars(clusters):
    """States to the bit, and so every statistic at every time."""
    given = experiment({"file": "clusters/3.csv"})
    dataset = simulated(given, slice(1))
    written, run = read_stars("clusters/3.csv"), dataset.isel(run=0)
    method, crossing_time = given.integration, float(run["crossing_time"])
    trajectory = integrate(
        *written,
        times=run["age"].values,
        softening=float(run["softening"]),
        integrator=method.integrator,
        accuracy=method.accuracy,
        longest_step=method.longest_step * crossing_time,
        step_floor=method.step_floor * crossing_time,
    )
    assert np.array_equal(trajectory.positions, run["position"].values)
    assert np.array_equal(trajectory.velocities, run["velocity"].values)
    summary = summarize(dataset, SummarySettings(statistics=STATISTICS.names)).isel(run=0)
    alone = statistics_in_time(
        written.masses,
        trajectory.positions,
        trajectory.velocities,
        run["age"].values,
        softening=float(run["softening"]),
    )
    assert {STATISTICS.load(name).variable for name in STATISTICS.names} < set(alone.data_vars)
    for name, variable in alone.data_vars.items():
        np.testing.assert_array_equal(variable.values, summary[name].values)
        assert variable.attrs == summary[name].attrs
