"""What was committed, alone in a new folder, and commands that run there as if nothing else were on the machine."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

REACHING = (
    "CONDA",
    "GIT_",
    "GNUMAKEFLAGS",
    "JAX_",
    "MAKE",
    "MFLAGS",
    "NBODY_EMULATOR_",
    "PYTHON",
    "SNAKEMAKE",
    "VIRTUAL_ENV",
    "XLA_",
)
"""Beginnings of the names of variables by which a shell, or the make that began this, would reach into the new folder.

Others stay: they say how packages are had (`PIP_`, `UV_`, proxies), and no job knows them.
"""


class FreshTreeError(Exception):
    """What was committed cannot be had; the message is one line with the remedy."""


def put_tree(root: Path, folder: Path) -> str:
    """Put what is committed in the checkout at `root` into the new `folder`, and say in words what that is.

    Neither the checkout nor its index is touched. Without git it is every file of the checkout but results, hidden
    ones and what Python leaves.

    Raises:
        FreshTreeError: git does not answer.
    """
    if not (root / ".git").exists():
        shutil.copytree(root, folder, ignore=_not_taken(root), symlinks=True)
        return "the files as they are here (this is no clone of git)"
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        _git(root, "read-tree", "HEAD", **index)
        _git(root, "checkout-index", "--all", f"--prefix={folder.resolve()}/", **index)
    changed = [line[3:] for line in _git(root, "status", "--porcelain").splitlines()]
    left = (
        f"; left out, as not committed: {', '.join(changed[:3])}{', ...' if changed[3:] else ''}"
        if changed
        else ""
    )
    return f"commit {_git(root, 'rev-parse', '--short=12', 'HEAD').strip()}{left}"


def run_in(folder: Path, command: Sequence[str], quietly: bool = False) -> int:
    """The exit code of a command that runs in `folder`.

    Args:
        quietly: what it says goes to stderr, so that stdout is ours.
    """
    output = sys.stderr if quietly else None
    with subprocess.Popen(
        command, cwd=folder, env=known_environment(os.environ), stdin=subprocess.DEVNULL, stdout=output
    ) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait()  # it was interrupted too, and puts its things in order
            raise


def known_environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment `given` without what would reach into another folder."""
    return {name: value for name, value in given.items() if not name.startswith(REACHING)}


def _git(root: Path, *arguments: str, **variables: str) -> str:
    environment = known_environment(os.environ) | {"GIT_OPTIONAL_LOCKS": "0"} | variables
    try:
        done = subprocess.run(["git", *arguments], cwd=root, env=environment, capture_output=True, text=True)
    except FileNotFoundError:
        raise FreshTreeError("git is not installed, which knows what was committed; install it") from None
    if done.returncode:
        told = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise FreshTreeError(f"git {arguments[0]} in {root.resolve()}: {told}")
    return done.stdout


def _not_taken(root: Path) -> Callable[[str, list[str]], Iterable[str]]:
    usual = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info")

    def of_folder(folder: str, names: list[str]) -> set[str]:
        results = (
            {name for name in names if name != "published"} if Path(folder) == root / "results" else set()
        )
        return results | usual(folder, names)

    return of_folder
