"""A report is of files as they were exported, and says where something of them is missing."""

import json
from types import SimpleNamespace

import pytest

from nbody_emulator.report.answer import _unseen
from nbody_emulator.report.as_exported import NotAsExportedError, require_as_exported
from nbody_emulator.report.finished import Finished
from nbody_emulator.store.export import manifest
from nbody_emulator.store.ledger import LedgerError, ledger_path, openings
from nbody_emulator.store.published import ManifestError, recorded_in

OPENING = {"models": "m", "stream": "development", "evaluation": "e", "headline": {}}


@pytest.fixture
def stamp(tmp_path):
    """Of an export of one file."""
    (tmp_path / "metrics.json").write_text("{}")
    path = tmp_path / "export-0.json"
    path.write_text(json.dumps(manifest(tmp_path, {"metrics.json": "0"})))
    return path


def test_files_as_they_were_exported_are_reported_of(stamp):
    exported = stamp.read_bytes()
    require_as_exported(stamp, "make results")
    assert stamp.read_bytes() == exported


@pytest.mark.parametrize(
    "name, text, told",
    [
        ("metrics.json", None, "missing"),
        ("metrics.json", "{", "not the bytes that were exported"),
        ("export-0.json", "{", "damaged"),
        ("export-0.json", "[]", "damaged"),
    ],
)
def test_other_files_are_refused_with_the_command_that_writes_them_anew(name, text, told, stamp):
    path = stamp.with_name(name)
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(
        NotAsExportedError, match=f"{name}: {told}; delete .*export-0.json, then `make results`"
    ):
        require_as_exported(stamp, "make results")


@pytest.mark.parametrize(
    "models, told", [("m", "its scores are not beside this page"), ("n", "was not opened")]
)
def test_an_opening_without_its_scores_is_no_set_that_was_never_opened(models, told, tmp_path):
    ledger = tmp_path / ledger_path("mine")
    ledger.parent.mkdir(parents=True)
    ledger.write_text(json.dumps(OPENING))
    finished = Finished(SimpleNamespace(experiment="mine"), tmp_path / "results", tmp_path, models)
    assert finished.evaluation is None
    assert told in _unseen(finished)


@pytest.mark.parametrize("line", [b"3", b"{}", b"<<<<<<<", b"\xff"])
def test_a_line_that_is_no_opening_is_named(line, tmp_path):
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_bytes(json.dumps(OPENING).encode() + b"\n" + line + b"\n")
    with pytest.raises(LedgerError, match="line 2: not an opening"):
        openings(ledger)


@pytest.mark.parametrize("text", ["{", "[]", '{"metrics.json": 1}', "3"])
def test_a_manifest_that_is_none_is_refused(text, tmp_path):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ManifestError, match="damaged; `git checkout"):
        recorded_in(tmp_path)
