"""Exports, published copies and the ledger say what is stale, what is missing, and nothing twice."""

import json
import zlib
from pathlib import Path

import pytest

from nbody_emulator.plan.artifact import Artifact, Stage
from nbody_emulator.plan.plan import Target
from nbody_emulator.store.export import Export, copy_export
from nbody_emulator.store.ledger import openings, record_opening

TABLES = Stage("tables", "tabulate.py", ("table.csv",))


PUBLISHED = Path(__file__).resolve().parents[2] / "results/published"
MOST_BYTES = 1_500_000
"""Of an experiment, as git keeps them: every publication stays in the history."""


@pytest.mark.parametrize("folder", sorted(PUBLISHED.iterdir()), ids=lambda folder: folder.name)
def test_what_is_published_stays_small(folder):
    files = (path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert sum(len(zlib.compress(content)) for content in files) < MOST_BYTES


def artifact(number: int, **changes) -> Artifact:
    return Artifact(**{"stage": TABLES, "title": "a table", "settings": {"number": number}} | changes)


def test_titles_are_no_part_of_an_identity_but_all_else_is():
    assert artifact(1).identity == artifact(1, title="another").identity
    others = [artifact(2), artifact(1, code={"m": "0"}), artifact(1, versions={"jax": "1"})]
    others.append(artifact(1, inputs={"table": (artifact(2),)}))
    assert len({item.identity for item in [artifact(1), *others]}) == 5


def test_an_input_s_identity_is_inherited():
    first, second = (artifact(0, inputs={"table": (artifact(number),)}) for number in (1, 2))
    assert first.identity != second.identity


@pytest.fixture
def export(tmp_path, monkeypatch) -> Export:
    monkeypatch.chdir(tmp_path)
    export = Export("results/paper", {"tables/noise.csv": Target(artifact(1), "table.csv")})
    for path in export.inputs:
        Path(path).parent.mkdir(parents=True)
        Path(path).write_text("a,b\n1,2\n")
    return export


def test_only_the_last_export_leaves_a_stamp(export):
    stale = Path("results/paper/export-000000000000.json")
    stale.parent.mkdir(parents=True)
    stale.write_text("{}")
    copy_export(export.inputs, export.outputs, export.stamp, export.identities)
    assert [str(path) for path in stale.parent.glob("export-*.json")] == [export.stamp]
    stamped = json.loads(Path(export.stamp).read_text())
    assert stamped["tables/noise.csv"]["identity"] == artifact(1).identity
    assert Path("results/paper/tables/noise.csv").read_text() == "a,b\n1,2\n"


def test_an_export_cut_short_leaves_no_stamp(export):
    copy_export(export.inputs, export.outputs, export.stamp, export.identities)
    newer = Export(
        export.folder,
        {"a.csv": Target(artifact(1), "table.csv"), "b.csv": Target(artifact(2), "missing.csv")},
    )
    with pytest.raises(FileNotFoundError):
        copy_export(newer.inputs, newer.outputs, newer.stamp, newer.identities)
    assert not list(Path("results/paper").glob("export-*.json"))


def test_what_an_experiment_no_longer_has_is_no_longer_shown(export):
    folder = Path(export.folder)
    more = Export(export.folder, {**export.targets, "models/king.eqx": Target(artifact(1), "table.csv")})
    copy_export(more.inputs, more.outputs, more.stamp, more.identities)
    assert (folder / "models/king.eqx").exists()
    own = folder / "notes.txt"
    own.write_text("of a person")
    copy_export(export.inputs, export.outputs, export.stamp, export.identities)
    assert not (folder / "models/king.eqx").exists()
    assert own.exists() and (folder / "tables/noise.csv").exists()


def test_another_source_is_another_stamp(export):
    assert Export(export.folder, {"tables/noise.csv": Target(artifact(2), "table.csv")}).stamp != export.stamp


def test_the_ledger_keeps_every_opening_once(tmp_path):
    ledger, evaluation = tmp_path / "published/ledger.jsonl", tmp_path / "evaluation.json"
    score = {"value": 1.0, "standard_error": 0.1}
    evaluation.write_text(json.dumps({"recommended": {"family": "linear"}, "primary": {"linear": score}}))
    entry = {"models": "a", "stream": "development", "evaluation": "b"}
    record_opening(ledger, entry, evaluation)
    record_opening(ledger, entry, evaluation)
    record_opening(ledger, entry | {"models": "c"}, evaluation)
    assert [line["models"] for line in openings(ledger)] == ["a", "c"]
    assert openings(ledger)[0]["headline"] == {"family": "linear", **score}
    assert openings(tmp_path / "none.jsonl") == []
