"""Run a Snakemake command as the only one in this folder: `alone.py snakemake [arguments]`.

While the lock is ours no Snakemake is at work here, so a lock file that one left behind is stale, and is cleared.
"""

import os
import subprocess
import sys
from pathlib import Path

from nbody_emulator.experiment.lock import HELD, hold

command = sys.argv[1:]
try:
    descriptor = hold()
except BlockingIOError as error:
    sys.exit(str(error))
os.set_inheritable(descriptor, True)
os.environ[HELD] = "yes"
if any(Path(".snakemake/locks").glob("*")):
    subprocess.run([*command, "--unlock"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
os.execvp(command[0], command)
