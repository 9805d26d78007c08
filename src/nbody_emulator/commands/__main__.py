"""`python -m nbody_emulator.commands <verb>`: what can be told of experiments without running them."""

import argparse
import sys
from pathlib import Path

from nbody_emulator.configuration.file import load
from nbody_emulator.plan.from_configuration import plan_of
from nbody_emulator.plan.plan import Plan
from nbody_emulator.running.lock import CannotHoldError, hold
from nbody_emulator.running.own_tree import ForeignPackageError, require_own_package
from nbody_emulator.settings.error import ConfigurationError
from nbody_emulator.store.garbage import SEALED_STREAMS, collect_garbage
from nbody_emulator.store.published import carry, publish, published_plan, verify
from nbody_emulator.store.repair import check
from nbody_emulator.store.shipped import ship, verify_shipped

ROOT = Path()


def plans_of(path: Path) -> list[Plan]:
    """With the test set's development stream, and with its release stream."""
    return [plan_of(load(path).changed(sealed_stream=stream), ROOT) for stream in SEALED_STREAMS]


def main() -> int:
    arguments = _parser().parse_args()
    try:
        require_own_package(ROOT)
        return arguments.run(arguments)
    except ConfigurationError as error:
        # Which file it is about: most know a key alone.
        config = getattr(arguments, "config", None)
        print(error if config is None or str(config) in str(error) else f"{config}: {error}", file=sys.stderr)
        return 2
    except (CannotHoldError, ForeignPackageError) as error:
        print(error, file=sys.stderr)
        return 1


def _validate(arguments: argparse.Namespace) -> int:
    print(plans_of(arguments.config)[0].in_words())
    return 0


def _publish(arguments: argparse.Namespace) -> int:
    plan = plans_of(arguments.config)[arguments.release]
    return publish(plan, say=print) or _ship(plan)


def _carry(arguments: argparse.Namespace) -> int:
    plans = plans_of(arguments.config)
    return carry(plans, say=print, before=arguments.before) or _ship(plans[0])


def _ship(plan: Plan) -> int:
    # Imported here: the other verbs need no JAX, and answer at once.
    from nbody_emulator.emulators.shipping import prepared

    return ship(plan, prepared, say=print)


def _verify(arguments: argparse.Namespace) -> int:
    plan = published_plan(plans_of(arguments.config))
    return max(verify(plan, say=print), verify_shipped(plan, say=print))


def _check(arguments: argparse.Namespace) -> int:
    hold()  # a job at work leaves its result unfinished for a while
    return check(ROOT, say=print)


def _gc(arguments: argparse.Namespace) -> int:
    hold()
    return collect_garbage(ROOT, say=print, older_than_days=arguments.older if arguments.delete else None)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nbody_emulator.commands", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="verb")
    for name, run, told in (
        ("validate", _validate, "whether a configuration can be run, and what it holds"),
        ("publish", _publish, "copy an experiment's figures, tables and scores to the tracked folder"),
        ("carry", _carry, "publish what refactored code makes, with the evaluation that is published"),
        ("verify", _verify, "whether what is published is what the present code would make"),
    ):
        verb = verbs.add_parser(name, help=told)
        verb.add_argument("config", type=Path)
        verb.set_defaults(run=run)
        if run is _carry:
            told = "results of the published code on this machine, where those published are of another"
            verb.add_argument("--before", type=Path, metavar="FOLDER", help=told)
        if run is _publish:
            verb.add_argument("--release", action="store_true", help="with the release stream's scores")
    verbs.add_parser("check", help="compare every stored file with its checksum").set_defaults(run=_check)
    gc = verbs.add_parser("gc", help="list stored results that no experiment refers to")
    gc.add_argument("--delete", action="store_true", help="delete them")
    gc.add_argument("--older", type=float, default=7.0, metavar="DAYS", help="only if made so long ago")
    gc.set_defaults(run=_gc)
    return parser


if __name__ == "__main__":
    sys.exit(main())
