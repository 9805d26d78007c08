"""The commands of docs/cli.md do what they say, and its words are those of the program."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from nbody_emulator.cli.app import app, main
from nbody_emulator.cli.values import LENGTHS, MASSES, TIMES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
(MODEL,) = (ROOT / "tests/stored").glob("linear-format-*.eqx")


def test_every_example_runs_in_its_order(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copy(MODEL, "linear.eqx")
    Path("runs.csv").write_text("virial_ratio,scale_radius,galactocentric_radius\n0.8,1.2,4\n")
    Path("stars.csv").write_text("m,x,y,z,vx,vy,vz\n1,0,0,0,0,0,0\n1,1,0,0,0,0.05,0\n")
    Path("seen.yaml").write_text("values: {half: 1.0}\nerrors: {half: 0.2}\n")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(lines) == 10
    for line in lines:
        program, *tokens = shlex.split(line)
        assert program == "nbody-emulator" and main(tokens) == 0, line
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
