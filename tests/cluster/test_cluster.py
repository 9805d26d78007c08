"""The experiment through SLURM: the same bytes as on one machine, whatever happens on the way."""

import re
import sys

import pytest
import yaml
from disturbance import TOO_LITTLE
from finished_run import ROOT, contents

pytestmark = pytest.mark.cluster

LOCAL_RULES = {"all", "tabulate", "measure", "draw", "export"}


def differing(repository, local_bytes) -> list[str]:
    """Paths of results that are missing, too many or of other bytes."""
    found = contents(repository.root)
    return sorted(
        path for path in found.keys() | local_bytes.keys() if found.get(path) != local_bytes.get(path)
    )


def every_result_is_sound(repository) -> bool:
    done = repository.run(sys.executable, "-m", "nbody_emulator.experiment", "check", check=False)
    return done.returncode == 0 and not list(repository.root.glob("results/**/*.tmp"))


def states(jobs) -> str:
    return ", ".join(sorted({job.state for job in jobs}))


def test_the_whole_experiment_gives_the_bytes_of_one_machine(undisturbed, local_bytes, tried):
    wrong = differing(undisturbed.repository, local_bytes)
    tried(
        f"the whole experiment, {len(undisturbed.jobs)} jobs on two nodes",
        f"{len(local_bytes) - len(wrong)} of {len(local_bytes)} files identical to a local run's",
        not wrong and bool(local_bytes),
    )


def test_every_job_ends_well_at_once(undisturbed, tried):
    tried(
        "nothing",
        f"{len(undisturbed.jobs)} jobs: {states(undisturbed.jobs)}",
        states(undisturbed.jobs) == "COMPLETED",
    )


def test_each_job_is_given_what_the_profile_says(undisturbed, tried):
    profile = yaml.safe_load((ROOT / "profiles/slurm/profile.v9+.yaml").read_text())
    expected = {
        job.rule: {
            name: eval(str(value), {"attempt": 1})
            for name, value in {
                **profile["default-resources"],
                **profile["set-resources"].get(job.rule, {}),
            }.items()
            if name in ("runtime", "mem_mb", "gpu")
        }
        for job in undisturbed.jobs
    }
    found = {
        job.rule: {"runtime": job.minutes, "mem_mb": job.memory} | ({"gpu": job.gpus} if job.gpus else {})
        for job in undisturbed.jobs
    }
    tried(
        "time, memory, GPUs of each kind of job",
        "; ".join(f"{rule} {given}" for rule, given in found.items()),
        found == expected,
    )


def test_small_rules_never_reach_the_queue(undisturbed, tried):
    rules = {job.rule for job in undisturbed.jobs}
    tried("rules in the queue", ", ".join(sorted(rules)), not rules & LOCAL_RULES)


def test_whatever_happened_the_bytes_are_the_same(disturbed, local_bytes, tried):
    wrong = differing(disturbed.repository, local_bytes)
    tried(
        "all of what follows, in one run",
        f"{len(local_bytes) - len(wrong)} of {len(local_bytes)} files identical to a local run's",
        not wrong,
    )


def test_whatever_happened_every_receipt_holds(disturbed, tried):
    sound = every_result_is_sound(disturbed.repository)
    tried("`make check` after it", "every file as written, none half-written" if sound else "damage", sound)


def test_a_cancelled_job_is_tried_again(disturbed, tried):
    (victim,) = disturbed.victims["cancelled"]
    others = disturbed.others_for(victim)
    (now,) = [job for job in disturbed.jobs if job.number == victim.number]
    held = now.state == "CANCELLED" and "COMPLETED" in {job.state for job in others}
    tried("scancel of a running job", f"{now.state}, then {states(others)} with {others[0].memory} MB", held)


def test_the_jobs_of_a_lost_node_are_tried_again_elsewhere(disturbed, tried):
    numbers = {job.number for job in disturbed.victims["lost"]}
    now = [job for job in disturbed.jobs if job.number in numbers]
    others = [job for victim in now for job in disturbed.others_for(victim)]
    held = states(now) == "NODE_FAIL" and all(
        "COMPLETED" in {job.state for job in disturbed.others_for(victim)} for victim in now
    )
    tried(
        "kill -9 of one slurmd", f"{len(now)} jobs {states(now)}, then {states(others)}", held and bool(now)
    )


def test_a_lost_job_may_live_on_beside_its_copy(disturbed, tried):
    tried(
        "its jobs, awake beside their copies", f"{disturbed.beside} processes went on", disturbed.beside > 0
    )


def test_a_job_without_enough_memory_gets_more(disturbed, tried):
    jobs = [job for job in disturbed.jobs if job.rule == "gather"]
    starved = [job for job in jobs if job.memory == TOO_LITTLE]
    fed = [job for job in jobs if job.memory > TOO_LITTLE]
    held = bool(starved) and "COMPLETED" not in states(starved) and states(fed) == "COMPLETED"
    tried(
        "a job over its memory",
        f"{TOO_LITTLE} MB: {states(starved)}; {fed[0].memory} MB: {states(fed)}",
        held,
    )


def test_a_killed_head_finds_its_jobs_cancelled_and_goes_on(disturbed, tried):
    numbers = {job.number for job in disturbed.victims["left"]}
    now = [job for job in disturbed.jobs if job.number in numbers]
    said = re.search(r"(\d+) jobs of a run that was killed are still in SLURM's queue", disturbed.said)
    tried(
        "kill -9 of Snakemake, started again",
        f"its {len(now)} jobs: {states(now)}; all made anew",
        bool(said and now),
    )
