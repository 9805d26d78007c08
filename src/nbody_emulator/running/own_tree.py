"""What is named is what runs: the package that would be imported is the one whose code the identities hold.

It asks without importing the package, so that a script can run this file of its own tree before anything else.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "nbody_emulator"


class ForeignPackageError(Exception):
    """The package that would run is not this tree's; the message is one line with the remedy."""


def require_own_package(tree: Path) -> None:
    """Refuse to go on with a package that does not lie in `tree`/src.

    A copied checkout has an environment that imports the original's, a renamed one may have none.

    Raises:
        ForeignPackageError: it lies elsewhere or nowhere, or the tree holds none.
    """
    spec, own = find_spec(PACKAGE), (tree / "src").resolve()
    found = Path(spec.origin).resolve().parents[1] if spec and spec.origin else None
    if not (own / PACKAGE).is_dir():
        raise ForeignPackageError(
            f"{own.parent} is no checkout of nbody-emulator; go to the root of one first"
        )
    if found != own:
        instead = f"would run the code of {found}" if found else "would run without its code"
        raise ForeignPackageError(f"{own.parent} {instead}: {_remedy(found)}")


def exit_if_foreign(tree: Path) -> None:
    """The same, as the end of a script; before it imports what another's package may lack."""
    try:
        require_own_package(tree)
    except ForeignPackageError as error:
        sys.exit(str(error))


def exit_if_elsewhere(tree: Path) -> None:
    """Leave a run of this tree in another folder, as `--directory` and `--snakefile` begin one.

    The ledger of the test set, the profiles and what is published are the tree's.
    """
    tree, folder = tree.resolve(), Path.cwd().resolve()
    if folder != tree:
        sys.exit(
            f"the experiment of {tree} does not run in {folder}: `cd {tree}` and leave out --directory and "
            "--snakefile, or use it as a module of a Snakefile of your own"
        )


def _remedy(found: Path | None) -> str:
    named = [Path(entry).resolve() for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    if found in named:
        return "unset PYTHONPATH"
    return "`make install` there makes it an environment of its own; run what .venv/bin holds then"
