"""Opening the test set, publishing, and verifying what was published, on a copy of the finished run."""

import sys

import pytest

from nbody_emulator.experiment.ledger import openings

# One worker runs these, so that the experiment they look at is run once.
pytestmark = pytest.mark.xdist_group("finished")

LEDGER = "results/published/test/test_set_ledger.jsonl"


@pytest.fixture(scope="module")
def evaluated(finished, tmp_path_factory):
    copy = finished.repository.copy_to(tmp_path_factory.mktemp("evaluated") / "repository")
    copy.recorded_imports.mkdir()
    copy.snakemake("export_evaluation")
    return copy


@pytest.fixture(scope="module")
def published(evaluated):
    evaluated.snakemake("export_evaluation", "--config", "sealed_stream=release")
    command(evaluated, "publish")
    return evaluated


def command(repository, verb: str, check: bool = True):
    return repository.run(
        sys.executable, "-m", "nbody_emulator.experiment", verb, "config/test.yaml", check=check
    )


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
    done = published.snakemake("export_evaluation", "--config", "sealed_stream=release")
    assert "Nothing to be done" in done.stdout
    assert (published.root / LEDGER).read_text() == before


def test_the_release_is_another_opening(published):
    assert [opening["stream"] for opening in openings(published.root / LEDGER)] == ["development", "release"]


def test_what_is_published_verifies(published):
    assert "what the present code and config would make" in command(published, "verify").stdout


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("config/test.yaml", "palette: colorblind", "palette: deep", "figures/noise.svg: stale"),
        ("config/test.yaml", "length: 0.05", "length: 0.06", "metrics.json: stale"),
        ("results/published/test/tables/noise.csv", "noise", "n0ise", "tables/noise.csv: its bytes"),
    ],
)
def test_what_no_longer_holds_is_named_without_running(published, file, old, new, told):
    path = published.root / file
    text = path.read_text()
    path.write_text(text.replace(old, new, 1))
    done = command(published, "verify", check=False)
    path.write_text(text)
    assert done.returncode == 1 and told in done.stdout
