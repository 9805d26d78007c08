"""The house keeps its own rules: who may import whom, and how thin a script is."""

import ast
import importlib
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import nbody_emulator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "nbody_emulator"
SCRIPTS = sorted((ROOT / "workflow" / "scripts").glob("*.py"))
MODULES = sorted(PACKAGE.rglob("*.py"))

ROOMS = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
# What every room may speak of: the modules at the package's root, and the rooms below all others.
BELOW = {"identity", "settings", "storage", "quantities", "states"}
GROUND = {path.stem for path in PACKAGE.glob("*.py")} | BELOW
METHODS = {"design", "simulation", "summaries", "features", "emulators", "fates", "inference", "figures"}
# Room -> the rooms it may import besides itself and the ground.
MAY_IMPORT = {
    "design": set(),
    "simulation": set(),
    "summaries": set(),
    "features": {"summaries"},
    "emulators": set(),
    "fates": {"summaries", "features", "emulators"},
    # Those that show families know them by their register alone, as the plan does every method.
    "evaluation": {"emulators"},
    "inference": {"emulators"},
    "figures": {"emulators"},
    "studies": {"emulators", "evaluation"},
    "pages": {"emulators"},
    "configuration": METHODS,
    "plan": {"configuration", "evaluation"} | METHODS,
    "store": {"configuration", "plan"},
    "running": {"store"},
    "report": {
        "configuration",
        "plan",
        "store",
        "running",
        "summaries",
        "emulators",
        "evaluation",
        "figures",
    },
    "cli": {
        "configuration",
        "plan",
        "store",
        "running",
        "report",
        "design",
        "simulation",
        "summaries",
        "emulators",
        "inference",
    },
}
# What a register holds: facts that are told without importing what takes long.
FACTS = ("register", "family", "classifier")


DRAWN = re.compile(r"^    (\w+) --> (\w+)$", re.MULTILINE)


def test_the_drawing_of_the_rooms_is_the_law():
    drawn = set(DRAWN.findall((ROOT / "docs/architecture.md").read_text(encoding="utf-8")))
    law = {(room, other) for room in MAY_IMPORT for other in {*MAY_IMPORT[room], "ground"}}
    assert drawn == law | {("ground", room) for room in BELOW}


def imported_names(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports inside the package are absolute"
            names.add(node.module)
    return names


def imported_rooms(path: Path) -> set[str]:
    parts = (name.split(".") for name in imported_names(path))
    return {part[1] for part in parts if part[0] == "nbody_emulator" and len(part) > 1}


def test_the_package_that_runs_is_the_one_in_this_checkout():
    assert Path(nbody_emulator.__file__).parent == PACKAGE


def test_every_room_has_a_law():
    assert set(MAY_IMPORT) | BELOW == ROOMS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_follow_the_house(path):
    room = path.relative_to(PACKAGE).parts[0]
    allowed = GROUND | ({room} | MAY_IMPORT[room] if room in MAY_IMPORT else set())
    allowed = {"settings"} if room == "settings" else allowed
    assert imported_rooms(path) <= allowed
    outside = {name.split(".")[0] for name in imported_names(path)}
    assert not outside & {"snakemake", "workflow", "tests"}


SHOWING = [
    path
    for room in ("configuration", "plan", "evaluation", "figures")
    for path in sorted((PACKAGE / room).glob("*.py"))
]


@pytest.mark.parametrize("path", SHOWING, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_other_rooms_are_known_by_their_registers_only(path):
    own = path.relative_to(PACKAGE).parts[0]
    parts = [name.split(".") for name in imported_names(path)]
    rooms = set(MAY_IMPORT) - {own, "configuration"}
    foreign = [part for part in parts if part[0] == "nbody_emulator" and part[1:2] and part[1] in rooms]
    assert all(part[-1] in FACTS for part in foreign)


@pytest.mark.parametrize(
    "room",
    sorted(set(MAY_IMPORT) - {"simulation", "emulators", "fates", "inference", "pages", "studies"} | BELOW),
)
def test_rooms_without_jax_do_without_it(room):
    modules = PACKAGE.joinpath(f"{room}.py"), *PACKAGE.joinpath(room).rglob("*.py")
    names = [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in modules
        if path.exists() and path.name != "__main__.py"
    ]
    imports = "; ".join(f"import {name}" for name in names)
    code = f"import sys; {imports}; sys.exit('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_only_wire(path):
    text = path.read_text()
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(("import ", "from "))]
    assert len(lines) <= 20
    kinds = {type(node) for node in ast.walk(ast.parse(text))}
    assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.If, ast.For, ast.While, ast.Try, ast.Lambda}


def test_every_test_is_among_those_that_are_run():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    places = [ROOT / path for path in settings["testpaths"]]
    files = (ROOT / "tests").rglob("test_*.py")
    assert not [path for path in files if not {path, *path.parents} & set(places)]


def test_every_file_is_one_idea_of_readable_length():
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in MODULES}
    assert not {name: lines for name, lines in long.items() if lines > 300}


FACES = [path for path in MODULES if path.with_suffix(".pyi").exists()]


@pytest.mark.parametrize("path", FACES, ids=lambda path: path.parent.name)
def test_a_public_face_shows_editors_what_it_offers(path):
    dotted = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    face = importlib.import_module(dotted.removesuffix(".__init__"))
    shown = {
        alias.name: node.module
        for node in ast.parse(path.with_suffix(".pyi").read_text()).body
        for alias in node.names
    }
    assert set(shown) == set(face.__all__) == set(dir(face))
    assert all(getattr(face, name) is getattr(importlib.import_module(shown[name]), name) for name in shown)


def test_every_lazy_face_is_shown():
    lazy = {path for path in MODULES if "= exports(" in path.read_text()}
    assert lazy == set(FACES)


DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
CALLING = [*DOCUMENTS, ROOT / "Makefile", ROOT / ".pre-commit-config.yaml", ROOT / "config/README.md"]
ASKED = re.compile(r"python -m (nbody_emulator[\w.]*)")


@pytest.mark.parametrize("path", CALLING, ids=lambda path: path.name)
def test_every_module_that_is_called_can_be(path):
    called = set(ASKED.findall(path.read_text(encoding="utf-8")))
    assert not [name for name in called if importlib.util.find_spec(name) is None]


NAMED = re.compile(r"`([\w/]+\.py)`")
PLACES = (ROOT, PACKAGE, PACKAGE / "emulators", PACKAGE / "plan")


def test_every_file_to_imitate_is_there():
    named = set(NAMED.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert len(named) > 10
    assert not [name for name in named if not any((place / name).exists() for place in PLACES)]


KINDS = (
    "design",
    "emulators/families",
    "emulators/calibrators",
    "emulators/distributions",
    "inference/likelihoods",
    "simulation/galaxies",
    "simulation/integrators",
    "simulation/mass_functions",
    "simulation/profiles",
)


def test_methods_are_abstract_or_final():
    trees = [ast.parse(path.read_text()) for kind in KINDS for path in (PACKAGE / kind).glob("*.py")]
    classes = [node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
    final = {node.name for node in classes if not node.name.startswith("Abstract")}
    above = {ast.unparse(base).split("[")[0] for node in classes for base in node.bases}
    assert len(final) > 40
    assert not final & above


def test_the_public_ci_runs_what_ours_does():
    lines = (ROOT / ".ci/run").read_text().splitlines()
    ours = [line.removesuffix(" &") for line in lines if line.startswith(("make", "tests/"))]
    steps = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["test"]["steps"]
    public = [step["run"].removeprefix("sudo ") for step in steps if "run" in step]
    assert len(ours) == 7
    assert [line for line in public if line in ours] == ours
