"""What is typed wrongly is refused in one line that names it, and following the line's remedy is enough."""

import errno
import json
from pathlib import Path
from typing import NamedTuple

import pytest

from nbody_emulator.cli.app import TRACEBACK, main

ROOT = Path(__file__).resolve().parents[2]
(MODEL,) = map(str, (ROOT / "tests/stored").glob("linear-format-*.eqx"))
POINT = ("--virial-ratio", "0.8", "--scale-radius", "1.2", "--galactocentric-radius", "4")
TINY = ("--stars", "8", "--duration", "0.1Myr", "--out", "x.nc")


class Bad(NamedTuple):
    """What is typed, what of it is named, the remedy in words, and what is typed once it was followed."""

    typed: tuple[str, ...]
    named: str
    remedy: str
    mended: tuple[str, ...] | None


def predict(*tokens: str) -> tuple[str, ...]:
    return ("predict", MODEL, *tokens)


def simulate(*tokens: str) -> tuple[str, ...]:
    kept = [(key, value) for key, value in zip(TINY[::2], TINY[1::2], strict=True) if key not in tokens]
    return ("simulate", *(word for pair in kept for word in pair), *tokens)


def changed(tokens: tuple[str, ...], **values: str | None) -> tuple[str, ...]:
    """The same with other values of some options, or without them."""
    pairs = dict(zip(tokens[::2], tokens[1::2], strict=True))
    pairs |= {f"--{name.replace('_', '-')}": value for name, value in values.items()}
    return tuple(word for key, value in pairs.items() if value is not None for word in (key, value))


BAD = (
    Bad(("prdict", MODEL, *POINT), "prdict", 'Did you mean "predict"', predict(*POINT)),
    Bad(
        predict(*changed(POINT, scale_radius=None)),
        "--scale-radius",
        "0.5 to 2 pc",
        predict(*changed(POINT, scale_radius="0.5")),
    ),
    Bad(predict(*POINT, "--level", "90"), "--level", "write 0.9", predict(*POINT, "--level", "0.9")),
    Bad(predict(*POINT, "--level", "high"), "--level", "predict --help", predict("--help")),
    Bad(predict(*POINT, "--levle", "0.9"), "--levle", "'--level'", predict(*POINT, "--level", "0.9")),
    Bad(
        predict("--virial-ration", "0.8", *POINT[2:]), "--virial-ration", "'--virial-ratio'", predict(*POINT)
    ),
    Bad(
        predict(*changed(POINT, scale_radius="1.2Myr")),
        "'1.2Myr' is a time",
        "write it in pc",
        predict(*changed(POINT, scale_radius="1.2pc")),
    ),
    Bad(
        predict(*changed(POINT, scale_radius="1.2pcc")),
        "'pcc'",
        "did you mean pc",
        predict(*changed(POINT, scale_radius="1.2pc")),
    ),
    Bad(
        predict(*changed(POINT, scale_radius="1,2pc")),
        "'1,2pc'",
        "write 1.2pc",
        predict(*changed(POINT, scale_radius="1.2pc")),
    ),
    Bad(
        predict(*changed(POINT, scale_radius="wide")),
        "'wide' is no number",
        "such as 1.5pc",
        predict(*changed(POINT, scale_radius="1.5pc")),
    ),
    Bad(predict(*changed(POINT, virial_ratio="0.8pc")), "--virial-ratio", "write it bare", predict(*POINT)),
    Bad(
        predict(*changed(POINT, virial_ratio="nan")),
        "--virial-ratio",
        "such as 1.5",
        predict(*changed(POINT, virial_ratio="1.5")),
    ),
    Bad(
        predict(*changed(POINT, virial_ratio="3")),
        "virial_ratio = 3",
        "0.2 to 1.8",
        predict(*changed(POINT, virial_ratio="1.8")),
    ),
    Bad(
        predict(*POINT, "--outside", "guess"), "'guess'", "one of refuse", predict(*POINT, "--outside", "nan")
    ),
    Bad(predict(*POINT, "--out", "x.txt"), "x.txt", "in .csv or .nc", predict(*POINT, "--out", "x.csv")),
    Bad(
        predict("--in", "runs.csv", *POINT),
        "--virial-ratio",
        "give a table or one point",
        predict("--in", "runs.csv"),
    ),
    Bad(predict("--in", "rnus.csv"), "rnus.csv", "did you mean 'runs.csv'", predict("--in", "runs.csv")),
    Bad(predict("--in", "columns.csv"), "scale_radius", "rename one", predict("--in", "runs.csv")),
    Bad(
        predict("--in", "cells.csv"),
        "cells.csv, row 2, virial_ratio",
        "write one",
        predict("--in", "runs.csv"),
    ),
    Bad(predict("--in", "ragged.csv"), "row 1 has 2 cells", "as many", predict("--in", "runs.csv")),
    Bad(predict("--in", "twice.csv"), "scale_radius stands twice", "keep one", predict("--in", "runs.csv")),
    Bad(
        predict("--in", "empty.csv"),
        "empty.csv: holds no rows",
        "names of the columns",
        predict("--in", "runs.csv"),
    ),
    Bad(("predict", "runs.csv", *POINT), "runs.csv is not an emulator", "Emulator.save", predict(*POINT)),
    Bad(("predict", "lost.eqx", *POINT), "lost.eqx", "name a file that is there", predict(*POINT)),
    Bad(("simulate",), "--out", "simulate --help", ("simulate", "--help")),
    Bad(simulate("--stras", "9"), "--stras", "Did you mean --stars", simulate()),
    Bad(simulate("--stars", "1"), "--stars: 1", "at least 2", simulate("--stars", "2")),
    Bad(simulate("--stars", "8.5"), "--stars: 8.5", "write 8", simulate("--stars", "8")),
    Bad(
        simulate("--virial-ratio", "2"),
        "--virial-ratio: 2.0",
        "less than 2",
        simulate("--virial-ratio", "1.9"),
    ),
    Bad(simulate("--profile", "kin"), "'kin'", "'king'", simulate("--profile", "king", "--king-depth", "5")),
    Bad(
        simulate("--profile", "king"),
        "--king-depth: missing",
        "king needs it",
        simulate("--profile", "king", "--king-depth", "5"),
    ),
    Bad(simulate("--king-depth", "5"), "--king-depth: 5.0 is not used", "remove it", simulate()),
    Bad(
        simulate("--mass-function", "equal", "--star-mass", "1", "--minimum-mass", "1"),
        "--minimum-mass",
        "remove it",
        simulate("--mass-function", "equal", "--star-mass", "1"),
    ),
    Bad(
        simulate("--minimum-mass", "60"),
        "--minimum-mass: 60.0",
        "raise --maximum-mass",
        simulate("--minimum-mass", "60", "--maximum-mass", "70"),
    ),
    Bad(
        simulate("--galaxy", "none", "--rotation-speed", "220km/s"),
        "--rotation-speed",
        "remove it",
        simulate("--galaxy", "none"),
    ),
    Bad(
        simulate("--galaxy", "point_mass", "--galaxy-mass", "1e10"),
        "--galactocentric-radius: missing",
        "in kpc",
        simulate("--galaxy", "point_mass", "--galaxy-mass", "1e10", "--galactocentric-radius", "4"),
    ),
    Bad(
        simulate("--star-radius", "1pc"),
        "--star-radius: two bodies merge within 2.0",
        "less than 1",
        simulate("--star-radius", "0.001pc"),
    ),
    Bad(
        simulate("--star-radius", "0", "--black-hole-radius", "1AU"),
        "--black-hole-mass: missing",
        "--black-hole-radius needs it",
        simulate("--star-radius", "0", "--black-hole-radius", "1AU", "--black-hole-mass", "10Msun"),
    ),
    Bad(
        simulate("--softening-length", "3pc"),
        "--softening-length",
        "less than 1",
        simulate("--softening-length", "0.9pc"),
    ),
    Bad(
        simulate("--softening-length", "0.1pc", "--softening-spacing-fraction", "0.1"),
        "--softening-spacing-fraction",
        "keep one",
        simulate("--softening-length", "0.1pc"),
    ),
    Bad(
        simulate("--duration", "5pc"),
        "'5pc' is a length",
        "write it in Myr",
        simulate("--duration", "0.1Myr"),
    ),
    Bad(simulate("--snapshots", "1"), "--snapshots: 1", "at least 2", simulate("--snapshots", "2")),
    Bad(simulate("--accuracy", "0"), "--accuracy", "at least 1.0e-6", simulate("--accuracy", "0.1")),
    Bad(simulate("--out", "x.csv"), "x.csv", "in .nc", simulate()),
    Bad(simulate("--out", "new/x.nc"), "no folder new", "mkdir -p new", ("mkdir", "new")),
    Bad(
        ("summarize", "stars.csv"),
        "the column m has no unit",
        "--mass-unit Msun",
        ("summarize", "stars.csv", "--mass-unit", "Msun", "--length-unit", "pc", "--velocity-unit", "km/s"),
    ),
    Bad(
        ("summarize", "units.csv", "--statistics", "half_mas_radius"),
        "'half_mas_radius'",
        "'half_mass_radius'",
        ("summarize", "units.csv", "--statistics", "half_mass_radius"),
    ),
    Bad(("summarize", "units.csv", "--out", "x.nc"), "--out", "leave it out", ("summarize", "units.csv")),
    Bad(("summarize", "none.csv"), "none.csv, row 1, m", "write one", ("summarize", "units.csv")),
    Bad(("summarize", "runs.nc"), "runs.nc: no NetCDF file", "or a .csv file", ("summarize", "units.csv")),
    Bad(("infer", "seen.yml", MODEL), "there is no output 'r_h'", "core, half, tail", None),
    Bad(("infer", "nothing.yml", MODEL), "nothing.yml", "give values", None),
    Bad(("info", "bad.json"), "bad.json: no JSON", "receipt.json", ("info", "receipt.json")),
    Bad(("info", "receipt.jsn"), "receipt.jsn", "name a file that is there", ("info", "receipt.json")),
)

FILES = {
    "runs.csv": "virial_ratio,scale_radius,galactocentric_radius\n0.8,1.2,4\n1.1,1.3,5\n",
    "columns.csv": "virial_ratio,scale_radius_pc,galactocentric_radius\n0.8,1.2,4\n",
    "cells.csv": "virial_ratio,scale_radius,galactocentric_radius\n0.8,1.2,4\n,1.3,5\n",
    "ragged.csv": "virial_ratio,scale_radius,galactocentric_radius\n0.8,1.2\n",
    "twice.csv": "virial_ratio,scale_radius,scale_radius,galactocentric_radius\n0.8,1.2,1.2,4\n",
    "empty.csv": "virial_ratio,scale_radius,galactocentric_radius\n",
    "stars.csv": "m,x,y,z,vx,vy,vz\n1,0,0,0,0,0,0\n1,1,0,0,0,0.05,0\n",
    "units.csv": "m [Msun],x [pc],y [pc],z [pc],vx [km/s],vy [km/s],vz [km/s]\n1,0,0,0,0,0,0\n1,1,0,0,0,0.05,0\n",
    "none.csv": "m [Msun],x [pc],y [pc],z [pc],vx [km/s],vy [km/s],vz [km/s]\none,0,0,0,0,0,0\n",
    "runs.nc": "no NetCDF",
    "seen.yml": "values: {r_h: 1.0}\n",
    "nothing.yml": "values: {}\n",
    "bad.json": "{",
    "receipt.json": json.dumps({"specification": {}, "sha256": {}, "made": {}}),
}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with files, to work in."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: " ".join(bad.typed[:1]) + " " + bad.named)
def test_what_is_wrong_is_named_in_one_line_with_a_remedy_that_works(bad, folder, capsys):
    assert main(bad.typed) == 2
    captured = capsys.readouterr()
    (line,) = captured.err.splitlines()
    assert bad.named in line and bad.remedy in line and not captured.out
    assert {path.name for path in folder.iterdir()} == set(FILES)
    if bad.mended is None:
        return
    if bad.mended[0] == "mkdir":
        Path(bad.mended[1]).mkdir()
    assert main(bad.typed if bad.mended[0] == "mkdir" else bad.mended) == 0


def test_there_are_enough_of_them():
    assert len(BAD) >= 20 and sum(bad.mended is not None for bad in BAD) >= 20


def test_what_should_not_happen_is_one_line_unless_asked_for_more(monkeypatch, capsys):
    monkeypatch.setattr("nbody_emulator.cli.models.load", lambda model: {}["nothing"])
    assert main(["predict", MODEL]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "KeyError: 'nothing'" in line and TRACEBACK in line
    monkeypatch.setenv(TRACEBACK, "yes")
    assert main(["predict", MODEL]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_full_disk_is_no_mistake_of_this_program(monkeypatch, capsys):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("nbody_emulator.cli.app.app", full)
    assert main(["report"]) == 1
    assert capsys.readouterr().err == "No space left on device; make room, then type the same again\n"
