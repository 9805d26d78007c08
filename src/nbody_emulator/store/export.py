"""From the store, where results are named by what they are, to plain names a person looks for."""

import json
import re
import shutil
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from nbody_emulator.identity.canonical import IDENTITY_DIGITS, identity
from nbody_emulator.plan.plan import Plan, Target
from nbody_emulator.storage.files import file_sha256, replacing, write_text

STAMP_PREFIX = "export-"
_STAMP = re.compile(rf"{STAMP_PREFIX}[0-9a-f]{{{IDENTITY_DIGITS}}}\.json")
# Data and models are rebuilt by the workflow; what a reader compares is small and is tracked.
TRACKED_SUFFIXES = (".svg", ".csv", ".json")
# Rows for every run, or for every part of the box and treatment: figures show them and metrics sum them up.
BULKY = (
    "runs.csv",
    "tables/residuals.csv",
    "tables/calibration.csv",
    "tables/response.csv",
    "evaluation/sealed_test.csv",
)


class Export:
    """The plain names of one experiment's results, and the artifact behind each.

    The stamp is named by the identities of everything exported, so that a stale export cannot pass for a fresh one.
    """

    def __init__(self, folder: str | Path, targets: Mapping[str, Target]):
        self.folder = Path(folder)
        self.targets = dict(targets)

    @cached_property
    def identity(self) -> str:
        return identity({name: [each.artifact.identity, each.file] for name, each in self.targets.items()})

    @property
    def stamp(self) -> str:
        return str(self.folder / f"{STAMP_PREFIX}{self.identity}.json")

    @property
    def inputs(self) -> list[str]:
        """Files of the store, in the order of the plain names."""
        return [target.path for target in self.targets.values()]

    @property
    def outputs(self) -> list[str]:
        """The plain paths, in the same order."""
        return [str(self.folder / name) for name in self.targets]

    @property
    def files(self) -> list[str]:
        """The plain paths and the stamp."""
        return [*self.outputs, self.stamp]

    @property
    def identities(self) -> dict[str, str]:
        """Plain name -> identity of the artifact it shows."""
        return {name: target.artifact.identity for name, target in self.targets.items()}


def results_export(plan: Plan) -> Export:
    """What `make results` shows: the runs and their predictions, metrics, tables, figures, and emulators fitted on
    every training block.
    """
    return Export(f"results/{plan.experiment}", plan.results)


def evaluation_export(plan: Plan) -> Export:
    """What `make evaluate` shows: the one look at the sealed test set."""
    return Export(f"results/{plan.experiment}/evaluation", plan.test_set)


def published_export(plan: Plan) -> Export:
    """What is small enough to be tracked in git, of both: figures, tables and metrics, and the test set's scores."""
    test_set = {f"evaluation/{name}": target for name, target in plan.test_set.items()}
    every = {**plan.results, **test_set}
    names = (name for name in every if name.endswith(TRACKED_SUFFIXES) and name not in BULKY)
    tracked = {name: every[name] for name in names}
    return Export(f"results/{plan.experiment}", tracked)


def stamps(root: Path) -> list[Path]:
    """The stamps of all exports in the repository at `root`."""
    found = (root / "results").glob(f"*/**/{STAMP_PREFIX}*.json")
    return sorted(path for path in found if _STAMP.fullmatch(path.name))


def copy_export(inputs: list[str], outputs: list[str], stamp: str, identities: Mapping[str, str]) -> None:
    """Copy each input to its output, then leave one stamp: plain name -> identity and sha256.

    What an older stamp names and this export does not have is removed: it would pass for a result of the experiment.
    """
    folder = Path(stamp).parent
    # First of all: an older stamp would vouch for files that are about to be replaced, also if that is cut short.
    for old in folder.glob(f"{STAMP_PREFIX}*.json"):
        for name in _named(old) - identities.keys():
            (folder / name).unlink(missing_ok=True)
        old.unlink()
    for source, target in zip(inputs, outputs, strict=True):
        with replacing(target) as temporary:
            shutil.copyfile(source, temporary)
    write_text(stamp, json.dumps(manifest(folder, identities), indent=1, sort_keys=True) + "\n")


def _named(stamp: Path) -> set[str]:
    """The plain names in a stamp; none if it is damaged."""
    try:
        return set(json.loads(stamp.read_text()))
    except ValueError:
        return set()


def manifest(folder: Path, identities: Mapping[str, str]) -> dict[str, Any]:
    """Plain name -> {identity, sha256} of the files in `folder`."""
    return {
        name: {"identity": name_identity, "sha256": file_sha256(folder / name)}
        for name, name_identity in identities.items()
    }
