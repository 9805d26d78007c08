"""`nbody-emulator explain`, as `make explain`."""

import subprocess
import sys

from nbody_emulator.cli.experiments import Name, become, configuration_of, plan_of_configuration
from nbody_emulator.cli.telling import AsJson, Telling


def explain(experiment: Name = "laptop", *, json: AsJson = False) -> int:
    """Say which results would be made, and which keys (old -> new) are the cause (make explain)."""
    path = configuration_of(experiment)
    telling = Telling(json)
    telling.say(plan_of_configuration(path).in_words())
    command = ["workflow/explain.py", str(path)]
    if not json:
        become(command)
    done = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, text=True, check=False)
    for line in done.stdout.splitlines():
        telling.say(line)
    return telling.end(done.returncode)
