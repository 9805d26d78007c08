"""Runs to which everything happens that may happen on a cluster."""

import re
import shutil
import subprocess

import psutil
from finished_run import Repository
from head import PROFILE
from run import Run
from slurm_here import is_at_work, processes_of, put_to_sleep, wait_until

from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.from_configuration import plan_of_file
from nbody_emulator.plan.plan import Plan

# Made again by some ten jobs of four kinds, and everything that is shown.
REMOVED = re.compile(
    "(simulations|summaries)/.* of (calibration|replicate|runs).*|(datasets|predictions|tables|figures|metrics)/.*"
)
REMOVED_ALONE = re.compile("simulations/.* of calibration block 0")
LOST_NODE = "n1"
TOO_LITTLE = 150
"""Megabytes that the datasets are gathered with at first; the next attempt gets eight times as much."""


def disturb(run: Run) -> None:
    """Cancel a job, lose a node and get it back, starve a job of memory, kill Snakemake and start it again."""
    remove_results(run.repository, REMOVED)
    shutil.rmtree(run.repository.root / "results/test")
    edit_profile(run.repository, r"(  gather:\n    mem_mb:) .*", rf'\1 "{TOO_LITTLE} * attempt ** 3"')
    run.start()
    wait_until(lambda: len({job.node for job in run.at_work("simulate")}) == 2, 600)
    at_work = run.at_work("simulate")
    run.victims["cancelled"] = [job for job in at_work if job.node != LOST_NODE][:1]
    subprocess.run(["scancel", run.victims["cancelled"][0].number], check=True)
    run.victims["lost"] = [job for job in at_work if job.node == LOST_NODE]
    lose_node(run)
    wait_until(lambda: any(map(is_at_work, run.copies(run.victims["lost"]))), 900)
    regain_node(run)
    wait_until(lambda: any(job.rule not in ("simulate", "summarize") for job in run.at_work()), 900)
    kill_head(run)
    run.start()
    run.finish()


def kill_head(run: Run) -> None:
    """Kill Snakemake; the jobs it leaves sleep, or they might end before the next one comes to cancel them."""
    put_to_sleep(run.at_work())
    run.head.kill()
    run.victims["left"] = run.jobs("RUNNING", "PENDING")


def requeue(run: Run) -> None:
    """Lose a node where SLURM itself starts its jobs again, and wake the lost job when the other node has it."""
    (removed,) = remove_results(run.repository, REMOVED_ALONE)
    edit_profile(run.repository, "slurm-no-requeue:", "slurm-requeue:")
    run.start(removed.path())
    wait_until(lambda: bool(run.at_work()), 600)
    run.victims["lost"] = run.at_work()
    assert [job.node for job in run.victims["lost"]] == [LOST_NODE]
    lose_node(run)
    wait_until(lambda: [job.state for job in run.fate("lost") if job.restarts] == ["PENDING"], 300)
    # SLURM would let it wait for two minutes.
    (lost,) = run.victims["lost"]
    subprocess.run(["scontrol", "update", f"JobId={lost.number}", "StartTime=now"], check=True)
    wait_until(lambda: {job.node for job in run.jobs("RUNNING", "COMPLETED")} - {LOST_NODE} != set(), 900)
    regain_node(run)
    run.finish()


def planned(repository: Repository) -> Plan:
    return plan_of_file(repository.root / "config/test.yaml", repository.root)


def remove_results(repository: Repository, which: re.Pattern) -> list[Artifact]:
    """Delete the open results whose stage/title is matched, and return them."""
    removed = [
        item
        for item in planned(repository).artifacts
        if not item.sealed and which.fullmatch(f"{item.stage.name}/{item.title}")
    ]
    for artifact in removed:
        shutil.rmtree(repository.root / artifact.folder)
    return removed


def edit_profile(repository: Repository, pattern: str, replacement: str) -> None:
    path = repository.root / PROFILE
    text, times = re.subn(pattern, replacement, path.read_text())
    assert times == 1
    path.write_text(text)


def lose_node(run: Run) -> None:
    """Kill the node's daemon; its jobs sleep."""
    put_to_sleep(run.victims["lost"])
    run.cluster.kill_node(LOST_NODE)


def regain_node(run: Run) -> None:
    """Wake the jobs of the lost node and, when they are through, the node."""
    ghosts = processes_of(run.victims["lost"])
    for process in ghosts:
        process.resume()
    psutil.wait_procs(ghosts, timeout=180)
    run.cluster.start_node(LOST_NODE)
