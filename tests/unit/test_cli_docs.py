"""The commands of docs/cli.md do what they say, and its words are those of the program."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from nbody_emulator.cli.app import app, main
from nbody_emulator.quantities.typed_numbers import LENGTHS, MASSES, TIMES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


def test_every_example_runs_in_its_order_with_no_file_that_the_page_does_not_make(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    commands = 0
    for block in BLOCKS:
        if block.startswith("cat > "):
            subprocess.run(["sh", "-ec", block], check=True)
            continue
        for line in block.splitlines():
            program, *tokens = shlex.split(line)
            assert program == "nbody-emulator" and main(tokens) == 0, line
            commands += 1
    assert commands == 10
    for name in ("predictions.nc", "cluster.nc", "posterior.nc"):
        assert Path(name).is_file()


@pytest.mark.parametrize("name", [name for name in app if not name.startswith("-")])
def test_every_command_is_told_of(name):
    assert re.search(rf"^\|.*`{name}[ `]", PAGE, re.MULTILINE)


def test_every_unit_is_told_of():
    told = re.search(r"Lengths: (.*); times: (.*); masses: (.*)\.", PAGE)
    assert [set(names.split(", ")) for names in told.groups()] == [
        set(LENGTHS) - {"au"},
        set(TIMES),
        set(MASSES),
    ]
