"""`make accept`: let refactored code keep the name of the code it replaced, if the `test` experiment proves it.

The experiment must have been run with the old code. Its results whose code changed are made again with the new
code, in a copy of the repository that already accepts it, and every file must be the same to the last bit.
"""

import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
OWN_TREE = runpy.run_path(str(TREE / "src/nbody_emulator/running/own_tree.py"))
OWN_TREE["exit_if_foreign"](TREE)
OWN_TREE["exit_if_elsewhere"](TREE)

from nbody_emulator.identity.accepted import acceptances_text, read_acceptances
from nbody_emulator.plan.from_configuration import ACCEPTED_CODE, plan_of_file
from nbody_emulator.storage.files import write_text
from nbody_emulator.store.acceptance import (
    AcceptanceRefused,
    changed_code,
    differing_files,
    proposed,
    require_same_identities,
)
from nbody_emulator.store.history import history_path, read_history

CONFIG = Path("config/test.yaml")
ROOT = Path.cwd()


def accept() -> str:
    """What was accepted, in words; raises AcceptanceRefused otherwise."""
    plan, history = plan_of_file(CONFIG, ROOT), read_history(ROOT / history_path("test"))
    if not history:
        raise AcceptanceRefused(
            "run `make results EXPERIMENT=test` with the old code first: nothing to compare with"
        )
    changed = changed_code(plan, history)
    if not changed:
        return "no code of the `test` experiment changed: nothing to accept"
    accepted = [*proposed(changed, history), *read_acceptances(ROOT / ACCEPTED_CODE)]
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_of_the_repository(Path(folder) / "repository")
        write_text(copy / ACCEPTED_CODE, acceptances_text(accepted))
        trial = plan_of_file(CONFIG, copy)
        require_same_identities(trial, history)
        titles = {artifact.title for artifact in changed}
        again = [artifact for artifact in trial.artifacts if artifact.title in titles]
        lend_results(trial, titles, copy)
        make(copy, [artifact.path() for artifact in again])
        differing = list(differing_files(again, ROOT, copy))
    if differing:
        raise AcceptanceRefused("the new code does not give the same bytes:\n" + "\n".join(differing))
    write_text(ROOT / ACCEPTED_CODE, acceptances_text(accepted))
    return f"{len(again)} results made again, every bit the same: accepted in {ACCEPTED_CODE}; commit it"


def copy_of_the_repository(target: Path) -> Path:
    """Everything of this checkout that a run reads: neither results nor what is hidden."""
    return shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(".*", "results", "__pycache__"))


def lend_results(plan, without: set[str], copy: Path) -> None:
    """Copy the stored results whose code did not change, for the others to be made from."""
    for artifact in plan.artifacts:
        if artifact.title not in without and (ROOT / artifact.folder).exists():
            shutil.copytree(ROOT / artifact.folder, copy / artifact.folder)


def make(copy: Path, targets: list[str]) -> None:
    """Make the targets; in several runs, for Snakemake 9.27 leaves out some whose inputs' inputs are missing too."""
    environment = os.environ | {"PYTHONPATH": str(copy / "src")}
    options = ["--cores", "all", "--configfile", str(CONFIG)]
    while missing := [target for target in targets if not (copy / target).exists()]:
        command = [sys.executable, "-m", "snakemake", *missing, *options]
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise AcceptanceRefused(f"the new code does not run:\n{done.stderr[-2000:]}")
        if not any((copy / target).exists() for target in missing):
            raise AcceptanceRefused(f"the new code does not make {missing[0]}")


if __name__ == "__main__":
    try:
        print(accept())
    except AcceptanceRefused as refusal:
        sys.exit(f"not accepted: {refusal}")
