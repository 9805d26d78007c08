"""Snakemake is used in ways of its own: with conda asked for, without a home, linted."""

import sys

import pytest
from finished_run import ROOT, Repository

CONFIG = ("--configfile", "config/test.yaml")
CONDA = """#!/bin/sh
case "$*" in
    *info*) echo '{"conda_version": "25.1.0", "conda_prefix": "/", "platform": "linux-64"}' ;;
    *version*) echo "conda 25.1.0" ;;
    *config*) echo '{"channel_priority": "strict", "get": {"channel_priority": "strict"}}' ;;
    *) exit 1 ;;
esac
"""


@pytest.fixture(scope="module")
def here() -> Repository:
    """This checkout itself, for what only reads it."""
    return Repository(ROOT)


def test_who_asks_for_conda_gets_the_same_plan(here, tmp_path, monkeypatch):
    conda = tmp_path / "conda"
    conda.write_text(CONDA)
    conda.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    told = here.run(sys.executable, "-m", "snakemake", "--dry-run", "--sdm", "conda", *CONFIG).stdout
    assert "onda environment" not in told and "Building DAG" in told


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "snakemake", "--dry-run", *CONFIG),
        ("workflow/explain.py", CONFIG[1]),
        ("workflow/lint.py", *CONFIG),
    ],
    ids=["snakemake", "explain", "lint"],
)
def test_nothing_is_written_at_home(here, command, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    here.run(sys.executable, *command)
    assert not list(tmp_path.iterdir())


def test_the_linter_has_nothing_else_to_complain_of(scratch):
    rule = "\n\nrule careless:\n    output: 'careless.txt'\n    shell: 'touch {output}'\n"
    with (scratch.root / "workflow/rules/fit.smk").open("a") as rules:
        rules.write(rule)
    done = scratch.run(sys.executable, "workflow/lint.py", check=False)
    (complaint,) = done.stdout.splitlines()
    assert done.returncode and "rule careless" in complaint and "No log directive defined" in complaint
    with (scratch.root / "workflow/rules/fit.smk").open("a") as rules:
        rules.write("x =\n")
    done = scratch.run(sys.executable, "workflow/lint.py", check=False)
    assert done.returncode and "SyntaxError" in done.stdout
