"""What is named is what runs: the imported package is the one whose code the identities hold."""

import os
import sys
from pathlib import Path

import nbody_emulator


class ForeignPackageError(Exception):
    """The package that runs is not this tree's; the message is one line with the remedy."""


def require_own_package(tree: Path) -> None:
    """Refuse to go on with a package that does not lie in `tree`/src.

    A copied or renamed checkout has an environment that imports the original's.

    Raises:
        ForeignPackageError: it lies elsewhere, or the tree holds none.
    """
    found, own = Path(nbody_emulator.__file__).resolve().parents[1], (tree / "src").resolve()
    if not (own / nbody_emulator.__name__).is_dir():
        raise ForeignPackageError(
            f"{own.parent} is no checkout of nbody-emulator; go to the root of one first"
        )
    if found != own:
        raise ForeignPackageError(f"{own.parent} would run the code of {found}: {_remedy(found)}")


def exit_if_foreign(tree: Path) -> None:
    """The same, to be called before anything else of the package is imported: another's may lack it."""
    try:
        require_own_package(tree)
    except ForeignPackageError as error:
        sys.exit(str(error))


def _remedy(found: Path) -> str:
    named = (Path(entry).resolve() for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry)
    if found in named:
        return "unset PYTHONPATH"
    return "`make install` there makes it an environment of its own; run what .venv/bin holds then"
