"""Published results: the copy that is tracked in git, and whether it is what the present code would make."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from nbody_emulator.plan.plan import Plan
from nbody_emulator.storage.files import file_sha256, replacing, write_text
from nbody_emulator.store.export import (
    STAMP_PREFIX,
    TRACKED_SUFFIXES,
    evaluation_export,
    manifest,
    published_export,
    results_export,
)
from nbody_emulator.store.ledger import ledger_entry, ledger_path, openings, record_opening
from nbody_emulator.store.platforms import platforms_of

PUBLISHED = Path("results/published")
MANIFEST = "manifest.json"

ANSWERS = tuple(f"tables/{name}.csv" for name in ("scores", "comparison", "learning_curve", "bias_variance"))
"""What every fit of an experiment says of open runs, scored: sets of models that are the same there answer the same."""
ROUNDING = 1e-9
"""By which numbers may differ that are the same."""

Say = Callable[[str], None]


class ManifestError(Exception):
    """The manifest of what is published is none; the message is one line with the remedy."""


def published_folder(experiment: str) -> Path:
    """Where the experiment's tracked results lie."""
    return PUBLISHED / experiment


def publish(plan: Plan, say: Say) -> int:
    """Copy figures, tables and metrics into the tracked folder, with a manifest; 0 on success, 1 if they are stale."""
    for export, command in ((results_export(plan), "results"), (evaluation_export(plan), "evaluate")):
        if not Path(export.stamp).exists():
            say(f"{plan.experiment}: not up to date; run `make {command} EXPERIMENT={plan.experiment}` first")
            return 1
    return _copied(plan, list(published_export(plan).targets), say)


def carry(plans: Sequence[Plan], say: Say, before: Path | None = None) -> int:
    """Publish what refactored code makes, with the evaluation that is published; 1 if the models answer otherwise.

    Another processor has other last bits, of which networks make much. There the published code is run first: where
    `before`, its results on this machine, are those of the refactored code in every table, the published files stay.

    The test set stays sealed: models that answer the same on all open runs need no second look at it. The ledger keeps
    from which evaluation theirs was carried over, and of which stream it is; of the `plans`, one for each stream, the
    one of that stream is published. What the evaluation showed then stays, its figure too.
    """
    folder = published_folder(plans[0].experiment)
    recorded, ledger = recorded_in(folder), ledger_path(plans[0].experiment)
    shown = {entry["identity"] for name, entry in recorded.items() if name.startswith("evaluation/")}
    opening: Mapping[str, Any] = next(
        (line for line in reversed(openings(ledger)) if line["evaluation"] in shown), {}
    )
    plan = next(
        (each for each in plans if each.evaluation.settings["stream"] == opening.get("stream")), plans[0]
    )
    export = results_export(plan)
    if not Path(export.stamp).exists():
        say(f"{plan.experiment}: not up to date; run `make results EXPERIMENT={plan.experiment}` first")
        return 1
    if not opening:
        say(
            f"{plan.experiment}: no evaluation is published that the ledger knows; evaluate anew: `make publish`"
        )
        return 1
    published = [name for name in published_export(plan).targets if not name.startswith("evaluation/")]
    shown_then = (folder / name for name in published_export(plan).targets if name not in published)
    if lacking := [path.name for path in shown_then if not path.exists()]:
        told = f"the published evaluation is without {', '.join(lacking)}; evaluate anew: `make publish`"
        say(f"{plan.experiment}: {told}")
        return 1
    if before and not _is_of_published_code(before, recorded, published):
        say(f"{before}: not made by the published code; run it there, from the commit that published")
        return 1
    compared = [name for name in published if name.endswith(".csv")] if before else ANSWERS
    moved = [name for name in compared if not _same_table((before or folder) / name, export.folder / name)]
    if moved:
        say(
            f"{plan.experiment}: the models answer otherwise ({', '.join(moved)}); evaluate them: `make publish`"
        )
        return 1
    if opening["evaluation"] != plan.evaluation.identity:
        entry = ledger_entry(plan, opening.get("version", "")) | {"carried_from": opening["evaluation"]}
        record_opening(ledger, entry, folder / "evaluation/evaluation.json")
    return _copied(plan, [] if before else published, say)


def _copied(plan: Plan, names: Sequence[str], say: Say) -> int:
    """Copy these of the published files, and write down what all of them are, and on which platforms they were made."""
    export, folder = published_export(plan), published_folder(plan.experiment)
    before = recorded_in(folder)
    for name in names:
        with replacing(folder / name) as temporary:
            shutil.copyfile(export.folder / name, temporary)
    if names:  # what was made of the published files stays as they do
        _remove_others(folder, export.targets)
    files = manifest(folder, export.identities)
    for name, entry in files.items():
        is_copied, kept = name in names, before.get(name, {}).get("platform", "")
        entry["platform"] = platforms_of(export.targets[name].artifact) if is_copied else kept
    write_text(folder / MANIFEST, json.dumps(files, indent=1, sort_keys=True) + "\n")
    say(f"{plan.experiment}: {len(files)} files published in {folder}; commit them")
    return 0


def _is_of_published_code(results: Path, recorded: Mapping[str, Any], names: Iterable[str]) -> bool:
    """Whether an export holds what the manifest names: results of the same identities, on whatever machine."""
    stamps = list(results.glob(f"{STAMP_PREFIX}*.json"))
    made = json.loads(stamps[0].read_text()) if stamps else {}
    return all(
        made.get(name, {}).get("identity") == recorded.get(name, {}).get("identity", "") for name in names
    )


def _same_table(one: Path, other: Path) -> bool:
    """Whether two CSV files hold the same rows but for rounding."""
    if not (one.exists() and other.exists()):
        return False
    try:
        pd.testing.assert_frame_equal(pd.read_csv(one), pd.read_csv(other), rtol=ROUNDING, atol=ROUNDING)
    except AssertionError:
        return False
    return True


def published_plan(plans: Sequence[Plan]) -> Plan:
    """The plan whose evaluation is the published one, the first if that is none of theirs."""
    recorded = recorded_in(published_folder(plans[0].experiment))
    shown = {entry["identity"] for entry in recorded.values()}
    return next((plan for plan in plans if plan.evaluation.identity in shown), plans[0])


def verify(plan: Plan, say: Say) -> int:
    """Compare what is published with what the present code and configuration stand for; 0 if all agrees, else 1.

    Nothing is run: an identity says what a file's content must come from, a checksum that it is that content.
    """
    folder = published_folder(plan.experiment)
    recorded, expected = recorded_in(folder), published_export(plan).identities
    if not recorded:
        say(f"{plan.experiment}: nothing is published yet; `make publish EXPERIMENT={plan.experiment}`")
        return 1
    names = sorted(recorded.keys() | expected)
    problems = [line for name in names for line in _problems(folder, name, recorded, expected)]
    for line in problems:
        say(line)
    if not problems:
        say(
            f"{plan.experiment}: all {len(expected)} published files are what the present code and config would make"
        )
    return 1 if problems else 0


def recorded_in(folder: Path) -> dict[str, dict[str, str]]:
    """Published name -> identity, sha256 and platform, as the manifest in `folder` has them; nothing without one.

    Raises:
        ManifestError: it is damaged.
    """
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        entries = json.loads(path.read_bytes())
        whole = all("identity" in entry for entry in entries.values())
    except (ValueError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise ManifestError(f"{path}: damaged; `git checkout {path}` has it as it was committed")
    return entries


def _problems(folder: Path, name: str, recorded: dict, expected: dict[str, str]) -> Iterable[str]:
    if name not in recorded:
        yield f"{name}: not published"
    elif name not in expected:
        yield f"{name}: published, but no longer part of the experiment"
    else:
        if recorded[name]["identity"] != expected[name]:
            yield f"{name}: stale; published {recorded[name]['identity']}, the present code would make {expected[name]}"
        if not (folder / name).exists():
            yield f"{name}: listed in the manifest, but missing"
        elif file_sha256(folder / name) != recorded[name]["sha256"]:
            yield f"{name}: its bytes are not those in the manifest"


def _remove_others(folder: Path, names: Iterable[str]) -> None:
    """Remove results of earlier versions that this one no longer has."""
    kept = {folder / name for name in names} | {folder / MANIFEST}
    for path in folder.rglob("*"):
        if path.suffix in TRACKED_SUFFIXES and path not in kept:
            path.unlink()
