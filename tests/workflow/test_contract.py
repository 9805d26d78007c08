"""What each edit reruns: asked without running it, of Snakemake or of the plan; a few rows are run, and bytes compared.

`make contract` prints the table.
"""

import json
import shutil
import sys
from pathlib import Path

import edits
import pytest
from asking import EXPORT, Answer, Server
from edits import CONFIG, replace
from finished_run import contents, differing
from planned import NOT_OF_TEST, missing, path_of
from rows import ASKED, ROWS, Row, is_sealed, more_trees, styled_noise

from nbody_emulator.plan.stages import STAGES
from nbody_emulator.storage.files import file_sha256

CAPTIONS = "src/nbody_emulator/report/templates/captions"
CHECK = (sys.executable, "-m", "nbody_emulator.cli", "check")


@pytest.fixture(scope="module")
def server():
    with Server() as running:
        yield running


@pytest.fixture
def edited(request, row) -> Answer:
    """What is to be made after the edit of a row."""
    if row in ASKED:
        copy = request.getfixturevalue("copy")
        row.edit(copy.root)
        return request.getfixturevalue("server").ask(copy.root)
    scratch = request.getfixturevalue("scratch")
    row.edit(scratch.root)
    return missing(scratch.root, request.getfixturevalue("finished").repository.root)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_edit(row, edited, wrongly_rerun):
    titles = {title for title in edited.every_title if not is_sealed(title)}
    assert not wrongly_rerun(row.name, row.told, row.expected(titles), edited.made)


def test_an_edited_experiment_on_a_clone_that_carries_published_results(scratch, server, wrongly_rerun):
    replace("config/laptop.yaml", "seed: 536", "seed: 537")(scratch.root)
    assert (scratch.root / "results/published/laptop/metrics.json").exists()
    answer = server.ask(scratch.root, experiment="laptop")
    everything = {title for title in answer.every_title if not is_sealed(title)}
    assert not wrongly_rerun(
        "an edited experiment on a clone with published results", "everything", everything, answer.made
    )


def test_a_caption_changes_the_report_alone(copy, server, wrongly_rerun):
    replace(f"{CAPTIONS}/noise.html", "<p>", "<p>A caption in other words. ")(copy.root)
    copy.run(sys.executable, "-m", "nbody_emulator.cli", "report", "test")
    assert "A caption in other words" in (copy.root / "results/test/report.html").read_text()
    assert "report.html" in (copy.root / "results/test/provenance.html").read_text()
    assert not wrongly_rerun("a caption's text", "the report alone", set(), server.ask(copy.root).made)


def made_for_real(answer: Answer, before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """Titles of what is new or has other bytes."""
    changed = [path for path, data in after.items() if before.get(path) != data]
    return {answer.titles.get(path, EXPORT) for path in changed}


def test_a_figures_style_run_and_reverted(copy, server, wrongly_rerun):
    first = contents(copy.root)
    styled_noise(copy.root)
    answer = server.ask(copy.root)
    copy.snakemake()
    styled = contents(copy.root)
    made = made_for_real(answer, first, styled)
    assert not wrongly_rerun("a figure's style, run", "that figure", {"figure of noise", EXPORT}, made)
    plain = {path for path in first if path.startswith("results/test/") and first[path] != styled.get(path)}
    drawn = {f"noise.{kind}" for kind in ("svg", "pdf", "png")}
    assert {Path(path).name.split("-")[0] for path in plain} == {*drawn, "history.json", "export"}

    replace(CONFIG, "\n  noise: {width_inches: 6.0}", "")(copy.root)
    assert not wrongly_rerun(
        "a style reverted after the run", "only copies", {EXPORT}, server.ask(copy.root).made
    )
    copy.snakemake()
    assert contents(copy.root).items() >= first.items()


def test_a_familys_setting_run(copy, server, wrongly_rerun):
    before = contents(copy.root)
    more_trees(copy.root)
    answer = server.ask(copy.root)
    copy.snakemake("--until", "predict")
    after = contents(copy.root)
    assert after.items() >= before.items()
    row = Row("", more_trees, "", ("fit of forest", "the predictions"))
    made = made_for_real(answer, before, after)
    assert not wrongly_rerun(
        "a family's setting, run up to its predictions", "that family", row.expected(answer.every_title), made
    )


TRIAL = "learning curve of mean"


def test_one_byte_changed_is_named(copy, server, wrongly_rerun):
    damaged = copy.root / path_of(TRIAL, copy.root)
    edits.change_one_byte(damaged)
    assert f"{damaged.parent.relative_to(copy.root)}: {damaged.name} is damaged" in failed_check(copy)
    made = server.ask(copy.root).made
    assert not wrongly_rerun("one byte of a NetCDF file changed", "it alone", {TRIAL}, made)


def test_a_truncated_file_is_named(copy, server, wrongly_rerun):
    title = "summaries of calibration block 0"
    damaged = copy.root / path_of(title, copy.root)
    edits.truncate(damaged)
    assert f"{damaged.parent.relative_to(copy.root)}: {damaged.name} is damaged" in failed_check(copy)
    made = server.ask(copy.root).made
    assert not wrongly_rerun("a NetCDF file truncated", "it alone", {title}, made)


def test_what_was_deleted_is_to_be_made_again(copy, server, wrongly_rerun):
    """That it then has the same bytes is asked where the shell is hostile."""
    deleted = "results/test/figures/noise.svg"
    (copy.root / deleted).unlink()
    made = server.ask(copy.root).made
    assert not wrongly_rerun("an export deleted", "the exports", {EXPORT}, made)
    titles = missing(copy.root, copy.root).titles
    folders = {Path(path).parent.parent: (Path(path).parent, title) for path, title in titles.items()}
    chosen = dict(found for stage, found in folders.items() if "sealed" not in stage.parts)
    assert len(chosen) == len({*STAGES} - NOT_OF_TEST) - 1, "one folder of each open stage"
    for folder in chosen:
        shutil.rmtree(copy.root / folder)
    made = server.ask(copy.root).made
    told = "those folders and the exports"
    assert not wrongly_rerun("a folder of each stage deleted", told, {*chosen.values(), EXPORT}, made)
    shutil.rmtree(copy.root / "results/store")
    answer = server.ask(copy.root)
    everything = {title for title in answer.every_title if not is_sealed(title)}
    assert not wrongly_rerun("the store deleted", "everything", everything, answer.made)


def test_what_comes_out_otherwise_takes_what_was_made_from_it_along(copy, server):
    """A result lost and made anew with other bytes, as on another processor."""
    title = "summaries of calibration block 0"
    file = copy.root / path_of(title, copy.root)
    receipt = json.loads((file.parent / "receipt.json").read_text())
    edits.change_one_byte(file)
    receipt["sha256"][file.name] = file_sha256(file)
    (file.parent / "receipt.json").write_text(json.dumps(receipt))
    told = failed_check(copy)
    assert f"made from another summaries/{file.parent.name}/summary.nc than is there now" in told
    made = server.ask(copy.root).made
    assert {"the dataset", "the predictions"} <= made and title not in made


def test_a_job_does_not_take_damage_for_data_and_the_next_run_mends_it(copy):
    before = contents(copy.root)
    edits.change_one_byte(copy.root / path_of("the dataset", copy.root))
    shutil.rmtree((copy.root / path_of("table of energy", copy.root)).parent)
    done = copy.snakemake(check=False)
    assert done.returncode != 0
    assert "dataset.nc is damaged" in done.stdout and "set aside" in done.stdout
    copy.snakemake()
    assert not differing(contents(copy.root), before)
    assert copy.run(*CHECK).returncode == 0


def test_the_documented_table_is_what_was_found(judged):
    """Of the rows that were tried; `make contract` prints the table that docs/rerun.md has."""
    documented = (Path(__file__).parents[2] / "docs/rerun.md").read_text(encoding="utf-8").splitlines()
    assert not [line for line in judged if line not in documented]


def failed_check(repository) -> str:
    done = repository.run(*CHECK, check=False)
    assert done.returncode == 1
    return done.stdout
