"""Edits that a person makes, and accidents that befall a repository; each is a function of the repository's root."""

import ast
import base64
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

CONFIG = "config/test.yaml"

Edit = Callable[[Path], None]


def no_edit(root: Path) -> None:
    """Leave everything as it is."""


def all_of(*edits: Edit) -> Edit:
    """One after the other."""

    def edit(root: Path) -> None:
        for each in edits:
            each(root)

    return edit


def replace(file: str, old: str, new: str) -> Edit:
    """`new` for every `old` in a file that holds it."""

    def edit(root: Path) -> None:
        text = (root / file).read_text()
        assert old in text, f"{file} no longer holds {old!r}"
        (root / file).write_text(text.replace(old, new))

    return edit


def append(file: str, text: str) -> Edit:
    def edit(root: Path) -> None:
        with (root / file).open("a") as opened:
            opened.write(text)

    return edit


def code(module: str) -> Edit:
    """Change what a module means."""
    return append(f"src/nbody_emulator/{module}", "\n\nEDITED = True\n")


def pin(distribution: str) -> Edit:
    """Lock another version of a package."""

    def edit(root: Path) -> None:
        lock = root / "envs/cpu.lock"
        text, count = re.subn(rf"^{distribution}==\S+", f"{distribution}==99.0", lock.read_text(), flags=re.M)
        assert count == 1
        lock.write_text(text)

    return edit


def touch_in_random_order(root: Path) -> None:
    """Give every file another date, sources and results in no order."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    random.Random(536).shuffle(files)
    latest = max(path.stat().st_mtime for path in files)
    for seconds, path in enumerate(files, start=1):
        os.utime(path, (latest + seconds, latest + seconds))


def forget_metadata(root: Path) -> None:
    shutil.rmtree(root / ".snakemake")


def leave_marks_of_a_killed_run(root: Path) -> None:
    """Simulations that Snakemake takes for incomplete."""
    for path in (root / "results/store/simulations").glob("*/simulation.nc"):
        mark = base64.b64encode(str(path.relative_to(root)).encode(), b"_-").decode()
        (root / ".snakemake/incomplete" / mark).touch()


def clone(root: Path) -> None:
    """Sources and results as a fresh clone into which results were copied holds them: new dates, sources last."""
    forget_metadata(root)
    for path in sorted(root.rglob("*"), key=lambda path: "results" not in path.parts):
        if path.is_file():
            os.utime(path)


def rewrite_every_module(root: Path) -> None:
    """New comments, new docstrings and another formatting for every module and script."""
    for path in _modules(root):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
                node.body[0].value.value = "Said in other words."
        path.write_text("# A comment.\n" + ast.unparse(tree) + "\n")


def rewrite_every_rule(root: Path) -> None:
    """Comments and blank lines for every rule."""
    for path in [root / "Snakefile", *(root / "workflow/rules").glob("*.smk")]:
        path.write_text(
            "# A comment.\n" + re.sub(r"^rule ", "\n# A rule.\n\nrule ", path.read_text(), flags=re.M)
        )


def reorder_keys(root: Path) -> None:
    """The same configuration, its keys in the opposite order and without a comment."""
    path = root / CONFIG
    path.write_text(yaml.safe_dump(_reversed(yaml.safe_load(path.read_text())), sort_keys=False))


def add_family(root: Path) -> None:
    """A new module and its entry in the register."""
    families = root / "src/nbody_emulator/emulators/families"
    shutil.copy(families / "neighbours.py", families / "median.py")
    entry = '"median": "nbody_emulator.emulators.families.median:Neighbours",'
    insert(root / "src/nbody_emulator/emulators/register.py", r'"emulator family",\s*\{', entry)


def add_integrator(root: Path) -> None:
    """A new module and its entry in the register."""
    integrators = root / "src/nbody_emulator/simulation/integrators"
    shutil.copy(integrators / "leapfrog.py", integrators / "another.py")
    entry = '"another": Entry("nbody_emulator.simulation.integrators.another:Leapfrog", IntegratorKeys({})),'
    insert(root / "src/nbody_emulator/simulation/register.py", r'"integrator",\s*\{', entry)


def insert(path: Path, after: str, text: str) -> None:
    """Put `text` behind the one place where the pattern `after` is found."""
    edited, count = re.subn(after, lambda found: found[0] + text, path.read_text())
    assert count == 1, f"{path.name} holds {after} {count} times"
    path.write_text(edited)


def change_one_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _modules(root: Path) -> Iterator[Path]:
    yield from (root / "src").rglob("*.py")
    yield from (root / "workflow/scripts").glob("*.py")


def _reversed(value):
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(value)}
    return value
