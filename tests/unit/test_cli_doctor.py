"""What `doctor` finds wrong is wrong, and gone once its remedy was followed."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nbody_emulator.cli import health
from nbody_emulator.cli.app import main
from nbody_emulator.cli.health import BAD, OK, WARNING

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_this_checkout_is_well(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main(["doctor", "--json"]) == 0
    found = {each["matter"]: each for each in json.loads(capsys.readouterr().out)["findings"]}
    assert len(found) == len(health.MATTERS)
    assert found["versions"]["state"] == found["checkout"]["state"] == OK
    assert "float64" in found["JAX"]["said"]
    assert all(bool(each["remedy"]) == (each["state"] != OK) for each in found.values())


def test_a_line_is_told_of_each_matter_and_what_is_wrong_is_the_exit_code(monkeypatch, capsys):
    finding = health.Finding("disk", BAD, "it is full", "make room")
    monkeypatch.setattr(health, "MATTERS", (health.python, lambda: finding))
    assert main(["doctor"]) == 1
    well, ill = capsys.readouterr().out.splitlines()
    assert well.startswith("ok ") and ill == "wrong    disk: it is full; make room"


def test_a_folder_that_is_no_checkout_is_no_trouble(elsewhere):
    assert health.checkout().state == health.versions().state == OK


def test_versions_that_are_not_those_of_the_lock_are_told(elsewhere):
    (elsewhere / "src/nbody_emulator").mkdir(parents=True)
    (elsewhere / "envs").mkdir()
    lock = (ROOT / "envs/cpu.lock").read_text()
    health.PINS.write_text(lock)
    assert health.versions().state == OK
    health.PINS.write_text(lock.replace("optax==", "optax==0."))
    found = health.versions()
    assert found.state == BAD and "optax" in found.said and "make install" in found.remedy
    assert health.checkout().state == BAD  # the code that runs is not that of this folder


def test_a_lock_that_is_held_and_one_that_was_left(elsewhere):
    assert health.locks().state == OK
    health.LOCK.parent.mkdir()
    with health.LOCK.open("w") as holder:
        assert health.locks().state == OK
        fcntl.flock(holder, fcntl.LOCK_EX)
        assert "a run is at work" in health.locks().said
    left = elsewhere / ".snakemake/locks/0.input.lock"
    left.parent.mkdir(parents=True)
    left.touch()
    found = health.locks()
    assert found.state == WARNING and "was killed" in found.said


def test_results_that_cannot_be_written_are_told(elsewhere, monkeypatch):
    assert health.results_folder().state == OK and not list(elsewhere.iterdir())

    def refuse(**_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(health.tempfile, "NamedTemporaryFile", refuse)
    found = health.results_folder()
    assert found.state == BAD and "Read-only" in found.said
    assert subprocess.run(found.remedy.rpartition(": ")[2], shell=True, capture_output=True).returncode == 0


@pytest.mark.parametrize(("free", "state"), [(1e8, BAD), (1e9, WARNING), (1e11, OK)])
def test_a_disk_is_told_full_before_it_is(monkeypatch, free, state):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free}))
    assert health.disk().state == state


def test_variables_that_matter_are_told_with_their_values():
    assert health.shell({"HOME": "x"}).state == OK
    found = health.shell({"JAX_ENABLE_X64": "0", "PYTHONPATH": "elsewhere", "HOME": "x"})
    assert found.state == WARNING and "PYTHONPATH=elsewhere" in found.said
    assert "unset PYTHONPATH JAX_ENABLE_X64" in found.remedy and "HOME" not in str(found)


def test_a_platform_that_is_not_there_is_told_and_its_remedy_works():
    code = "from nbody_emulator.cli.health import float64; print(float64())"
    bad = os.environ | {"JAX_PLATFORMS": "nowhere"}
    found = subprocess.run(
        [sys.executable, "-c", code], env=bad, capture_output=True, text=True, check=True
    ).stdout
    assert found.startswith("wrong") and "unset JAX_PLATFORMS" in found and len(found.splitlines()) == 1
    well = {name: value for name, value in os.environ.items() if name not in ("JAX_PLATFORMS", "XLA_FLAGS")}
    found = subprocess.run(
        [sys.executable, "-c", code], env=well, capture_output=True, text=True, check=True
    ).stdout
    assert found.startswith("ok")
