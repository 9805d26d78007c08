"""What the `test` experiment leaves behind, what a second run makes of it, and its test set opened and published."""

import json
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cf_units
import edits
import jsonschema
import netCDF4
import numpy as np
import pandas as pd
import pytest
from asking import Server
from finished_run import Repository
from planned import NOT_OF_TEST

from nbody_emulator import Emulator
from nbody_emulator.configuration.description import describe
from nbody_emulator.configuration.file import load
from nbody_emulator.figures.register import FIGURES, table_of
from nbody_emulator.identity.accepted import read_acceptances
from nbody_emulator.plan.from_configuration import ACCEPTED_CODE, plan_of_file
from nbody_emulator.plan.stages import EVALUATIONS, STAGES
from nbody_emulator.quantities.run_status import Status
from nbody_emulator.running.heavy_imports import HEAVY
from nbody_emulator.storage.netcdf import read
from nbody_emulator.store.export import published_export
from nbody_emulator.store.ledger import openings
from nbody_emulator.store.reproduced import reproduction

BEFORE_A_SCRIPT = """
import sys
from nbody_emulator.running.heavy_imports import import_heavy
import_heavy(sys.argv[1])
print(*sys.modules)
"""
LEDGER = "results/published/test/test_set_ledger.jsonl"
NETCDF = {
    "simulation.nc",
    "summary.nc",
    "dataset.nc",
    "out_of_fold.nc",
    "fitting.nc",
    "predictions.nc",
    "trial.nc",
    "posteriors.nc",
    "information.nc",
    "draws.nc",
}


@pytest.fixture(scope="session")
def results(finished) -> Path:
    return finished.repository.root / "results"


@pytest.fixture(scope="session")
def plan(finished):
    return plan_of_file(finished.repository.root / "config/test.yaml", finished.repository.root)


def test_every_planned_open_result_is_there_and_nothing_else(results, plan):
    opened = [artifact for artifact in plan.artifacts if not artifact.sealed]
    planned = {path for artifact in opened for path in artifact.paths}
    found = {
        str(path.relative_to(results.parent)) for path in (results / "store").rglob("*") if path.is_file()
    }
    assert found == planned


def test_the_test_set_was_not_simulated(results):
    assert not (results / "sealed").exists()


def test_no_partial_file_is_left(results):
    assert not list(results.rglob("*.tmp"))


def test_metrics_are_valid_and_cover_every_family_and_output(results, finished, plan):
    metrics = json.loads((results / "test/metrics.json").read_text())
    schema = json.loads((finished.repository.root / "workflow/schemas/metrics.schema.json").read_text())
    jsonschema.validate(metrics, schema)
    assert set(metrics["families"]) == set(plan.fits)
    assert all(set(outputs) >= set(metrics["noise"]) for outputs in metrics["families"].values())


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_every_table_that_has_a_figure_is_drawn(results, kind):
    figures = {path.stem for path in (results / "test/figures").glob(f"*.{kind}")}
    tables = {path.stem for path in (results / "test/tables").glob("*.csv")}
    assert figures == {name for name in FIGURES.names if table_of(name) in tables}


def test_every_netcdf_says_what_it_is_and_of_what(results, plan):
    described = describe(load(results.parent / "config/test.yaml"))
    told = {"specification", "versions", "platform", "title", "history", "comment"}
    paths = sorted((results / "store").rglob("*.nc"))
    assert {path.name for path in paths} == NETCDF
    for path in paths:
        with netCDF4.Dataset(path) as file:
            assert file.identity == path.parent.name
            assert file.Conventions.startswith("CF-")
            assert file.description == described
            assert told <= {name for name in file.ncattrs() if getattr(file, name)}


def test_every_netcdf_keeps_the_conventions_where_a_stranger_s_tool_looks(results):
    """By `make test-dependencies` the real checker looks too, which brings much along."""
    paths = sorted((results / "store").rglob("*.nc"))
    assert {path.name for path in paths} == NETCDF
    for path in paths:
        with netCDF4.Dataset(path) as file:
            coordinates = {name for each in file.variables.values() for name in _coordinates(each)}
            for name in coordinates | (file.variables.keys() & file.dimensions.keys()):
                assert "_FillValue" not in file[name].ncattrs(), f"{path.name}: {name}"
            units = {name: each.units for name, each in file.variables.items() if "units" in each.ncattrs()}
        assert not [name for name, unit in units.items() if cf_units.Unit(unit).is_unknown()], path.name


def _coordinates(variable) -> list[str]:
    return getattr(variable, "coordinates", "").split()


def test_every_emulator_says_what_it_is_of(results, plan):
    described = describe(load(results.parent / "config/test.yaml"))
    emulators = {path.stem: Emulator.load(path) for path in (results / "test/emulators").glob("*.eqx")}
    assert set(emulators) == set(plan.fits)
    for emulator in emulators.values():
        assert emulator.metadata.description == described
        assert all(part in str(emulator) for part in described.split("; "))


def test_the_documented_posterior_is_of_what_was_exported(results, finished, tmp_path, capsys):
    document = (finished.repository.root / "docs/inference.md").read_text(encoding="utf-8")
    code = document.partition("```python\n")[2].partition("```")[0]
    emulator = str(results / "test/emulators/linear.eqx")
    assert "results/laptop/emulators/gaussian_process.eqx" in code
    namespace = {}
    exec(
        code.replace("results/laptop/emulators/gaussian_process.eqx", emulator).replace(
            '"posterior.nc"', repr(str(tmp_path / "posterior.nc"))
        ),
        namespace,
    )
    lines = capsys.readouterr().out.splitlines()
    names = [each.name for each in Emulator.load(emulator).parameters]
    assert [line.partition(":")[0] for line in lines[: len(names)]] == names
    assert "of 24 simulated runs" in lines[-1]
    assert (tmp_path / "posterior.nc").exists()


def test_emulators_of_judged_posteriors_keep_what_these_held(results, plan):
    emulators = {path.stem: Emulator.load(path) for path in (results / "test/emulators").glob("*.eqx")}
    judged = {name for name, each in emulators.items() if each.metadata.posteriors}
    assert judged == {"linear"} == {path.stem for path in (results / "test/posteriors").glob("*.nc")}
    metrics = json.loads((results / "test/metrics.json").read_text())["posteriors"]
    for name in judged:
        record = emulators[name].metadata.posteriors
        told = metrics[name]["joint"]["widened"]["observation"]
        assert told["variance_factor"]["all"]["value"] == pytest.approx(record.variance_factor, rel=1e-5)
        assert told["coverage"]["90"]["value"] == pytest.approx(dict(record.held)[0.90], rel=1e-5)


def test_what_would_be_published_is_small_and_no_data(results, plan):
    sizes = {
        name: Path(results.parent, target.path).stat().st_size
        for name, target in published_export(plan).targets.items()
        if not target.artifact.sealed
    }
    # The figures are hardly smaller than those of larger experiments; a table has a row for what is compared.
    assert sum(sizes.values()) < 2_300_000
    assert max(size for name, size in sizes.items() if name.endswith(".csv")) < 200_000


def test_the_runs_are_there_as_a_table_too(results):
    runs, dataset = pd.read_csv(results / "test/runs.csv"), read(results / "test/dataset.nc")
    assert len(runs) == dataset.sizes["run"] and not runs["usable"].isna().any()
    for name in ("set", "role", "block", "point", "replicate", "perturbation", "energy_error", "usable"):
        assert runs[name].tolist() == dataset[name].values.tolist(), name
    for kind in ("parameter", "output"):
        for name, unit in zip(dataset[kind].values, dataset[f"{kind}_units"].values, strict=True):
            column = name if unit == "1" else f"{name} [{unit}]"
            np.testing.assert_array_equal(runs[column], dataset[f"{kind}_values"].sel({kind: name}))
    assert set(runs["status"]) <= {status.word for status in Status}


@pytest.fixture(scope="session")
def notes(finished) -> list[dict]:
    """What each job imported."""
    return [json.loads(path.read_text()) for path in finished.repository.recorded_imports.glob("*.json")]


def test_the_code_digest_covers_everything_a_job_imports(finished, notes):
    assert {note["stage"] for note in notes} >= {
        "simulations",
        "summaries",
        "fits",
        "trials",
        "tables",
        "figures",
    }
    # A module that came with an accepted refactoring goes under the names of those that it came with.
    acceptances = read_acceptances(finished.repository.root / ACCEPTED_CODE)
    came = {name for each in acceptances for name in each.by.keys() - each.replaced.keys()}
    missed = {
        (note["stage"], name)
        for note in notes
        for name in set(note["imported"]) - set(note["declared"]) - came
    }
    assert not missed


@pytest.fixture(scope="module")
def before(finished):
    """All that is imported before a script; some scripts have the same."""

    @cache
    def asked(script: str) -> set[str]:
        return set(finished.repository.run(sys.executable, "-c", BEFORE_A_SCRIPT, script).stdout.split())

    first = {modules: script for script, modules in reversed(HEAVY.items())}
    return lambda script: asked(first[HEAVY[script]])


NOT_RUN = NOT_OF_TEST | {EVALUATIONS}
"""Stages of which `test` runs nothing before it is evaluated."""


@pytest.mark.parametrize(
    "stage", [stage for stage in STAGES if stage not in NOT_RUN], ids=lambda each: each.name
)
def test_what_takes_long_is_imported_before_the_script(before, notes, stage):
    imported = {name for note in notes if note["stage"] == stage.name for name in note["took_long"]}
    assert imported and imported <= before(stage.script)


def test_every_stage_tells_where_its_time_went(results):
    timings = json.loads((results / "test/timings.json").read_text())
    assert all(told["import_seconds"] > 0 and told["compute_seconds"] > 0 for told in timings.values())
    compiling = {stage for stage, told in timings.items() if told["compile_seconds"] > 0}
    assert compiling == {"simulations", "fits", "trials", "predictions", "posteriors", "information", "draws"}


def test_a_second_run_does_nothing_and_says_so(copy):
    assert "Nothing to be done" in copy.snakemake().stdout


def test_a_run_tells_of_all_its_work_and_ends_with_what_it_found(finished, results):
    sentence = json.loads((results / "test/metrics.json").read_text())["recommended"]["sentence"]
    assert "other jobs, 18 of them fits, whose time is not known yet" in finished.output
    assert f"test: {sentence}" in finished.output
    assert "next: make report EXPERIMENT=test" in finished.output and "Reason:" not in finished.output


@pytest.fixture(scope="module")
def evaluated(finished, tmp_path_factory):
    copy = finished.repository.copy_to(tmp_path_factory.mktemp("evaluated") / "repository")
    copy.snakemake("test_set")
    return copy


@pytest.fixture(scope="module")
def published(evaluated):
    release(evaluated, "v1.0.0")
    command(evaluated, "publish", "--release")
    return evaluated


def release(repository, version: str):
    options = ("--config", "sealed_stream=release", f"release_version={version}")
    return repository.snakemake("test_set", *options)


def command(repository, verb: str, *options: str, check: bool = True):
    experiment = (sys.executable, "-m", "nbody_emulator.cli")
    return repository.run(*experiment, verb, "config/test.yaml", *options, check=check)


def test_opening_the_test_set_runs_nothing_of_the_rest(evaluated, finished):
    stores = (repository.root / "results/store" for repository in (evaluated, finished.repository))
    copied, original = ({path.relative_to(store) for path in store.rglob("*")} for store in stores)
    assert copied == original


def test_the_ledger_keeps_the_opening_with_its_headline(evaluated):
    (opening,) = openings(evaluated.root / LEDGER)[:1]
    assert opening["stream"] == "development"
    assert opening["headline"]["standard_error"] > 0


def test_opening_it_again_does_nothing(published):
    before = (published.root / LEDGER).read_text()
    done = release(published, "v1.0.0")
    assert "Nothing to be done" in done.stdout
    assert (published.root / LEDGER).read_text() == before


def test_the_release_is_another_opening(published):
    found = [(line["stream"], line.get("version")) for line in openings(published.root / LEDGER)]
    assert found == [("development", None), ("release", "v1.0.0")]


def test_the_release_stream_is_opened_for_a_new_version_alone(published):
    before = (published.root / LEDGER).read_text()
    config = published.root / "config/test.yaml"
    text = config.read_text()
    config.write_text(text.replace("trees: 20", "trees: 19"))
    with Server() as server:
        refused, respelt, unnamed = (
            server.refusal(published.root, "test_set", "--config", "sealed_stream=release", *version)
            for version in (["release_version=v1.0.0"], ["release_version=v1.0"], [])
        )
    config.write_text(text)
    assert "version v1.0.0 was released already" in refused
    assert "three numbers alone, not 'v1.0'" in respelt
    assert "write `make release VERSION=1.0.0`" in unnamed
    assert (published.root / LEDGER).read_text() == before


@dataclass(frozen=True)
class Shown:
    """A release whose development stream was then published again, and what was said before that was made."""

    repository: Repository
    refusal: str


@pytest.fixture(scope="module")
def shown(published, tmp_path_factory) -> Shown:
    copy = published.copy_to(tmp_path_factory.mktemp("shown") / "repository")
    refusal = command(copy, "publish", check=False).stdout
    copy.snakemake("test_set")
    command(copy, "publish")
    return Shown(copy, refusal)


def test_what_is_shown_is_the_stream_that_was_published(shown):
    assert "run `make evaluate" in shown.refusal
    assert "what the present code and config would make" in command(shown.repository, "verify").stdout


def test_what_is_published_verifies(published):
    assert "what the present code and config would make" in command(published, "verify").stdout


def test_what_was_published_says_on_which_platform_and_is_held_to_its_bits(published, tmp_path):
    folder = Path("results/published/test")
    manifest = json.loads((published.root / folder / "manifest.json").read_text())
    platform = read(published.root / "results/test/dataset.nc").attrs["platform"]
    assert {entry["platform"] for entry in manifest.values()} == {platform}
    shutil.copytree(published.root / folder, tmp_path / folder)
    found = reproduction(published.root, tmp_path, "test")
    assert found.holds and len(found.pairs) == len(manifest)
    scores = tmp_path / folder / "tables/scores.csv"
    lines = scores.read_text().splitlines()
    lines[8] = lines[8].replace(".", ".1", 1)
    scores.write_text("\n".join([*lines, ""]))
    line, *_ = reproduction(published.root, tmp_path, "test").lines()
    assert line.startswith(f"{folder}/tables/scores.csv: other bits ({platform}); line 9: ")


PALETTE = ("config/test.yaml", "palette: colorblind", "palette: deep")
SOFTENING = ("config/test.yaml", "length: 0.05", "length: 0.06")
BYTES = ("results/published/test/tables/noise.csv", "noise", "n0ise")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([PALETTE, BYTES], ["figures/noise.svg: stale", "tables/noise.csv: its bytes"]),
        ([SOFTENING], ["metrics.json: stale"]),
    ],
    ids=["a palette and a byte", "a softening"],
)
def test_what_no_longer_holds_is_named_without_running(published, changes, told):
    texts = {file: (published.root / file).read_text() for file, _, _ in changes}
    for file, old, new in changes:
        (published.root / file).write_text(texts[file].replace(old, new, 1))
    done = command(published, "verify", check=False)
    for file, text in texts.items():
        (published.root / file).write_text(text)
    assert done.returncode == 1 and all(line in done.stdout for line in told)


@pytest.fixture(scope="module")
def refactored(shown, tmp_path_factory):
    """Published, and then made again by code of which a family's is another; what was there before lies beside it."""
    copy = shown.repository.copy_to(tmp_path_factory.mktemp("refactored") / "repository")
    shutil.copytree(copy.root / "results/test", before_of(copy))
    edits.code("emulators/families/mean.py")(copy.root)
    copy.snakemake()
    return copy


def before_of(repository) -> Path:
    return repository.root.parent / "before"


def test_on_another_processor_the_published_code_is_asked_first(refactored, tmp_path):
    copy, before = refactored.copy_to(tmp_path / "repository"), before_of(refactored)
    scores = copy.root / "results/published/test/tables/scores.csv"
    told_elsewhere = scores.read_text().replace("1", "2")  # as if another processor had made it
    scores.write_text(told_elsewhere)
    refused = command(copy, "carry", check=False).stdout
    assert "the models answer otherwise (tables/scores.csv)" in refused
    stranger = command(copy, "carry", "--before", "results/test", check=False).stdout
    assert "not made by the published code" in stranger
    assert "files published" in command(copy, "carry", "--before", str(before)).stdout
    assert scores.read_text() == told_elsewhere
    assert "what the present code and config would make" in command(copy, "verify").stdout


def sealed_files(repository) -> set[Path]:
    return set((repository.root / "results/sealed").rglob("*"))


def test_refactored_models_that_answer_the_same_keep_the_published_evaluation(refactored):
    before, sealed = openings(refactored.root / LEDGER)[0], sealed_files(refactored)
    assert "evaluation.json: stale" in command(refactored, "verify", check=False).stdout
    figure = refactored.root / "results/published/test/evaluation/sealed_test.svg"
    drawn = figure.read_bytes()
    figure.unlink()
    assert (
        "without sealed_test.svg; evaluate anew: `make publish`"
        in command(refactored, "carry", check=False).stdout
    )
    figure.write_bytes(drawn)
    command(refactored, "carry")
    assert "what the present code and config would make" in command(refactored, "verify").stdout
    carried = openings(refactored.root / LEDGER)[-1]
    assert carried["carried_from"] == before["evaluation"] != carried["evaluation"]
    assert carried["headline"] == before["headline"] and carried["models"] != before["models"]
    ledger = (refactored.root / LEDGER).read_text()
    command(refactored, "carry")
    assert (refactored.root / LEDGER).read_text() == ledger
    assert sealed_files(refactored) == sealed


def test_what_was_published_of_the_release_stream_stays_of_it(refactored):
    kept = openings(refactored.root / LEDGER)
    release_line = next(line for line in kept if line["stream"] == "release")
    manifest = refactored.root / "results/published/test/manifest.json"
    published = json.loads(manifest.read_text())
    for name in published:
        if name.startswith("evaluation/"):
            published[name]["identity"] = release_line["evaluation"]
    manifest.write_text(json.dumps(published))
    command(refactored, "carry")
    carried = openings(refactored.root / LEDGER)[-1]
    assert (carried["stream"], carried["version"]) == ("release", release_line["version"])
    assert carried["carried_from"] == release_line["evaluation"] != carried["evaluation"]


def test_models_that_answer_otherwise_carry_nothing_over(refactored):
    ledger = (refactored.root / LEDGER).read_text()
    edits.replace("config/test.yaml", "trees: 20", "trees: 19")(refactored.root)
    assert "not up to date" in command(refactored, "carry", check=False).stdout
    edits.replace("config/test.yaml", "trees: 19", "trees: 20")(refactored.root)
    published = refactored.root / "results/published/test/tables/scores.csv"
    scores = pd.read_csv(published)
    scores.assign(value=scores["value"] * (1 + 1e-6)).to_csv(published, index=False)
    refused = command(refactored, "carry", check=False)
    assert refused.returncode == 1 and "answer otherwise (tables/scores.csv)" in refused.stdout
    assert (refactored.root / LEDGER).read_text() == ledger
