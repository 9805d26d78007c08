"""The program `nbody-emulator`, also as `python -m nbody_emulator.cli` where it is not installed as one."""

import sys


def main() -> int:
    """Run the command that was typed, or say which package it lacks; its exit code."""
    try:
        from nbody_emulator.cli.app import main as run
    except ModuleNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    return run()


if __name__ == "__main__":
    sys.exit(main())
