"""The experiment through SLURM: the same bytes as on one machine, whatever happens on the way."""

import sys

import pytest
import yaml
from disturbance import TOO_LITTLE
from finished_run import ROOT, contents, differing

pytestmark = pytest.mark.cluster

DONE = "1 of 1 steps (100%) done"
LOCAL_RULES = {"all", "tabulate", "measure", "draw", "export"}
QUEUED = {
    "simulate",
    "summarize",
    "gather",
    "fit",
    "run_trials",
    "predict",
    "infer",
    "inform",
    "draw_posteriors",
}
"""Rules of the `test` experiment whose jobs go to the queue."""


def every_result_is_sound(repository) -> bool:
    done = repository.run(sys.executable, "-m", "nbody_emulator.cli", "check", check=False)
    return done.returncode == 0 and not list(repository.root.glob("results/**/*.tmp"))


def states(jobs) -> str:
    return ", ".join(sorted({job.state for job in jobs}))


def identical(found, local_bytes, tried, what: str) -> bool:
    wrong = differing(found, local_bytes)
    told = f"{len(local_bytes) - len(wrong)} of {len(local_bytes)} files identical to a local run's"
    return tried(what, told, bool(local_bytes) and not wrong)


def test_from_nothing_the_bytes_are_those_of_one_machine(undisturbed, local_bytes, tried):
    found = contents(undisturbed.repository.root)
    of_these = {path: local_bytes[path] for path in found.keys() & local_bytes.keys()}
    told = f"from nothing to runs at draws from posteriors, {len(undisturbed.jobs())} jobs"
    assert identical(found, of_these, tried, told)
    assert {job.rule for job in undisturbed.jobs()} == QUEUED - {"predict"}


def test_every_job_ends_well_at_once(undisturbed, tried):
    jobs = undisturbed.jobs()
    assert tried(
        "the same, nothing done to it", f"{len(jobs)} jobs: {states(jobs)}", states(jobs) == "COMPLETED"
    )


@pytest.mark.parametrize("resource", ["runtime", "mem_mb", "gpu"])
def test_each_job_is_given_what_the_profile_says(undisturbed, tried, resource):
    profile = yaml.safe_load((ROOT / "profiles/slurm/profile.v9+.yaml").read_text())
    jobs, rules = undisturbed.jobs(), profile["set-resources"]
    expected = {job.rule: {**profile["default-resources"], **rules.get(job.rule, {})} for job in jobs}
    expected = {rule: eval(str(given.get(resource, 0)), {"attempt": 1}) for rule, given in expected.items()}
    found = {job.rule: job.given[resource] for job in jobs}
    assert tried(resource, ", ".join(f"{rule} {amount}" for rule, amount in found.items()), found == expected)


def test_small_rules_never_reach_the_queue(undisturbed, tried):
    rules = {job.rule for job in undisturbed.jobs()}
    assert tried("rules in the queue", ", ".join(sorted(rules)), bool(rules) and not rules & LOCAL_RULES)


def test_whatever_happens_the_bytes_are_the_same(disturbed, local_bytes, tried):
    found = contents(disturbed.repository.root)
    assert identical(found, local_bytes, tried, "all of what follows, in one run")
    assert any(job.rule == "predict" for job in disturbed.jobs("COMPLETED"))


def test_whatever_happens_every_receipt_holds(disturbed, tried):
    sound = every_result_is_sound(disturbed.repository)
    assert tried(
        "`make check` after it", "every file as written, none half-written" if sound else "damage", sound
    )


def test_a_cancelled_job_is_tried_again(disturbed, tried):
    victims = disturbed.fate("cancelled")
    again = disturbed.copies(victims, "COMPLETED")
    held = states(victims) == "CANCELLED" and bool(again)
    assert tried("scancel of a running job", f"{states(victims)}, then {states(again)}", held)


def test_the_jobs_of_a_lost_node_are_tried_again_elsewhere(disturbed, tried):
    lost = disturbed.fate("lost")
    again = disturbed.copies(lost, "COMPLETED")
    held = states(lost) == "NODE_FAIL" and {job.result for job in lost} == {job.result for job in again}
    assert tried("kill -9 of one slurmd", f"{len(lost)} jobs {states(lost)}, then {states(again)}", held)


def test_a_lost_job_may_end_beside_its_copy(disturbed, tried):
    lost = disturbed.victims["lost"]
    ended = [job for job in lost if DONE in disturbed.log_of(job)]
    assert tried(
        "those jobs, awake beside their copies",
        f"{len(ended)} of {len(lost)} wrote their results too",
        bool(ended),
    )


def test_a_job_without_enough_memory_gets_more(disturbed, tried):
    jobs = [job for job in disturbed.jobs(rule="gather") if job.state != "CANCELLED"]
    starved = [job for job in jobs if job.given["mem_mb"] == TOO_LITTLE]
    fed = [job for job in jobs if job.given["mem_mb"] == 8 * TOO_LITTLE]
    held = states(starved) == "FAILED" and states(fed) == "COMPLETED"
    told = f"with {TOO_LITTLE} MB {states(starved)}, then with {8 * TOO_LITTLE} MB {states(fed)}"
    assert tried("two jobs over their memory", told, held)


def test_a_killed_head_finds_its_jobs_cancelled_and_goes_on(disturbed, tried):
    left = disturbed.fate("left")
    cancelled = [job for job in left if job.state == "CANCELLED"]
    again = disturbed.copies(cancelled, "COMPLETED")
    held = bool(again) and {job.state for job in left} <= {"CANCELLED", "COMPLETED"}
    told = (
        f"{len(cancelled)} of {len(left)} jobs left were cancelled, {len(again)} still needed were made anew"
    )
    assert tried(
        "kill -9 of Snakemake, started again", told, held and "they are cancelled" in disturbed.head.said
    )


def test_a_job_that_slurm_requeues_gives_the_same_bytes(requeued, local_bytes, tried):
    (job,) = requeued.fate("lost")
    same = not differing(contents(requeued.repository.root), local_bytes)
    held = job.state == "COMPLETED" and job.restarts == 1 and same
    assert tried("kill -9 of one slurmd, SLURM requeues", f"{job.state} after {job.restarts} restart", held)
