"""Run a Snakemake command as the only one in this folder: `alone.py snakemake [arguments]`.

While the lock is ours no Snakemake is at work here, so what a killed one left behind is stale, and is cleared: its
lock, its jobs, results without a receipt.
"""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
OWN_TREE = runpy.run_path(str(TREE / "src/nbody_emulator/running/own_tree.py"))
OWN_TREE["exit_if_foreign"](TREE)
OWN_TREE["exit_if_elsewhere"](TREE)

from nbody_emulator.running.lock import CannotHoldError, hold
from nbody_emulator.store.stored_results import clear_unfinished

command = sys.argv[1:]
try:
    descriptor = hold()
except CannotHoldError as error:
    sys.exit(str(error))
os.set_inheritable(descriptor, True)
if any(Path(".snakemake/locks").glob("*")):
    subprocess.run([*command, "--unlock"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
shutil.rmtree(".snakemake/incomplete", ignore_errors=True)
clear_unfinished(Path())
os.execvp(command[0], command)
