"""The test set reaches nothing but its one evaluation: by file ancestry, by data, and in the face of mutants."""

import re
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from asking import Server
from edits import replace
from finished_run import Repository, fresh_copy
from mutants import CONFIG, PLAN, WORKFLOW
from own_mutants import OWN_CONFIG, OWN_WORKFLOW

from nbody_emulator.configuration.file import load
from nbody_emulator.settings.error import ConfigurationError

EVALUATION_RULES = {
    "simulate_sealed",
    "call_simulator_sealed",
    "import_runs_sealed",
    "summarize_sealed",
    "evaluate",
    "draw_sealed",
    "export_evaluation",
    "test_set",
}

EXPERIMENTS = {
    "test": "simulations",
    "stars": "simulations",
    "fates": "simulations",
    "epidemic": "calls",
    "borehole": "imports",
}
"""One of each kind, one with tasks and one with fates, and the stage that makes its runs."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Repository:
    """A fresh copy without results, to ask about."""
    return fresh_copy(tmp_path_factory.mktemp("whole") / "repository")


@pytest.fixture(scope="module")
def server():
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def closure(whole, server):
    """Every file that would be made for a target if nothing were there: its ancestor closure."""
    return cache(
        lambda experiment, target: (
            server.ask(whole.root, experiment=experiment, targets=[target], forceall=True).files
        )
    )


def is_sealed(path: str) -> bool:
    return path.startswith("results/sealed/") or "/evaluation/" in path


def rules(repository) -> set[str]:
    listed = repository.snakemake("--list-rules").stdout
    return set(re.findall(r"^([a-z_]+)(?: \(.*\))?$", listed, re.MULTILINE))


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_closure_of_everything_else_holds_no_test_file(closure, experiment):
    assert not [path for path in closure(experiment, "all") if is_sealed(path)]


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_closure_of_the_evaluation_does(closure, experiment):
    # The control: were the paths of the sealed set misspelt above, the test above could not fail.
    made = closure(experiment, "export_evaluation")
    assert any(path.startswith(f"results/sealed/{EXPERIMENTS[experiment]}/") for path in made)


def test_every_rule_outside_the_evaluation_is_part_of_the_guarded_closure(whole, closure):
    # `all` asks for every stage, so the closures above cover every guarded rule; a new rule is guarded by default.
    made = chain.from_iterable(closure(experiment, "all") for experiment in EXPERIMENTS)
    stages_made = {Path(path).parts[2] for path in made if path.startswith("results/store/")}
    # The one that compares models has nothing to do in an experiment of one.
    others = {"all", "export", "infer_observation", "compare_models"}
    guarded = rules(whole) - EVALUATION_RULES - others
    assert len(stages_made) == len(guarded), (stages_made, guarded)


def nothing_was_made(repository) -> bool:
    return not any((repository.root / "results" / store).exists() for store in ("store", "sealed"))


@pytest.mark.parametrize("leak", WORKFLOW)
def test_a_leak_between_rules_stops_the_run_before_its_first_job(scratch, server, leak):
    replace(*WORKFLOW[leak])(scratch.root)
    assert "the sealed test set reaches" in server.refusal(scratch.root)
    assert nothing_was_made(scratch)


@pytest.mark.parametrize("leak", PLAN)
def test_a_leak_in_the_plan_has_nowhere_to_go(scratch, server, leak):
    # Whatever descends from the sealed set is planned under results/sealed, where only the evaluation's rules write.
    module, *mutation = PLAN[leak]
    replace(f"src/nbody_emulator/plan/{module}", *mutation)(scratch.root)
    assert server.refusal(scratch.root)
    assert nothing_was_made(scratch)


@pytest.mark.parametrize("leak", CONFIG)
def test_a_leak_in_the_config_is_refused(scratch, leak):
    """By the one door for configurations, which the Snakefile comes through."""
    replace("config/test.yaml", *CONFIG[leak])(scratch.root)
    with pytest.raises(ConfigurationError, match="sets"):
        load(scratch.root / "config/test.yaml")


@pytest.mark.parametrize("leak", OWN_WORKFLOW)
def test_a_leak_of_own_runs_stops_the_run_before_its_first_job(scratch, server, leak):
    experiment, *mutation = OWN_WORKFLOW[leak]
    replace(*mutation)(scratch.root)
    assert "the sealed test set reaches" in server.refusal(scratch.root, experiment=experiment)
    assert nothing_was_made(scratch)


@pytest.mark.parametrize("leak", OWN_CONFIG)
def test_a_leak_in_the_config_of_own_runs_is_refused(scratch, monkeypatch, leak):
    experiment, *mutation = OWN_CONFIG[leak]
    replace(f"config/{experiment}.yaml", *mutation)(scratch.root)
    monkeypatch.chdir(scratch.root)
    with pytest.raises(ConfigurationError, match=r"sets\."):
        load(Path(f"config/{experiment}.yaml"))
