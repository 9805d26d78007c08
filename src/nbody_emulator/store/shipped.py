"""Emulators that come with the package: copied there when their experiment is published, and whether they still fit."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from nbody_emulator.plan.plan import Plan
from nbody_emulator.shipped_files import FOLDER, MANIFEST, manifest_in
from nbody_emulator.storage.files import file_sha256, write_bytes, write_text
from nbody_emulator.store.export import STAMP_PREFIX, results_export
from nbody_emulator.store.published import Say, published_folder

EXPERIMENTS = ("laptop", "full")
"""Of which emulators come with the package."""

LARGEST = 300_000
"""Bytes of a file that may; whoever installs the package loads them all."""

ALWAYS = ("linear", "network")
"""Families that are shipped beside the one that is loaded by the experiment's name."""

PACKAGE = Path("src/nbody_emulator")

Prepared = Callable[[Path, Path, Mapping[str, Any], Mapping[str, Any]], bytes]
"""The bytes to ship of an emulator, the experiment's runs, its metrics and its evaluation."""


def ship(plan: Plan, prepared: Prepared, say: Say) -> int:
    """Make what is shipped of a published experiment of its results; always 0."""
    if plan.experiment in EXPERIMENTS:
        folder = PACKAGE / FOLDER / plan.experiment
        count = shipped_of(results_export(plan).folder, published_folder(plan.experiment), folder, prepared)
        say(f"{plan.experiment}: {count} emulators in {folder} come with the package; commit them")
    return 0


def shipped_of(results: Path, published: Path, folder: Path, prepared: Prepared) -> int:
    """How many emulators were put in `folder`, with a manifest of what they are."""
    metrics = json.loads((published / "metrics.json").read_text())
    evaluation = json.loads((published / "evaluation/evaluation.json").read_text())
    (stamp,) = results.glob(f"{STAMP_PREFIX}*.json")
    made = json.loads(stamp.read_text())
    families = chosen(metrics, results)
    for old in folder.glob("*.eqx"):
        old.unlink()
    files = {}
    for family in families:
        name = f"emulators/{family}.eqx"
        content = prepared(results / name, results / "dataset.nc", metrics, evaluation)
        write_bytes(folder / f"{family}.eqx", content)
        sha256 = file_sha256(folder / f"{family}.eqx")
        files[family] = {
            "identity": made[name]["identity"],
            "sha256": sha256,
            "made_from": made[name]["sha256"],
        }
    manifest = {"default": families[0], "files": files}
    write_text(folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    return len(families)


def chosen(metrics: Mapping[str, Any], results: Path) -> list[str]:
    """The families that are shipped: first the recommended one or, if that is large, the best of the others."""
    scores = {family: score["value"] for family, score in metrics["primary"].items()}
    sizes = {family: (results / f"emulators/{family}.eqx").stat().st_size for family in scores}
    small = sorted((family for family in scores if sizes[family] <= LARGEST), key=scores.__getitem__)
    recommended = metrics["recommended"]["family"]
    default = recommended if recommended in small else small[0]
    return [default, *(family for family in ALWAYS if family in small and family != default)]


def verify_shipped(plan: Plan, say: Say, package: Path = PACKAGE) -> int:
    """Whether the emulators that are shipped are those that the present code and configuration stand for; 0 if so."""
    problems = (
        list(_problems(plan, package / FOLDER / plan.experiment)) if plan.experiment in EXPERIMENTS else []
    )
    for line in problems:
        say(line)
    return 1 if problems else 0


def _problems(plan: Plan, folder: Path) -> Iterator[str]:
    files, expected = manifest_in(folder)["files"], results_export(plan).identities
    if not files:
        yield f"{folder}: no emulator is shipped yet; `make publish EXPERIMENT={plan.experiment}`"
    for family, entry in files.items():
        path, present = folder / f"{family}.eqx", expected.get(f"emulators/{family}.eqx")
        if entry["identity"] != present:
            yield f"{path}: stale; shipped {entry['identity']}, the present code would make {present}"
        if not path.exists():
            yield f"{path}: listed in the manifest, but missing"
        elif file_sha256(path) != entry["sha256"]:
            yield f"{path}: its bytes are not those in the manifest"
