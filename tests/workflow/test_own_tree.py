"""Every way in refuses, in one line whose remedy works, to run another checkout's code under this one's name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from finished_run import ROOT, Repository, fresh_copy

CONFIG = "config/test.yaml"
# What is started by hand and uses the package; job.py puts its own tree's before any other.
SCRIPTS = sorted(
    path.name
    for path in (ROOT / "workflow").glob("*.py")
    if "nbody_emulator" in path.read_text() and path.stem != "job"
)
VERBS = (("validate", CONFIG), ("publish", CONFIG), ("verify", CONFIG), ("check",), ("gc", "--delete"))
ENTRIES = {
    **{name: (f"workflow/{name}", CONFIG) for name in SCRIPTS},
    **{verb: ("-m", "nbody_emulator.cli", verb, *arguments) for verb, *arguments in VERBS},
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
    assert done.returncode != 0
    lines = (done.stdout + done.stderr).strip().splitlines()
    (line,) = (line for line in lines if not line.startswith(GREETINGS))
    return line


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_code_of_another_checkout_is_refused(copied, entry):
    told = refusal(copied.root, *ENTRIES[entry])
    assert told.startswith(f"{copied.root} would run the code of {ROOT / 'src'}: `make install` there")


@pytest.mark.parametrize("entry", [*SCRIPTS, "snakemake"])  # a verb is the other package's own
def test_so_is_a_package_that_lacks_what_this_one_has(copied, tmp_path, entry):
    package = tmp_path / "nbody_emulator/__init__.py"
    package.parent.mkdir()
    package.write_text("raise ImportError('of another time')")
    told = refusal(copied.root, *ENTRIES[entry], python_path=str(tmp_path))
    assert told == f"{copied.root} would run the code of {tmp_path}: unset PYTHONPATH"


@pytest.mark.parametrize("entry", [*SCRIPTS, "snakemake"])
def test_so_is_an_environment_that_has_lost_the_package(copied, tmp_path, entry):
    # As in a renamed checkout, whose environment points at the folder's old name.
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nsys.path.remove({str(ROOT / 'src')!r})\n")
    told = refusal(copied.root, *ENTRIES[entry], python_path=str(tmp_path))
    assert told.startswith(f"{copied.root} would run without its code: `make install` there")


@pytest.mark.parametrize("entry", ["explain.py", "accept.py", "alone.py"])
def test_a_script_works_in_its_own_folder_alone(tmp_path, entry):
    told = refusal(tmp_path, f"{ROOT}/workflow/{entry}", CONFIG)
    assert told.startswith(f"the experiment of {ROOT} does not run in {tmp_path}: `cd {ROOT}`")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("snakefile", ["Snakefile", "workflow/Snakefile"])
def test_the_experiment_runs_in_its_own_folder_alone(tmp_path, snakefile):
    options = ("--cores", "1", "--snakefile", f"{ROOT}/{snakefile}", "--configfile", f"{ROOT}/{CONFIG}")
    told = refusal(tmp_path, "-m", "snakemake", *options)
    assert told.startswith(f"the experiment of {ROOT} does not run in {tmp_path}: `cd {ROOT}`")
    assert refusal(ROOT, "-m", "snakemake", *options, "--directory", str(tmp_path)) == told
    assert not (tmp_path / "results").exists()


def test_a_folder_that_is_no_checkout_is_named(tmp_path):
    told = refusal(tmp_path, "-m", "nbody_emulator.cli", "check")
    assert told == f"{tmp_path} is no checkout of nbody-emulator; go to the root of one first"
    assert not list(tmp_path.iterdir())
