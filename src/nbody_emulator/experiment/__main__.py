"""`python -m nbody_emulator.experiment <verb> <config.yaml>`: what can be said of an experiment without running it."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from nbody_emulator.experiment.configuration import ConfigurationError, load
from nbody_emulator.experiment.plan import Plan
from nbody_emulator.experiment.planned import planned
from nbody_emulator.experiment.published import publish, verify


def check(plan: Plan, say: Callable[[str], None]) -> int:
    """Nothing more: the configuration was read, checked and planned."""
    return 0


VERBS = {"check": check, "publish": publish, "verify": verify}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m nbody_emulator.experiment", description=__doc__)
    parser.add_argument("verb", choices=sorted(VERBS))
    parser.add_argument("config", type=Path)
    arguments = parser.parse_args()
    try:
        # What is published was judged on the release stream of the test set, whatever stream is being worked with.
        plan = planned({**load(arguments.config), "sealed_stream": "release"}, root=Path.cwd())
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    return VERBS[arguments.verb](plan, say=print)


if __name__ == "__main__":
    sys.exit(main())
