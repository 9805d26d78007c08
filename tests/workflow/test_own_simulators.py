"""Experiments with another simulator's runs, through the whole workflow: what can be judged is, the rest is said."""

import json
import os
import shutil
import sys

import numpy as np
import pandas as pd
import pytest
from asking import Server
from edits import change_one_byte
from finished_run import fresh_copy
from own_experiments import EMULATORS, shrink

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.plan.from_configuration import plan_of_file
from nbody_emulator.storage.netcdf import read

SEALED = "examples/borehole/sealed.csv"
NEEDS_REPLICATES = {
    "noise",
    "noise_parts",
    "bias_variance",
    "regularization",
    "learning_curve",
    "runs_needed",
}
NEEDS_STEPS = {"half_step", "evolution"}


def run(repository, *arguments, experiment, **how):
    return repository.snakemake(*arguments, experiment=experiment, **how).stdout


@pytest.fixture(scope="module")
def borehole(tmp_path_factory):
    """The results of an experiment whose sealed file is not there; the file itself lies beside the repository."""
    repository = fresh_copy(tmp_path_factory.mktemp("own") / "repository")
    shrink(repository.root)
    shutil.move(repository.root / SEALED, repository.root.parent / "sealed.csv")
    run(repository, experiment="borehole")
    return repository


@pytest.fixture
def whole(borehole, tmp_path):
    """A copy with the sealed file in its place."""
    copied = borehole.copy_to(tmp_path / "repository")
    shutil.copy(borehole.root.parent / "sealed.csv", copied.root / SEALED)
    return copied


@pytest.fixture(scope="module")
def server():
    with Server() as running:
        yield running


def test_results_are_there_without_the_sealed_file(borehole):
    results = borehole.root / "results"
    assert not (borehole.root / SEALED).exists() and not (results / "sealed").exists()
    metrics = json.loads((results / "borehole/metrics.json").read_text())
    assert set(metrics["families"]) == {*EMULATORS}
    runs = pd.read_csv(results / "borehole/runs.csv")
    assert len(runs) == 220 and "flow [m3/yr]" in runs
    scores = pd.read_csv(results / "borehole/tables/scores.csv")
    r2 = scores[(scores["family"] == "linear") & (scores["metric"] == "r2") & (scores["output"] == "flow")]
    assert r2["value"].max() > 0.9


def test_what_is_left_out_is_said_and_not_there(borehole):
    told = borehole.run(sys.executable, "-m", "nbody_emulator.cli", "validate", "config/borehole.yaml").stdout
    metrics = json.loads((borehole.root / "results/borehole/metrics.json").read_text())
    left_out = {name for names in metrics["left_out"].values() for name in names}
    assert left_out == NEEDS_REPLICATES | NEEDS_STEPS
    assert all(f"{', '.join(names)} ({why})" in told for why, names in metrics["left_out"].items())
    assert any("no set has the role noise" in why for why in metrics["left_out"])
    exported = {path.stem for path in (borehole.root / "results/borehole").rglob("*.*")}
    assert not exported & left_out and {"scores", "design", "calibration"} <= exported


def test_neither_the_sealed_file_nor_a_touched_one_reruns_anything(whole, server):
    """What was made without the sealed file keeps its names with it; the contract tells of other files."""
    os.utime(whole.root / "examples/borehole/training.csv", (2e9, 2e9))
    assert server.ask(whole.root, experiment="borehole").made == set()


def test_the_evaluation_opens_the_one_sealed_file(whole, server):
    ledger = whole.root / "results/published/borehole/test_set_ledger.jsonl"
    openings = len(ledger.read_text().splitlines())
    change_one_byte(whole.root / SEALED)
    told = run(whole, "test_set", experiment="borehole", check=False)
    assert "examples/borehole/sealed.csv is not the sealed file: its sha256 is" in told
    assert not list((whole.root / "results/borehole").rglob("evaluation.json"))
    change_one_byte(whole.root / SEALED)
    run(whole, "test_set", experiment="borehole")
    evaluation = json.loads(next((whole.root / "results/borehole").rglob("evaluation.json")).read_text())
    assert set(evaluation["families"]) == {*EMULATORS}
    assert len(ledger.read_text().splitlines()) == openings + 1
    # Opened once, it is not needed any more.
    (whole.root / SEALED).unlink()
    assert server.ask(whole.root, experiment="borehole", targets=["test_set"]).made == set()


def test_calls_of_a_function_are_judged_as_any_runs(tmp_path):
    repository = fresh_copy(tmp_path / "repository")
    shrink(repository.root)
    results = plan_of_file(repository.root / "config/epidemic.yaml", repository.root).results
    wanted = ("dataset.nc", "tables/noise.csv", "figures/noise.svg", "emulators/linear.eqx")
    paths = {name: repository.root / results[name].path for name in wanted}
    run(repository, *(results[name].path for name in wanted), experiment="epidemic")
    dataset = read(paths["dataset.nc"])
    assert set(dataset["status"].values) == {0} and dataset.sizes["run"] == 2 * 25 + 10 * 4 + 30 + 30
    peaks = dataset["peak_day"].values
    assert 0 < np.isnan(peaks).sum() < peaks.size and set(dataset["set"].values) == {
        "train",
        "replicate",
        "calibration",
        "observation",
    }
    noise = pd.read_csv(paths["tables/noise.csv"])
    assert {"ill", "peak_day"} <= set(noise["output"])
    assert paths["figures/noise.svg"].stat().st_size > 5000
    assert "epidemic" in Emulator.load(paths["emulators/linear.eqx"]).metadata.description
    assert not (repository.root / "results/sealed").exists()
