"""`python -m nbody_emulator.experiment <verb> <config.yaml>`: what can be said of an experiment without running it."""

import argparse
import sys
from pathlib import Path

from nbody_emulator.experiment.configuration import ConfigurationError
from nbody_emulator.experiment.planned import planned_from_file
from nbody_emulator.experiment.published import publish, verify

VERBS = {"publish": publish, "verify": verify}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m nbody_emulator.experiment", description=__doc__)
    parser.add_argument("verb", choices=sorted(VERBS))
    parser.add_argument("config", type=Path)
    arguments = parser.parse_args()
    try:
        plan = planned_from_file(arguments.config, root=Path.cwd())
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    return VERBS[arguments.verb](plan, say=print)


if __name__ == "__main__":
    sys.exit(main())
