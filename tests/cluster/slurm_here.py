"""A SLURM cluster of two nodes on this one machine, to be maltreated; `python slurm_here.py` says what it lacks."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).parent
# Nowhere else: the plugin takes SLURM's variables out of the environment of its jobs.
CONFIGURATION = Path("/etc/slurm")
FILES = ("slurm.conf", "gres.conf")
MARK = "Written by tests/cluster of nbody-emulator, which deletes it again."
NAME = "nbodyhere"
NODES = ("n1", "n2")


def why_not() -> str | None:
    """What is missing, and how to get it, in one line; None if a cluster can be started."""
    if os.geteuid() != 0:
        return "the cluster's daemons need root: run `make test-cluster` as root, in a container for instance"
    missing = [name for name in ("slurmctld", "slurmd", "munged") if not shutil.which(name)]
    if missing:
        return f"{' and '.join(missing)} not found: `tests/cluster/install` gets Debian's slurm-wlm and munge, as root"
    taken = [
        path for path in map(CONFIGURATION.joinpath, FILES) if path.exists() and MARK not in path.read_text()
    ]
    if taken:
        return f"this machine has a SLURM configuration, {taken[0]}, which the tests would replace: run them elsewhere"
    return None


@dataclass(frozen=True)
class Job:
    """What SLURM says of one job: how it fares, what it was given (by Snakemake's names), and what it makes."""

    number: str
    state: str
    restarts: int
    node: str
    given: dict[str, int]
    folder: Path
    rule: str
    result: str


class Cluster:
    """One controller and two nodes, whose files are in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.daemons: dict[str, subprocess.Popen] = {}

    def start(self) -> None:
        for name in ("state", *NODES):
            (self.folder / name).mkdir()
        for name in ("gpu0", "gpu1"):
            (self.folder / name).symlink_to("/dev/null")
        CONFIGURATION.mkdir(exist_ok=True)
        for name in FILES:
            (CONFIGURATION / name).write_text(self._filled_in(name))
        self._start("slurmctld", "slurmctld", "-D")
        for node in NODES:
            self.start_node(node)
        wait_until(lambda: all(_states(node) == ["idle"] for node in NODES), 60)

    def stop(self) -> None:
        for daemon in self.daemons.values():
            daemon.terminate()
        for daemon in self.daemons.values():
            daemon.wait()
        for process, environment in _environments():
            if environment.get("SLURM_CLUSTER_NAME") == NAME:
                process.kill()
        for name in FILES:
            (CONFIGURATION / name).unlink(missing_ok=True)

    def start_node(self, node: str) -> None:
        self._start(node, "slurmd", "-D", "-N", node)

    def kill_node(self, node: str) -> None:
        """Kill the node's daemon, as a crash would; its jobs live on and nobody hears of them."""
        daemon = self.daemons.pop(node)
        daemon.kill()
        daemon.wait()

    def jobs(self) -> list[Job]:
        """Every job since the start, first to last."""
        command = ["scontrol", "show", "job", "--oneliner"]
        listing = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return [_job(line) for line in listing.splitlines() if line.startswith("JobId=")]

    def _filled_in(self, name: str) -> str:
        host = socket.gethostname().split(".")[0]
        return (HERE / name).read_text().format(mark=MARK, name=NAME, host=host, folder=self.folder)

    def _start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("a") as log:
            daemon = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self.daemons[name] = daemon


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster that is ready for jobs; every trace of it is removed at the end."""
    # A short path, because that of a socket may have no more than 108 characters.
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    cluster = Cluster(folder)
    try:
        with _munge():
            try:
                cluster.start()
                yield cluster
            finally:
                cluster.stop()
    finally:
        shutil.rmtree(folder)


def wait_until(condition: Callable[[], bool], seconds: float, every: float = 0.5) -> None:
    """Return when `condition` holds; fail if that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {seconds:.0f} s"
        time.sleep(every)


def processes_of(jobs: list[Job]) -> list[psutil.Process]:
    """Everything these jobs run on the nodes where they were seen, but for SLURM's own supervisors."""
    wanted = {(job.number, job.node) for job in jobs}
    return [
        process
        for process, environment in _environments()
        if (environment.get("SLURM_JOB_ID"), environment.get("SLURMD_NODENAME")) in wanted
    ]


def put_to_sleep(jobs: list[Job]) -> None:
    for process in processes_of(jobs):
        with suppress(psutil.NoSuchProcess):  # some live for a moment only
            process.suspend()


def is_at_work(job: Job) -> bool:
    """Whether the job is past all preparations, in the script of its rule."""
    return job.state == "RUNNING" and any(
        "/.snakemake/scripts/" in _command(process) for process in processes_of([job])
    )


def _job(line: str) -> Job:
    told = dict(word.split("=", 1) for word in line.split() if "=" in word)
    hours, minutes, _ = map(int, told["TimeLimit"].split(":"))
    return Job(
        number=told["JobId"],
        state=told["JobState"],
        restarts=int(told["Restarts"]),
        node=told["NodeList"],
        given={
            "runtime": 60 * hours + minutes,
            "mem_mb": _megabytes(told["MinMemoryNode"]),
            "gpu": int(told.get("TresPerJob", ":0").rpartition(":")[2]),
        },
        folder=Path(told["WorkDir"]),
        rule=told["Comment"].removeprefix("rule_").partition("_wildcards_")[0],
        result=told["Comment"],
    )


def _megabytes(text: str) -> int:
    return int(float(text[:-1]) * {"M": 1, "G": 1024}[text[-1]])


def _states(node: str) -> list[str]:
    command = ["sinfo", "--noheader", "--Node", f"--nodes={node}", "--partition=cpu", "--format=%T"]
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ).stdout.split()


@contextmanager
def _munge() -> Iterator[None]:
    """SLURM's daemons trust each other by it; one that is at work already serves as well."""
    if _munge_answers():
        yield
        return
    runtime = Path("/run/munge")
    runtime.mkdir(exist_ok=True)
    shutil.chown(runtime, "munge", "munge")
    subprocess.run(["runuser", "-u", "munge", "--", "munged"], check=True)
    try:
        wait_until(_munge_answers, 10)
        yield
    finally:
        os.kill(int((runtime / "munged.pid").read_text()), signal.SIGTERM)


def _munge_answers() -> bool:
    return subprocess.run(["munge", "--no-input"], capture_output=True).returncode == 0


def _environments() -> Iterator[tuple[psutil.Process, dict[str, str]]]:
    for process in psutil.process_iter(["environ"]):
        yield process, process.info["environ"] or {}


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # gone meanwhile
        return ""


if __name__ == "__main__":
    sys.exit(why_not())
