"""The package beside other versions than the locked ones: the oldest that it admits, and the newest there are."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nbody_emulator.emulators.shipped import names

ROOT = Path(__file__).resolve().parents[2]
LAWS = ROOT / "tests/laws"
UV = Path(sys.executable).with_name("uv")
sys.path[:0] = [str(LAWS), str(Path(__file__).parent)]

pytestmark = pytest.mark.dependencies


@pytest.fixture(scope="module")
def made_here(tmp_path_factory):
    """Emulators of every family, their answers and an orbit, made by the locked environment."""
    import smoke
    from emulators_samples import curved, fitted, planted, points_of

    from nbody_emulator.emulators.register import FAMILIES

    folder = tmp_path_factory.mktemp("locked")
    points = points_of(planted(curved, 20, "asked"))
    np.savez(folder / "points.npz", **points)
    np.savez(folder / "orbit.npz", **smoke.orbit())
    table = planted(curved, 40, "dependencies")
    for family in FAMILIES.names:
        emulator = fitted(family, table)
        emulator.save(folder / f"{family}.eqx")
        np.savez(folder / f"{family}.npz", **smoke.answers(emulator, points))
    return folder


@pytest.fixture(scope="module", params=["lowest-direct", "highest"])
def environment(request, tmp_path_factory):
    """A Python with the package and what using an emulator takes, and a function that installs more into it."""
    folder = tmp_path_factory.mktemp(request.param)
    uv("venv", "--python", sys.executable, folder)

    def install(what):
        uv("pip", "install", "--python", folder, "--resolution", request.param, what)

    install(str(ROOT))
    return folder / "bin/python", install


def uv(*arguments):
    """What it says of what it does."""
    done = subprocess.run(
        [UV, "--no-progress", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stderr


def python(environment, *arguments, check=True):
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(LAWS), "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [environment[0], *map(str, arguments)], env=known, cwd=ROOT / "tests", capture_output=True, text=True
    )
    assert not check or done.returncode == 0, done.stderr[-4000:]
    return done


def found_right(environment, folder, *more):
    """What the smoke test looked at, and found to be as it should be."""
    done = python(environment, ROOT / "tests/dependencies/smoke.py", folder, *more)
    return set(done.stdout.splitlines())


def of_every_family(what):
    from nbody_emulator.emulators.register import FAMILIES

    return {f"{what} of {family}" for family in FAMILIES.names}


SHIPPED = {f"shipped {name}" for name in names()}


def test_a_stored_emulator_answers_as_its_maker_did(environment, made_here):
    assert found_right(environment, made_here) == of_every_family("answers") | SHIPPED | {"orbit"}


def test_what_an_extra_brings_is_named_where_it_is_missing(environment):
    done = python(environment, "-c", "import nbody_emulator.quantities.tables", check=False)
    last = done.stderr.splitlines()[-1]
    assert last.endswith(" is not installed; it comes with: pip install 'nbody-emulator[simulation]'")


def test_every_family_is_fitted_with_the_extra_for_it(environment, made_here):
    environment[1](f"{ROOT}[fitting]")
    found = found_right(environment, made_here, "fit")
    assert found == of_every_family("answers") | SHIPPED | {"orbit"} | of_every_family("fit")


@pytest.mark.parametrize("beside", ["jax==0.9.2", "numpy==2.2.6", "scipy==1.15.3"])
def test_it_can_be_installed_beside(beside, tmp_path):
    uv("venv", "--python", sys.executable, tmp_path / "venv")
    told = uv("pip", "install", "--python", tmp_path / "venv", "--dry-run", f"{ROOT}[fitting]", beside)
    assert {f" + {beside}", " + nbody-emulator"} <= {line.partition(" @ ")[0] for line in told.splitlines()}
