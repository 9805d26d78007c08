"""Every way in refuses, in one line whose remedy works, to run another checkout's code under this one's name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from finished_run import ROOT, Repository, fresh_copy

CONFIG = "config/test.yaml"
# What is started by hand; job.py puts its own tree's package before any other, and lock.py uses none.
SCRIPTS = sorted(path.name for path in (ROOT / "workflow").glob("*.py") if path.stem not in ("job", "lock"))
VERBS = (("validate", CONFIG), ("publish", CONFIG), ("verify", CONFIG), ("check",), ("gc", "--delete"))
ENTRIES = {
    **{name: (f"workflow/{name}", CONFIG) for name in SCRIPTS},
    **{verb: ("-m", "nbody_emulator.experiment", verb, *arguments) for verb, *arguments in VERBS},
    "snakemake": ("-m", "snakemake", "--dry-run", "--configfile", CONFIG),
}

GREETINGS = ("Using workflow specific profile", "host: ", "[INFO] ")
"""What Snakemake says before it reads the Snakefile."""


@pytest.fixture(scope="module")
def copied(tmp_path_factory) -> Repository:
    """A checkout that was copied, and has no environment of its own."""
    return fresh_copy(tmp_path_factory.mktemp("copied") / "repository")


def refusal(root: Path, *command: str, python_path: str = "") -> str:
    """The one line that is said."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if python_path:
        environment["PYTHONPATH"] = python_path
    done = subprocess.run(
        [sys.executable, *command], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0 and not (root / "results/store").exists()
    lines = (done.stdout + done.stderr).strip().splitlines()
    (line,) = (line for line in lines if not line.startswith(GREETINGS))
    return line


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_code_of_another_checkout_is_refused(copied, entry):
    told = refusal(copied.root, *ENTRIES[entry])
    assert told.startswith(f"{copied.root} would run the code of {ROOT / 'src'}: `make install` there")


@pytest.mark.parametrize("entry", [*SCRIPTS, "snakemake"])  # a verb is the other package's own
def test_so_is_a_package_that_lacks_what_this_one_has(copied, tmp_path, entry):
    kept = ("__init__.py", "lazy.py", "experiment/__init__.py", "experiment/own_tree.py")
    for name in kept:
        target = tmp_path / "nbody_emulator" / name
        target.parent.mkdir(exist_ok=True)
        target.write_text((ROOT / "src/nbody_emulator" / name).read_text())
    told = refusal(copied.root, *ENTRIES[entry], python_path=str(tmp_path))
    assert told == f"{copied.root} would run the code of {tmp_path}: unset PYTHONPATH"


def test_a_folder_that_is_no_checkout_is_named(tmp_path):
    told = refusal(tmp_path, "-m", "nbody_emulator.experiment", "check")
    assert told == f"{tmp_path} is no checkout of nbody-emulator; go to the root of one first"
    assert not list(tmp_path.iterdir())
