"""`nbody-emulator gc`, as `make gc`."""

from typing import Annotated

from cyclopts import Parameter

from nbody_emulator.cli.experiments import ROOT
from nbody_emulator.cli.telling import AsJson, Telling
from nbody_emulator.running.own_tree import require_own_package


def gc(
    *,
    delete: Annotated[bool, Parameter(negative=(), help="Delete them.")] = False,
    older: Annotated[float, Parameter(help="Delete those alone that are older than so many days.")] = 7.0,
    json: AsJson = False,
) -> int:
    """List stored results that no experiment refers to (make gc)."""
    from nbody_emulator.running.lock import hold
    from nbody_emulator.store.garbage import collect_garbage

    require_own_package(ROOT)
    hold()
    telling = Telling(json)
    return telling.end(collect_garbage(ROOT, say=telling.say, older_than_days=older if delete else None))
