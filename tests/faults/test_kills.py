"""`kill -9` at random moments, in sequence through as few runs as possible; the bytes are those of an undisturbed run.

A kill comes a random number of results and a random part of a job's time after the last. So a busy machine is killed at
the same places as a quiet one: in its start, between jobs, in the middle of them, while they write.

A few kills fall into a short run, with one job of nearly each kind; many into the whole of it, from a fresh clone on.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from at_work import KEPT, Run
from finished_run import Repository, contents, differing
from short_way import SHORT_WAY, forget

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1_000_000)))
CORES = 2

KILLS: dict[str, Callable[[Run, random.Random], bool]] = {
    "the whole run": lambda run, chance: run.kill_all(),
    "its head, while its jobs go on": lambda run, chance: run.kill_head(),
    "one job": lambda run, chance: run.kill_a_job(chance),
}
"""What is killed -> how; false if there was none at that moment."""


@dataclass(frozen=True)
class Way:
    """What a run has to make.

    Attributes:
        fixture: of a repository in which it is missing.
        forget: makes it missing again.
        most_results: between two kills; on average half as many, and some start is killed before its first job.
    """

    fixture: str
    forget: Callable[[Repository], None]
    most_results: int


def forget_everything(repository: Repository) -> None:
    """As in a fresh clone."""
    shutil.rmtree(repository.root / ".snakemake")
    for folder in (repository.root / "results").iterdir():
        if folder.is_dir() and folder.name != "published":
            shutil.rmtree(folder)


SHORT = Way("unfinished", lambda repository: forget(repository, SHORT_WAY), most_results=1)
WHOLE = Way("scratch", forget_everything, most_results=4)


@pytest.mark.parametrize(
    ("kills", "way"),
    [
        pytest.param(3, SHORT, id="3", marks=pytest.mark.faults),
        pytest.param(50, WHOLE, id="50", marks=pytest.mark.faults),
    ],
)
def test_a_run_killed_again_and_again_ends_with_the_same_bytes(finished, trying, kills, way, request):
    repository = request.getfixturevalue(way.fixture)
    chance = random.Random(SEED)
    whole = contents(finished.repository.root)
    seconds_a_job = CORES * finished.seconds / number_of_results(finished.repository.root)
    runs = Runs(repository, way.forget, finished.repository.root)
    while kills:
        runs.work(chance.randint(0, way.most_results), chance.uniform(0.0, 2.0) * seconds_a_job)
        name, kill = chance.choice(list(KILLS.items()))
        if kill(runs.present, chance):
            kills -= 1
            with trying(f"kill -9 of {name}", "the same command goes on"):
                check_what_is_visible(repository.root, whole)
    with trying(f"the results after all kills (SEED={SEED})", "the same bytes"):
        runs.finish()
    assert runs.finished
    print(f"SEED={SEED}: {runs.finished} runs finished")


class Runs:
    """One after another: the next goes on where the last one was killed, or begins anew where it had finished."""

    def __init__(self, repository: Repository, forget: Callable[[Repository], None], undisturbed: Path):
        self.repository = repository
        self.forget = forget
        self.undisturbed = undisturbed
        self.finished = 0
        self.present = Run(repository)

    def work(self, results: int, seconds: float) -> None:
        """Let them work until one has made so many results and gone on for so long."""
        while not self._works_on(results, seconds):
            if self._ended_well():
                self.forget(self.repository)
            self.present = Run(self.repository)

    def finish(self) -> None:
        """Go on until one has finished."""
        while self._ends_within(None) and not self._ended_well():
            self.present = Run(self.repository)

    def _works_on(self, results: int, seconds: float) -> bool:
        """Whether it did so much before it ended."""
        wanted = number_of_results(self.repository.root) + results
        while number_of_results(self.repository.root) < wanted:
            if self.present.ended:
                return False
            time.sleep(0.1)
        return not self._ends_within(seconds)

    def _ends_within(self, seconds: float | None) -> bool:
        try:
            self.present.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _ended_well(self) -> bool:
        """Whether it did, then with the same bytes; else it was killed, and says so if it could."""
        run = self.present
        if run.process.returncode == 0:
            assert not differing(contents(self.repository.root), contents(self.undisturbed))
            assert names(self.repository.root) == names(self.undisturbed)
            self.finished += 1
            return True
        assert run.head_was_killed or (run.a_job_was_killed and KEPT in run.output), run.output[-5000:]
        return False


def number_of_results(root: Path) -> int:
    return len(list((root / "results/store").glob("*/*/receipt.json")))


def names(root: Path) -> set[str]:
    """Every file of the store and of the plain names, receipts and what a killed job left half-written included."""
    folders = (root / "results/store", root / "results/test")
    return {str(path.relative_to(root)) for folder in folders for path in folder.rglob("*")}


def check_what_is_visible(root: Path, whole: dict[str, bytes]) -> None:
    """Whatever lies under a final name is whole, with a receipt or without; jobs may be at work meanwhile."""
    for folder in (root / "results/store", root / "results/test"):
        for path, data in visible(folder, "[!.]*.*"):
            name = str(path.relative_to(root))
            assert data == whole[name] if name in whole else json.loads(data), name
    for receipt, data in visible(root / "results/store", "receipt.json"):
        for name, sha256 in json.loads(data)["sha256"].items():
            for _, vouched in visible(receipt.parent, name):
                assert hashlib.sha256(vouched).hexdigest() == sha256, receipt


def visible(folder: Path, pattern: str) -> Iterator[tuple[Path, bytes]]:
    """Files and what they hold, without those that go away meanwhile."""
    for path in folder.rglob(pattern):
        with suppress(FileNotFoundError):
            yield path, path.read_bytes()
