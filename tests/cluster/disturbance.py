"""A run to which everything happens that may happen on a cluster."""

import re
import shutil
import subprocess
from dataclasses import dataclass, field

import psutil
from finished_run import Repository
from head import PROFILE, Head
from slurm_here import Cluster, Job, processes_of, wait_until

from nbody_emulator.experiment.planned import planned_from_file

# Made again by some fifteen jobs of four kinds, and everything that is shown.
REMOVED = re.compile("(simulations|summaries) of (calibration|replicate|runs).*|(?!simul|summ|fit|trial).*")
LOST_NODE = "n1"
TOO_LITTLE = 150
"""Megabytes that the dataset is gathered with at first; the next attempt gets eight times as much."""


@dataclass
class Told:
    """What a run left.

    Attributes:
        jobs: what SLURM says of every job of it.
        said: what Snakemake said; the last one, if it was started again.
        victims: what was done -> the jobs it was done to.
        beside: processes of jobs of the lost node that still lived when their copies ran elsewhere.
    """

    repository: Repository
    jobs: list[Job]
    said: str
    victims: dict[str, list[Job]] = field(default_factory=dict)
    beside: int = 0

    def others_for(self, job: Job) -> list[Job]:
        """The other jobs that were to make the same result."""
        return [other for other in self.jobs if other.result == job.result and other.number != job.number]


def disturb(cluster: Cluster, repository: Repository) -> Told:
    """Cancel a job, lose a node and get it back, starve a job of memory, kill Snakemake and start it again."""
    remove_some_results(repository)
    give_too_little(repository)
    folder, earlier = repository.root.parent, cluster.jobs()

    def jobs(*states: str, rule: str = "") -> list[Job]:
        new = cluster.jobs()[len(earlier) :]
        return [job for job in new if job.state in states and job.rule.startswith(rule)]

    head = Head(repository, folder / "said-first.txt")
    wait_until(lambda: {"n1", "n2"} <= {job.nodes for job in jobs("RUNNING", rule="simulate")}, 120)
    running = jobs("RUNNING")
    lost = [job for job in running if job.nodes == LOST_NODE]
    cancelled = [job for job in running if job.nodes != LOST_NODE][:1]
    subprocess.run(["scancel", cancelled[0].number], check=True)
    beside = lose_node(cluster, lost, lambda: {job.result for job in jobs("RUNNING")})

    wait_until(lambda: bool(jobs("RUNNING", rule="predict")), 300)
    head.kill()
    left = jobs("RUNNING", "PENDING")
    head = Head(repository, folder / "said-second.txt")
    status = head.wait(900)
    assert status == 0, head.said[-5000:]
    victims = {"cancelled": cancelled, "lost": lost, "left": left}
    return Told(repository, cluster.jobs()[len(earlier) :], head.said, victims, beside)


def remove_some_results(repository: Repository) -> None:
    root = repository.root
    for artifact in planned_from_file(root / "config/test.yaml", root).artifacts:
        if REMOVED.fullmatch(artifact.title):
            shutil.rmtree(root / artifact.folder, ignore_errors=True)
    shutil.rmtree(root / "results/test")


def give_too_little(repository: Repository) -> None:
    path = repository.root / PROFILE
    text = path.read_text()
    assert "  gather:\n    mem_mb:" in text
    path.write_text(re.sub(r"(  gather:\n    mem_mb:) .*", rf'\1 "{TOO_LITTLE} * attempt ** 3"', text))


def lose_node(cluster: Cluster, lost: list[Job], running) -> int:
    """Kill the node's daemon; wake its jobs when their copies run elsewhere, and the node when they are through.

    Returns the number of processes that then worked beside the copies.
    """
    ghosts = processes_of(lost)
    for process in ghosts:
        process.suspend()
    cluster.kill_node(LOST_NODE)
    wait_until(lambda: bool({job.result for job in lost} & running()) and cluster.is_down(LOST_NODE), 180)
    alive = [process for process in ghosts if process.is_running()]
    for process in alive:
        process.resume()
    psutil.wait_procs(alive, timeout=120)
    cluster.start_node(LOST_NODE)
    return len(alive)
