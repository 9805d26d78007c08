"""Run a Snakemake command as the only one in this folder: `alone.py snakemake [arguments]`.

The lock is the kernel's (it dies with its holder, however that dies), so while it is ours a lock
file left by a killed Snakemake is stale, and is cleared.
"""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

lock = Path("results/.lock")
lock.parent.mkdir(exist_ok=True)
descriptor = os.open(lock, os.O_CREAT | os.O_RDWR)
try:
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    sys.exit("another run is at work in this folder; wait for it, or stop it and start again")

command = sys.argv[1:]
if any(Path(".snakemake/locks").glob("*")):
    subprocess.run([*command, "--unlock"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
os.set_inheritable(descriptor, True)
os.execvp(command[0], command)
