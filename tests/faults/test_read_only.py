"""A results folder in which nothing can be written."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from at_work import Run, make_results
from finished_run import contents, differing

pytestmark = pytest.mark.faults

SAID = "nothing can be written in results"


def test_a_read_only_results_folder_is_named(unfinished, finished, trying):
    with trying("a read-only results folder", SAID):
        with read_only(unfinished.root / "results"):
            run = Run(unfinished)
            output = run.end()
        assert run.process.returncode != 0 and SAID in output, output[-5000:]
        make_results(unfinished)
        assert not differing(contents(unfinished.root), contents(finished.repository.root))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """By a mount where we may, for nothing else binds root; else by permissions."""
    if os.geteuid() == 0:
        subprocess.run(["mount", "--bind", folder, folder], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
    else:
        subprocess.run(["chmod", "-R", "a-w", folder], check=True)
    try:
        yield
    finally:
        undo = ["umount", folder] if os.geteuid() == 0 else ["chmod", "-R", "u+w", folder]
        subprocess.run(undo, check=True)
