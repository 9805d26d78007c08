"""`python -m nbody_emulator.cli`: the command line, also where its program is not installed."""

import sys

from nbody_emulator.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
