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
from contextlib import contextmanager
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
    """What SLURM says of one job: what it asked for (memory in megabytes), how it fares, and what it makes."""

    number: str
    state: str
    nodes: str
    minutes: int
    memory: int
    gpus: int
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
            (self.folder / name).touch()
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
        for process in _processes_of_jobs():
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

    def is_down(self, node: str) -> bool:
        return any(state.startswith("down") for state in _states(node))

    def jobs(self) -> list[Job]:
        """Every job since the start, first to last."""
        command = ["scontrol", "show", "job", "--oneliner"]
        listing = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return [_job(line) for line in listing.splitlines() if line.startswith("JobId=")]

    def _filled_in(self, name: str) -> str:
        host = socket.gethostname().split(".")[0]
        return (HERE / name).read_text().format(mark=MARK, name=NAME, host=host, folder=self.folder)

    def _start(self, name: str, *command: str) -> None:
        log = (self.folder / f"{name}.log").open("a")
        self.daemons[name] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)


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
    """Everything these jobs run, their node's supervisors apart."""
    numbers = {job.number for job in jobs}
    return [process for process in _processes_of_jobs() if process.environ().get("SLURM_JOB_ID") in numbers]


def _job(line: str) -> Job:
    told = dict(word.split("=", 1) for word in line.split() if "=" in word)
    hours, minutes, _ = map(int, told["TimeLimit"].split(":"))
    return Job(
        number=told["JobId"],
        state=told["JobState"],
        nodes=told["NodeList"],
        minutes=60 * hours + minutes,
        memory=_megabytes(told["MinMemoryNode"]),
        gpus=int(told.get("TresPerJob", ":0").rpartition(":")[2]),
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
    wait_until(_munge_answers, 10)
    yield
    os.kill(int((runtime / "munged.pid").read_text()), signal.SIGTERM)


def _munge_answers() -> bool:
    return subprocess.run(["munge", "--no-input"], capture_output=True).returncode == 0


def _processes_of_jobs() -> list[psutil.Process]:
    """What jobs of this cluster left running."""
    return [
        process
        for process in psutil.process_iter()
        if _environment(process).get("SLURM_CLUSTER_NAME") == NAME
    ]


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.Error:
        return {}


if __name__ == "__main__":
    sys.exit(why_not())
