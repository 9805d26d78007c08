"""Published results: the copy that is tracked in git, and whether it is what the present code would make."""

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from nbody_emulator.experiment.export import Export, file_sha256, manifest, results_export
from nbody_emulator.experiment.plan import Plan
from nbody_emulator.files import replacing, write_text

MANIFEST = "manifest.json"
# Data and models are rebuilt by the workflow; what a reader compares is small and is tracked.
TRACKED_SUFFIXES = (".svg", ".csv", ".json")

Say = Callable[[str], None]


def published_folder(experiment: str) -> Path:
    """Where the experiment's tracked results lie."""
    return Path("results/published") / experiment


def publish(plan: Plan, say: Say) -> int:
    """Copy figures, tables and metrics into the tracked folder, with a manifest; 0 on success, 1 if they are stale."""
    export = results_export(plan)
    if not Path(export.stamp).exists():
        say(
            f"{plan.experiment}: results are not up to date; run `make results EXPERIMENT={plan.experiment}` first"
        )
        return 1
    folder = published_folder(plan.experiment)
    names = tracked_names(export)
    for name in names:
        with replacing(folder / name) as temporary:
            shutil.copyfile(export.folder / name, temporary)
    _remove_others(folder, names)
    files = manifest(folder, {name: export.identities[name] for name in names})
    write_text(folder / MANIFEST, json.dumps(files, indent=1, sort_keys=True) + "\n")
    say(f"{plan.experiment}: {len(names)} files published in {folder}; commit them")
    return 0


def verify(plan: Plan, say: Say) -> int:
    """Compare what is published with what the present code and configuration stand for; 0 if all agrees, else 1.

    Nothing is run: an identity says what a file's content must come from, a checksum that it is that content.
    """
    folder = published_folder(plan.experiment)
    recorded = _recorded(folder)
    expected = {name: results_export(plan).identities[name] for name in tracked_names(results_export(plan))}
    problems = [
        line
        for name in sorted(recorded.keys() | expected)
        for line in _problems(folder, name, recorded, expected)
    ]
    for line in problems:
        say(line)
    if not problems:
        say(
            f"{plan.experiment}: all {len(expected)} published files are what the present code and config would make"
        )
    return 1 if problems else 0


def tracked_names(export: Export) -> list[str]:
    """Plain names of the exported files that are small enough to be tracked."""
    return [name for name in export.sources if name.endswith(TRACKED_SUFFIXES)]


def _recorded(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / MANIFEST
    return json.loads(path.read_text()) if path.exists() else {}


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


def _remove_others(folder: Path, names: list[str]) -> None:
    kept = {folder / name for name in names} | {folder / MANIFEST}
    for path in folder.rglob("*"):
        if path.suffix in TRACKED_SUFFIXES and path not in kept:
            path.unlink()
