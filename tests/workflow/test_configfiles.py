"""Snakemake lets a second file of configuration change a few keys of the first: all are checked as one."""

import sys

import pytest

from nbody_emulator.configuration.file import load


def dry_run(repository, second: str):
    (repository.root / "second.yaml").write_text(second)
    files = ["--configfile", "config/test.yaml", "second.yaml"]
    return repository.run(sys.executable, "-m", "snakemake", "--dry-run", "--cores", "1", *files, check=False)


def test_a_second_file_changes_a_few_keys(scratch):
    blocks = load(scratch.root / "config/test.yaml").sets["train"].blocks
    simulations = []
    for more in (0, 3):
        done = dry_run(scratch, f"sets: {{train: {{blocks: {blocks + more}}}}}")
        (counted,) = {line for line in done.stdout.splitlines() if line.startswith("simulate ")}
        simulations.append(int(counted.split()[1]))
    assert simulations[1] == simulations[0] + 3


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("duration: {time: 1:30}", "duration.time: '1:30' is text"),
        ("sets: {train: {blocks: 3, blocks: 4}}", "blocks"),
    ],
)
def test_a_second_file_is_read_as_strictly_as_the_first(scratch, wrong, told):
    done = dry_run(scratch, wrong)
    assert done.returncode != 0 and "second.yaml" in done.stdout and told in done.stdout
