"""An experiment whose stars are in files, through the workflow: what runs begin with, and what a changed file does."""

import json
import os

import numpy as np
import pandas as pd
import pytest
from asking import Server
from finished_run import RECORDER, RECORDING, fresh_copy

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.identity.accepted import read_acceptances
from nbody_emulator.plan.from_configuration import ACCEPTED_CODE, plan_of_file
from nbody_emulator.states import read_stars
from nbody_emulator.storage.netcdf import read

FOLDER = "examples/given/clusters"
WANTED = ("dataset.nc", "tables/noise.csv", "emulators/linear.eqx")

RUNS = {
    "simulations of train block 0",
    "simulations of replicate block 0",
    "simulations of calibration block 0",
}


def planned(root, monkeypatch):
    """The plan as it is made in the folder where paths begin."""
    monkeypatch.chdir(root)
    return plan_of_file(root / "config/given.yaml", root)


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Some results of the shipped example, and their paths."""
    repository = fresh_copy(tmp_path_factory.mktemp("given") / "repository")
    with (repository.root / "workflow/job.py").open("a") as job:
        job.write(RECORDING.format(recorder=RECORDER))
    with pytest.MonkeyPatch.context() as patch:
        results = planned(repository.root, patch).results
    paths = {name: results[name].path for name in WANTED}
    repository.snakemake(*paths.values(), experiment="given")
    return repository, paths


def test_runs_begin_with_the_stars_of_the_files(given, monkeypatch):
    repository, _ = given
    plan = planned(repository.root, monkeypatch)
    files = {path: read_stars(path) for path in sorted(map(str, (repository.root / FOLDER).iterdir()))}
    taken = set()
    for block in plan.blocks:
        if block.role == "sealed":
            continue
        runs = read(repository.root / block.simulation.path())
        for run in range(runs.sizes["run"]):
            masses = runs["mass"].values[run]
            (path,) = [
                path for path, stars in files.items() if np.array_equal(stars.masses, masses[masses > 0.0])
            ]
            # Where no parameter says how large the cluster is, the first run of a point is as large as the file's.
            if not runs["replicate"].values[run]:
                state = runs["position"].isel(run=run, time=0).values[masses > 0.0]
                assert np.array_equal(state, files[path].positions)
            taken.add(path)
    assert taken == set(files)


def test_they_are_emulated_and_judged_as_any_runs(given):
    repository, paths = given
    dataset = read(repository.root / paths["dataset.nc"])
    assert set(dataset["status"].values) == {0} and dataset.sizes["run"] == 2 * 12 + 6 * 3 + 22
    noise = pd.read_csv(repository.root / paths["tables/noise.csv"])
    assert {"sigma_v", "r_h"} <= set(noise["output"])
    description = Emulator.load(repository.root / paths["emulators/linear.eqx"]).metadata.description
    assert "stars in files with sha256" in description and FOLDER not in description


def test_the_digest_of_code_covers_what_reads_the_files(given):
    repository, _ = given
    notes = [json.loads(path.read_text()) for path in repository.recorded_imports.glob("*.json")]
    simulations = [note for note in notes if note["stage"] == "simulations"]
    came = {name for each in read_acceptances(repository.root / ACCEPTED_CODE) for name in each.by}
    assert "nbody_emulator.states.mcluster" in {name for note in simulations for name in note["imported"]}
    missed = {name for note in simulations for name in set(note["imported"]) - set(note["declared"])}
    assert not missed - came


def test_snakemake_makes_runs_again_for_what_a_file_holds_and_for_nothing_else(given, tmp_path):
    repository, _ = given
    copied = repository.copy_to(tmp_path / "repository")
    first, renamed = copied.root / FOLDER / "first.csv", copied.root / FOLDER / "renamed.csv"
    with Server() as server:
        left = server.ask(copied.root, experiment="given").made
        assert left and not left & RUNS
        first.rename(renamed)
        os.utime(renamed, (2e9, 2e9))
        assert server.ask(copied.root, experiment="given").made == left
        renamed.write_text(renamed.read_text() + "\n")
        made = server.ask(copied.root, experiment="given").made
    assert made >= RUNS
