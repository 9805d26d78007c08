"""What was published beside the same made again: one digit is found, and another platform may move estimates."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pandas as pd
import pytest

from nbody_emulator.cli.app import main
from nbody_emulator.running.fresh_tree import known_environment
from nbody_emulator.running.reproduction import AGAIN, COMMITTED, Asked, made_again
from nbody_emulator.store.documents import marks_of
from nbody_emulator.store.estimates import Estimate, estimates_in
from nbody_emulator.store.published import PUBLISHED
from nbody_emulator.store.reproduced import NEAR, reproduction

HERE, ELSEWHERE = "cpu x86_64 avx2", "cpu x86_64 avx512f"
TABLE, METRICS, FIGURE = "tables/scores.csv", "metrics.json", "figures/noise.svg"
EMULATOR = "src/nbody_emulator/shipped/tiny/linear.eqx"
ERROR = 0.02


def tree(
    root: Path, value: float = 0.5, figure: str = "drawn", platform: str = HERE, family: str = "network"
) -> Path:
    """A tree with published results of one score, which README.md quotes."""
    folder = root / PUBLISHED / "tiny"
    for name in (TABLE, METRICS, FIGURE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    score = {"value": value, "standard_error": ERROR}
    rows = [{"family": "linear", "output": "r_h", **score, "runs": 4}]
    pd.DataFrame(rows).to_csv(folder / TABLE, index=False)
    (folder / METRICS).write_text(json.dumps({"scores": {"linear": score}}))
    (folder / FIGURE).write_text(f"<svg>{figure}</svg>")
    entries = {
        name: {"identity": "0", "sha256": "0", "platform": platform} for name in (TABLE, METRICS, FIGURE)
    }
    (folder / "manifest.json").write_text(json.dumps(entries))
    (root / EMULATOR).parent.mkdir(parents=True)
    (root / EMULATOR).write_bytes(f"{value}".encode())
    marks = marks_of("tiny")
    quoted = f"{marks.begin}The {family} errs by {value:.2f} ± {ERROR:.2f}.\n{marks.end}"
    (root / "README.md").write_text(f"# 3 words\n{quoted}Not 7 of these.\n")
    return root


@pytest.fixture
def committed(tmp_path) -> Path:
    return tree(tmp_path / "committed")


def test_the_same_bits_are_reproduced_and_it_is_said_what_they_are(committed, tmp_path):
    found = reproduction(committed, tree(tmp_path / "again"), "tiny")
    assert found.holds and not found.lines()
    assert "4 published files, every bit the same" in found.verdict
    assert "README.md (2 numbers)" in found.verdict


@pytest.mark.parametrize("file", [TABLE, METRICS, FIGURE])
def test_one_digit_is_found_and_named(committed, tmp_path, file):
    again = tree(tmp_path / "again")
    path = again / PUBLISHED / "tiny" / file
    path.write_text(path.read_text().replace("0.5", "0.5000001").replace("drawn", "drown"))
    found = reproduction(committed, again, "tiny")
    assert not found.holds and "NOT reproduced" in found.verdict
    (line,) = found.lines()
    assert line.startswith(f"results/published/tiny/{file}: other bits") and "line " in line
    assert ("0.5000001" in line) or ("drown" in line)


def test_a_file_that_only_one_of_them_has_is_named_on_every_platform(committed, tmp_path):
    for platform in (HERE, ELSEWHERE):
        again = tree(tmp_path / platform, platform=platform)
        (again / PUBLISHED / "tiny" / FIGURE).unlink()
        for one, other, told in ((committed, again, "not made again"), (again, committed, "not published")):
            found = reproduction(one, other, "tiny")
            assert not found.holds
            assert f"results/published/tiny/{FIGURE}: {told}" in found.lines()


@pytest.mark.parametrize(("share", "holds"), [(0.9, True), (1.1, False)])
@pytest.mark.parametrize("platform", [ELSEWHERE, ""])
def test_on_another_platform_an_estimate_may_move_by_its_errors(committed, tmp_path, platform, share, holds):
    again = tree(tmp_path / "again", 0.5 + share * NEAR * ERROR, figure="otherwise", platform=platform)
    found = reproduction(committed, again, "tiny")
    assert found.holds is holds
    lines = "\n".join(found.lines())
    far = 0 if holds else 1
    assert (
        f"{far} of 1 estimates moved by more than 2 standard errors, the farthest by {share * NEAR:.2g}: "
        in lines
    )
    assert "README.md: 1 of 2 numbers would be others: 0.50 -> " in lines
    assert [len(each["far"]) for each in found.facts()["differing"].values()] == [0, far, far, 0]


def test_two_platforms_that_are_not_known_need_not_be_one(tmp_path):
    published, again = (
        tree(tmp_path / "one", platform=""),
        tree(tmp_path / "other", 0.5 + 0.1 * ERROR, platform=""),
    )
    assert reproduction(published, again, "tiny").holds


def test_an_error_of_zero_knows_nothing(committed, tmp_path):
    again = tree(tmp_path / "again", platform=ELSEWHERE)
    for root, value, error in ((committed, 0.0, 0.0), (again, 0.3, 0.1)):
        row = {"family": "linear", "value": value, "standard_error": error}
        pd.DataFrame([row]).to_csv(root / PUBLISHED / "tiny" / TABLE, index=False)
    assert reproduction(committed, again, "tiny").holds
    assert reproduction(again, committed, "tiny").holds


def test_of_many_estimates_a_few_may_move_farther_but_none_of_a_document(committed, tmp_path):
    """Runs that share nothing would move one in six by more than two standard errors of a single one."""
    count = 200
    for far, holds in ((10, True), (11, False)):
        again = tree(tmp_path / f"{far}", platform=ELSEWHERE)
        moved = [0.5 + (place < far) * 8 * ERROR for place in range(count)]
        for root, values in ((committed, [0.5] * count), (again, moved)):
            table = pd.DataFrame({"group": [f"g{place}" for place in range(count)], "value": values})
            table.assign(standard_error=ERROR).to_csv(root / PUBLISHED / "tiny" / TABLE, index=False)
        assert reproduction(committed, again, "tiny").holds is holds
        quoted = (again / "README.md").read_text()
        (again / "README.md").write_text(quoted.replace("0.50", "0.58"))
        assert not reproduction(committed, again, "tiny").holds


def test_within_its_errors_is_not_enough_on_the_same_platform(committed, tmp_path):
    found = reproduction(committed, tree(tmp_path / "again", 0.5 + 0.1 * ERROR), "tiny")
    assert not found.holds and "3 are not what their own platform promises" in found.verdict


def test_an_estimate_that_is_lost_counts_and_so_do_words(committed, tmp_path):
    again = tree(tmp_path / "again", platform=ELSEWHERE)
    (again / PUBLISHED / "tiny" / METRICS).write_text(json.dumps({"scores": {}}))
    assert not reproduction(committed, again, "tiny").holds
    found = reproduction(
        committed, tree(tmp_path / "words", 0.51, family="forest", platform=ELSEWHERE), "tiny"
    )
    assert not found.holds and "README.md would say something else" in found.verdict


def test_a_number_of_a_document_that_no_file_explains_counts(committed, tmp_path):
    again = tree(tmp_path / "again", platform=ELSEWHERE)
    (committed / "README.md").write_text((again / "README.md").read_text().replace("0.50", "0.49"))
    found = reproduction(committed, again, "tiny")
    assert not found.holds and "README.md: 1 of 2 numbers would be others: 0.49 -> 0.50" in found.lines()


def test_an_estimate_is_what_stands_beside_its_standard_error(tmp_path):
    table, document = tmp_path / "a.csv", tmp_path / "a.json"
    table.write_text(
        "family,total,score,score_standard_error,mse,standard_error,lower,score_upper,runs\n"
        "linear,9.0,1.0,0.1,2.0,0.2,1.5,1.2,7\nlinear,9.0,3.0,0.1,4.0,,3.5,3.2,7\n"
    )
    assert estimates_in(table) == {
        "linear: score": Estimate(1.0, 0.1),
        "linear: mse": Estimate(2.0, 0.2),
        "linear (2): score": Estimate(3.0, 0.1),
    }
    document.write_text(
        json.dumps({"a": {"value": 1, "standard_error": 0.5, "tied": True}, "runs": {"n": 4}})
    )
    assert estimates_in(document) == {"/a/value": Estimate(1, 0.5)}
    assert estimates_in(tmp_path / "picture.svg") == {}


LEDGER = PUBLISHED / "tiny/test_set_ledger.jsonl"


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ({"evaluation": "0", "stream": "development"}, ["publish"]),
        ({"evaluation": "0", "stream": "release", "version": "v1.2.3"}, ["release", "VERSION=1.2.3"]),
        ({"evaluation": "1", "stream": "release", "version": "v1.2.3"}, ["publish"]),
    ],
)
def test_the_stream_is_that_of_what_is_published(committed, line, target):
    (committed / LEDGER).write_text(json.dumps(line) + "\n")
    commands = Asked("tiny", "tiny", "all").commands(committed)
    assert ["make", *target, "EXPERIMENT=tiny", "CORES=all"] in commands


MAKEFILE = """
install:
\t@test -z "$(MAKELEVEL:0=)$$PYTHONPATH$$GIT_DIR"
\t@mkdir -p .venv/bin; ln -s /bin/true .venv/bin/python
verify findings:
\t@.venv/bin/python
publish:
\t@test "$(EXPERIMENT) $(CORES)" = "tiny 2"
\t@cp -r "$$MADE/results/published/tiny/." results/published/tiny
\t@echo '{"evaluation": "0", "stream": "development"}' >> results/published/tiny/test_set_ledger.jsonl
"""
SHELL = {
    "PYTHONPATH": "/nowhere",
    "GIT_DIR": "/nowhere",
    "GIT_INDEX_FILE": "/nowhere",
    "MAKEFLAGS": "-n",
    "MAKELEVEL": "1",
}


@pytest.fixture
def clone(tmp_path, monkeypatch) -> Path:
    """A repository in a folder with a blank, whose Makefile takes the results of $MADE for those of a run."""
    root = tree(tmp_path / "a clone")
    (root / "Makefile").write_text(MAKEFILE)
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *command], cwd=root, check=True)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, value in SHELL.items():
        monkeypatch.setenv(name, value)
    return root


def state(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_it_is_made_again_of_what_is_committed_and_leaves_no_trace(clone, tmp_path, monkeypatch):
    monkeypatch.setenv("MADE", str(tree(tmp_path / "made")))
    (clone / "README.md").write_text("changed, not committed")
    (clone / PUBLISHED / "tiny" / METRICS).write_text("{}")
    subprocess.run(["git", "add", PUBLISHED], cwd=clone, env=known_environment(os.environ), check=True)
    before, said = state(clone), []
    facts = made_again(clone, Asked("tiny", "tiny", "2"), None, said.append)
    assert facts["reproduced"] and facts["folder"] is None and said[-1] == facts["verdict"]
    assert f"left out, as not committed: README.md, {PUBLISHED}/tiny/{METRICS}" in facts["source"]
    assert facts["documents"]["README.md"]["numbers"] == 2
    assert state(clone) == before
    assert not list(tmp_path.glob("reproduce-*"))


def test_what_differs_is_kept_to_be_looked_at(clone, tmp_path, monkeypatch):
    monkeypatch.setenv("MADE", str(tree(tmp_path / "made", 0.50001)))
    facts = made_again(clone, Asked("tiny", "tiny", "2"), None, lambda line: None)
    kept = Path(facts["folder"])
    assert not facts["reproduced"] and kept.parent == tmp_path
    one, other = (kept / name / PUBLISHED / "tiny" / TABLE for name in (COMMITTED, AGAIN))
    assert one.read_text() != other.read_text()


def test_a_copy_without_git_is_taken_as_it_is(clone, tmp_path, monkeypatch):
    shutil.rmtree(clone / ".git")
    (clone / LEDGER).write_text('{"evaluation": "1", "stream": "development"}\n')
    (clone / "results/store").mkdir()
    monkeypatch.setenv("MADE", str(tree(tmp_path / "made")))
    folder = tmp_path / "chosen"
    facts = made_again(clone, Asked("tiny", "tiny", "2"), folder, lambda line: None)
    assert facts["reproduced"] and facts["folder"] == str(folder)
    assert "no clone of git" in facts["source"] and not (folder / AGAIN / "results/store").exists()
    committed, again = ((folder / name / LEDGER).read_text() for name in (COMMITTED, AGAIN))
    assert committed == again  # the same models were looked at once more, which opens nothing


def test_a_command_that_fails_ends_it(clone, monkeypatch):
    facts = made_again(clone, Asked("tiny", "tiny", "1"), None, lambda line: None)
    assert facts["verdict"].startswith(
        "tiny: NOT reproduced: `make publish EXPERIMENT=tiny CORES=1` ended with"
    )
    assert facts["folder"] is not None


ROOT = Path(__file__).resolve().parents[2]


def test_a_folder_in_the_way_is_refused(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(ROOT)
    for folder, told in ((tmp_path, "is there already"), (ROOT / "results/new", "lies in this checkout")):
        assert main(["reproduce", "laptop", "--folder", str(folder)]) == 2
        assert told in capsys.readouterr().err


def test_what_was_never_published_cannot_be_reproduced(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert main(["reproduce", "test"]) == 1
    published = ", ".join(
        sorted(path.parent.name for path in Path("results/published").glob("*/manifest.json"))
    )
    told = f"test: nothing of it is published and committed, published are {published}; "
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_shell_keeps_what_brings_packages():
    kept = {"PATH": "/bin", "PIP_INDEX_URL": "there", "https_proxy": "there"}
    assert known_environment(kept | SHELL | {"JAX_PLATFORMS": "tpu"}) == kept
