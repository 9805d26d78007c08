"""A published experiment made again from nothing but what is committed, and what came of it."""

import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbody_emulator.running.fresh_tree import put_tree, run_in
from nbody_emulator.store.ledger import RELEASE, ledger_path, openings
from nbody_emulator.store.published import PUBLISHED, published_folder, recorded_in
from nbody_emulator.store.reproduced import reproduction

Say = Callable[[str], None]

COMMITTED, AGAIN = "committed", "again"
"""Folders: what is committed, untouched, and the same with the experiment run, published and quoted anew."""


class NothingPublishedError(Exception):
    """There is nothing to reproduce; the message is one line with the remedy."""


@dataclass(frozen=True)
class Asked:
    """What is to be made again.

    Attributes:
        configuration: the experiment's file in config, without its ending.
        experiment: its name, by which it is published.
        cores: how many jobs may compute at a time, or `all`.
        quietly: what the run says goes to stderr.
    """

    configuration: str
    experiment: str
    cores: str
    quietly: bool = False

    def commands(self, tree: Path) -> list[list[str]]:
        """What a person would type in a clone; what is published is looked at before hours pass."""
        # Made from the interpreter that this environment was made from; make and its shell read the path.
        python = shlex.quote(str(Path(sys.executable).resolve())).replace("$", "$$")
        named = f"EXPERIMENT={self.configuration}"
        return [
            ["make", "install", f"PYTHON={python}"],
            ["make", "verify", named],
            [".venv/bin/python", "workflow/findings.py", "--check"],
            ["make", *self._publishing(tree), named, f"CORES={self.cores}"],
            ["make", "findings"],
        ]

    def _publishing(self, tree: Path) -> list[str]:
        """With the stream of the test set that was published; the same evaluation opens nothing anew."""
        shown = {
            entry["identity"] for entry in recorded_in(tree / published_folder(self.experiment)).values()
        }
        lines = reversed(openings(tree / ledger_path(self.experiment)))
        opening: dict[str, Any] = next((line for line in lines if line["evaluation"] in shown), {})
        if opening.get("stream") != RELEASE:
            return ["publish"]
        return ["release", f"VERSION={opening.get('version', '').removeprefix('v')}"]


def made_again(root: Path, asked: Asked, folder: Path | None, say: Say) -> dict[str, Any]:
    """Make again what the checkout at `root` has published, and say what came of it, the verdict last.

    Args:
        folder: where, kept; by default a temporary one that is kept if something differs.

    Returns:
        Facts for programs, `reproduced`, `verdict` and `folder` (None if it was removed) among them.

    Raises:
        NothingPublishedError: of this experiment.
        FreshTreeError: what is committed cannot be had.
    """
    place = folder or Path(tempfile.mkdtemp(prefix="reproduce-"))
    facts, is_kept = {}, False
    try:
        facts["source"] = put_tree(root, place / COMMITTED)
        _require_published(place / COMMITTED, asked.experiment)
        put_tree(root, place / AGAIN)
        say(f"{asked.experiment}: made again in {place / AGAIN} from {facts['source']}")
        is_kept = True
        facts |= _run_and_compare(asked, place, say)
        is_kept = folder is not None or not facts["reproduced"]
    finally:
        if not is_kept:
            shutil.rmtree(place, ignore_errors=True)
    if is_kept:
        say(f"kept in {place}: `{COMMITTED}` as it is committed, `{AGAIN}` made again")
    say(facts["verdict"])
    return facts | {"folder": str(place) if is_kept else None}


def _run_and_compare(asked: Asked, place: Path, say: Say) -> dict[str, Any]:
    for command in asked.commands(place / COMMITTED):
        code = run_in(place / AGAIN, command, asked.quietly)
        if code:
            told = f"{asked.experiment}: NOT reproduced: `{' '.join(command)}` ended with exit code {code}"
            return {"experiment": asked.experiment, "reproduced": False, "verdict": told}
        _keep_ledger(asked.experiment, place)  # before documents say how often it was opened
    found = reproduction(place / COMMITTED, place / AGAIN, asked.experiment)
    for line in found.lines():
        say(line)
    return found.facts()


def _keep_ledger(experiment: str, place: Path) -> None:
    """Who evaluates the same models again opens nothing anew: the ledger stays as it is committed."""
    committed = place / COMMITTED / ledger_path(experiment)
    if committed.exists():
        shutil.copyfile(committed, place / AGAIN / ledger_path(experiment))


def _require_published(tree: Path, experiment: str) -> None:
    if not recorded_in(tree / published_folder(experiment)):
        names = sorted(path.parent.name for path in (tree / PUBLISHED).glob("*/manifest.json"))
        others = f"published are {', '.join(names)}" if names else "nor of any other"
        raise NothingPublishedError(
            f"{experiment}: nothing of it is published and committed, {others}; "
            f"`make publish EXPERIMENT={experiment}`, then commit results/published"
        )
