"""A plan is a graph known by its ends: all that they need is in it, once, and after what it needs itself."""

import dataclasses
from itertools import chain
from pathlib import Path

import pytest

from nbody_emulator.configuration.block import block_of_runs
from nbody_emulator.configuration.file import load
from nbody_emulator.identity.code import CodeBase
from nbody_emulator.identity.versions import read_pins
from nbody_emulator.plan.artifact_maker import ArtifactMaker
from nbody_emulator.plan.from_configuration import LOCK
from nbody_emulator.plan.plan import Plan, Target
from nbody_emulator.plan.planner import Planner
from nbody_emulator.plan.run_planner import RunPlanner, simulation_modules
from nbody_emulator.plan.stages import STAGES

ROOT = Path(__file__).parents[2]
EXPERIMENT = load(ROOT / "config/test.yaml")


@pytest.fixture(scope="module")
def maker() -> ArtifactMaker:
    return ArtifactMaker(CodeBase(ROOT / "src", ROOT / "workflow/scripts"), read_pins(ROOT / LOCK))


@pytest.fixture(scope="module")
def plan(maker) -> Plan:
    return Planner(EXPERIMENT, maker).plan()


def test_everything_is_there_once_and_after_what_it_needs(plan):
    folders = [artifact.folder for artifact in plan.artifacts]
    assert len(set(folders)) == len(folders)
    place = {folder: number for number, folder in enumerate(folders)}
    for artifact in plan.artifacts:
        for item in chain.from_iterable(artifact.inputs.values()):
            assert place[item.folder] < place[artifact.folder]


def test_every_stage_and_every_block_is_reached_from_the_targets(plan):
    assert {artifact.stage for artifact in plan.artifacts} == set(STAGES)
    reached = {artifact.folder for artifact in plan.artifacts}
    assert {block.summary.folder for block in (*plan.blocks, plan.half_step)} <= reached


def test_the_open_results_reach_nothing_that_is_sealed(plan):
    alone = dataclasses.replace(plan, test_set={})
    assert not any(artifact.sealed for artifact in alone.artifacts)
    assert set(alone.artifacts) == {artifact for artifact in plan.artifacts if not artifact.sealed}


def test_runs_of_the_same_stars_teach_and_score_nothing(plan, maker):
    sets = {name: run_set for name, run_set in EXPERIMENT.sets.items() if run_set.role != "repeat"}
    without = Planner(EXPERIMENT.changed(sets=sets), maker).plan()
    new = {plan.by_identity[key].title for key in plan.by_identity.keys() - without.by_identity.keys()}
    kinds = ("design", "energy", "noise", "half_step", "evolution")
    assert new == {
        "simulations of repeat block 0",
        "summaries of repeat block 0",
        "the dataset",
        *(f"{kind} of {name}" for kind in ("table", "figure") for name in kinds),
        "the metrics",
    }


def test_simulations_may_depend_on_a_fit(plan, maker):
    run_set = EXPERIMENT.sets["train"]
    wave = RunPlanner(EXPERIMENT, maker).simulation(
        "a later wave",
        block_of_runs(EXPERIMENT, run_set, 99),
        simulation_modules(EXPERIMENT, run_set),
        {"emulator": (plan.fits["linear"],)},
    )
    with_wave = dataclasses.replace(plan, results=plan.results | {"wave.nc": Target(wave, "simulation.nc")})
    order = [artifact.folder for artifact in with_wave.artifacts]
    assert order.index(plan.fits["linear"].folder) < order.index(wave.folder)
    assert wave.specification["inputs"] == {"emulator": [plan.fits["linear"].identity]}


def test_new_runs_are_chosen_by_the_posteriors_they_are_drawn_from(plan):
    """Of each observed run a block, which is no part of the dataset that everything else is made from."""
    new = [block for block in plan.blocks if block.role == "predictive"]
    assert len(new) == EXPERIMENT.sets["predictive"].blocks
    for block in new:
        (draws,) = block.simulation.inputs["draws"]
        assert draws.stage.name == "draws" and draws.inputs["emulator"][0].stage.name == "posteriors"
        assert block.summary not in plan.results["dataset.nc"].artifact.inputs["summaries"]
    drawn = [block for block in plan.blocks if block.role != "predictive"]
    assert not any(block.simulation.inputs for block in drawn)


def test_what_nobody_asks_of_posteriors_leaves_no_table(maker):
    sets = {name: run_set for name, run_set in EXPERIMENT.sets.items() if run_set.role != "predictive"}
    inference = EXPERIMENT.inference.changed(observed={})
    without = Planner(EXPERIMENT.changed(sets=sets, inference=inference), maker).plan()
    assert not {f"tables/{name}.csv" for name in ("information", "recovered", "predictive")} & set(
        without.results
    )
    assert "tables/posteriors.csv" in without.results
