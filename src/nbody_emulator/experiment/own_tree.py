"""What is named is what runs: the imported package is the one whose code the identities hold."""

import os
from pathlib import Path

import nbody_emulator


class ForeignPackageError(Exception):
    """The package that runs is not this tree's; the message is one line with the remedy."""


def require_own_package(tree: Path) -> None:
    """Refuse to go on with a package that does not lie in `tree`/src.

    A copied or renamed checkout has an environment that imports the original's.

    Raises:
        ForeignPackageError: it lies elsewhere.
    """
    found, own = Path(nbody_emulator.__file__).resolve().parents[1], (tree / "src").resolve()
    if found != own:
        raise ForeignPackageError(f"{own.parent} would run the code of {found}: {_remedy(found)}")


def _remedy(found: Path) -> str:
    named = (Path(entry).resolve() for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry)
    if found in named:
        return "unset PYTHONPATH"
    return "`make install` there makes it an environment of its own; run what .venv/bin holds then"
