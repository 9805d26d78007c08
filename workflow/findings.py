"""What the published experiment found, written into README.md and docs; `--check` only compares.

`make findings` after `make publish`; a test holds the documents to the published files.
"""

import json
import runpy
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
OWN_TREE = runpy.run_path(str(TREE / "src/nbody_emulator/running/own_tree.py"))
OWN_TREE["exit_if_foreign"](TREE)

import pandas as pd

from nbody_emulator.evaluation.fates_findings import fates
from nbody_emulator.evaluation.findings import sentences, tables
from nbody_emulator.evaluation.given_findings import given
from nbody_emulator.evaluation.inference_findings import information, odds
from nbody_emulator.evaluation.opening_findings import looks
from nbody_emulator.evaluation.posterior_findings import posteriors
from nbody_emulator.evaluation.preset_findings import course, mergers
from nbody_emulator.evaluation.published_numbers import Published
from nbody_emulator.storage.files import write_text
from nbody_emulator.store.documents import marks_of
from nbody_emulator.store.ledger import ledger_path, openings

PUBLISHED = Path("results/published")


@dataclass(frozen=True)
class Place:
    """Where a document says what a published experiment found."""

    document: str
    experiment: str
    told: Callable[[Published], str]


PLACES = (
    Place("README.md", "laptop", sentences),
    Place("docs/findings.md", "laptop", tables),
    Place("docs/findings.md", "full", tables),
    Place("docs/inference.md", "laptop", posteriors),
    Place("docs/inference.md", "full", posteriors),
    Place("docs/inference.md", "observables", information),
    Place("docs/inference.md", "profiles", odds),
    *(Place("docs/seal.md", name, looks) for name in ("laptop", "full", "observables", "profiles")),
    Place("docs/course.md", "course", course),
    Place("docs/mergers.md", "mergers", mergers),
    Place("docs/stars.md", "stars", given),
    Place("docs/fates.md", "fates", fates),
)


def read_published(folder: Path) -> Published:
    """The published numbers in `folder`."""
    return Published(
        metrics=json.loads((folder / "metrics.json").read_text()),
        evaluation=json.loads((folder / "evaluation/evaluation.json").read_text()),
        comparison=pd.read_csv(folder / "tables/comparison.csv"),
        tables={path.stem: pd.read_csv(path) for path in sorted((folder / "tables").glob("*.csv"))},
        openings=openings(ledger_path(folder.name)),
    )


def findings(place: Place) -> str:
    """What was found, or how it comes to be."""
    folder = PUBLISHED / place.experiment
    if not (folder / "metrics.json").exists():
        return (
            f"Nothing is published yet: `make publish EXPERIMENT={place.experiment}`, then `make findings`.\n"
        )
    return place.told(read_published(folder))


def with_findings(document: str, place: Place) -> str:
    """The document with what stands between the marks of the place replaced."""
    return marks_of(place.experiment).filled(document, findings(place))


if __name__ == "__main__":
    for place in PLACES:
        path = Path(place.document)
        document = path.read_text(encoding="utf-8")
        now = with_findings(document, place)
        if "--check" in sys.argv and now != document:
            sys.exit(f"{path} is not what was published; python workflow/findings.py writes it anew")
        write_text(path, now)
