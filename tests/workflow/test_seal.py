"""The test set reaches nothing but its one evaluation: by file ancestry, by data, and in the face of mutants."""

import re
from pathlib import Path

import pytest
from asking import Server
from edits import replace

EVALUATION_RULES = {"simulate_sealed", "summarize_sealed", "evaluate", "export_evaluation"}


@pytest.fixture(scope="module")
def closure():
    """Every file that would be made for a target if nothing were there: its ancestor closure."""
    with Server() as server:
        yield lambda repository, target: server.ask(repository.root, targets=[target], forceall=True).files


def is_sealed(path: str) -> bool:
    return path.startswith("results/sealed/") or "/evaluation/" in path


def rules(repository) -> set[str]:
    listed = repository.snakemake("--list-rules").stdout
    return {line.strip() for line in listed.splitlines() if re.fullmatch(r"\s*[a-z_]+\s*", line)}


def test_the_closure_of_everything_else_holds_no_test_file(scratch, closure):
    assert not [path for path in closure(scratch, "all") if is_sealed(path)]


def test_the_closure_of_the_evaluation_does(scratch, closure):
    # The control: were the paths of the sealed set misspelt above, the test above could not fail.
    made = closure(scratch, "export_evaluation")
    assert any(path.startswith("results/sealed/simulations/") for path in made)


def test_every_rule_outside_the_evaluation_is_part_of_the_guarded_closure(scratch, closure):
    # `all` asks for every stage, so the closure above covers every guarded rule; a new rule is guarded by default.
    stages_made = {
        Path(path).parts[2] for path in closure(scratch, "all") if path.startswith("results/store/")
    }
    guarded = rules(scratch) - EVALUATION_RULES - {"all", "export"}
    assert len(stages_made) == len(guarded), (stages_made, guarded)


SEALED_SUMMARIES = "[block.summary.path() for block in PLAN.blocks if block.role == 'sealed']"
# Name -> (file, text, text of the mutant): ways in which the test set could leak into a rule.
LEAKS_BETWEEN_RULES = {
    "a fit reads a sealed summary": (
        "workflow/rules/fit.smk",
        '        summaries=inputs_of("fits", "summaries"),\n',
        f'        summaries=inputs_of("fits", "summaries"),\n        more={SEALED_SUMMARIES},\n',
    ),
    "the dataset gathers a sealed summary": (
        "workflow/rules/simulate.smk",
        '        summaries=inputs_of("datasets", "summaries"),\n',
        f'        summaries=inputs_of("datasets", "summaries"),\n        more={SEALED_SUMMARIES},\n',
    ),
    "a figure reads the evaluation": (
        "workflow/rules/figures.smk",
        '        table=inputs_of("figures", "table"),\n',
        '        table=inputs_of("figures", "table"),\n        more=EXPORT_OF_TEST_SET.outputs,\n',
    ),
    "the metrics wait for the evaluation": (
        "workflow/rules/evaluate.smk",
        '        tables=inputs_of("metrics", "tables"),\n',
        '        tables=inputs_of("metrics", "tables"),\n        more=PLAN.evaluation.path(),\n',
    ),
    "a new rule copies a sealed file for a fit": (
        "workflow/rules/fit.smk",
        "rule fit:\n    input:\n",
        f"rule launder:\n    input:\n        {SEALED_SUMMARIES}[0],\n    output:\n        'results/store/laundered',\n"
        "    shell:\n        'cp {input} {output}'\n\n\n"
        "rule fit:\n    input:\n        laundered='results/store/laundered',\n",
    ),
}


@pytest.mark.parametrize("leak", LEAKS_BETWEEN_RULES)
def test_a_leak_between_rules_stops_the_run_before_its_first_job(scratch, leak):
    replace(*LEAKS_BETWEEN_RULES[leak])(scratch.root)
    done = scratch.snakemake(check=False)
    assert done.returncode != 0
    assert "the sealed test set reaches" in done.stdout
    assert not (scratch.root / "results/store").exists() and not (scratch.root / "results/sealed").exists()


LEAKS_IN_THE_PLAN = {
    "sealed blocks count as training": ('block.role == "training"', 'block.role in ("training", "sealed")'),
    "sealed blocks count as noise": ('block.role == "noise"', 'block.role in ("noise", "sealed")'),
    "sealed blocks count as open": ('block.role != "sealed"', "block.role"),
}


@pytest.mark.parametrize("leak", LEAKS_IN_THE_PLAN)
def test_a_leak_in_the_plan_has_nowhere_to_go(scratch, leak):
    # Whatever descends from the sealed set is planned under results/sealed, where only the evaluation's rules write.
    replace("src/nbody_emulator/experiment/planner.py", *LEAKS_IN_THE_PLAN[leak])(scratch.root)
    done = scratch.snakemake(check=False)
    assert done.returncode != 0
    assert not (scratch.root / "results/store").exists() and not (scratch.root / "results/sealed").exists()


LEAKS_IN_THE_CONFIG = {
    "the test set shares the training stream": ("    stream: test-development", "    stream: train"),
    "the released test set shares the calibration stream": (
        "release_stream: test-release",
        "release_stream: calibration",
    ),
    "the release stream is the one worked with": (
        "release_stream: test-release",
        "release_stream: test-development",
    ),
    "the sealed set is used for calibration": ("role: calibration", "role: sealed"),
}


@pytest.mark.parametrize("leak", LEAKS_IN_THE_CONFIG)
def test_a_leak_in_the_config_is_refused(scratch, leak):
    replace("config/test.yaml", *LEAKS_IN_THE_CONFIG[leak])(scratch.root)
    done = scratch.snakemake("-n", check=False)
    assert done.returncode != 0 and "sets" in done.stdout
