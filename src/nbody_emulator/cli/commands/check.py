"""`nbody-emulator check`, as `make check`."""

from nbody_emulator.cli.experiments import ROOT
from nbody_emulator.cli.telling import AsJson, Telling
from nbody_emulator.running.own_tree import require_own_package


def check(*, json: AsJson = False) -> int:
    """Compare every stored file with its checksum; what is damaged is named and set aside (make check)."""
    from nbody_emulator.running.lock import hold
    from nbody_emulator.store import repair

    require_own_package(ROOT)
    hold()  # a job at work leaves its result unfinished for a while
    telling = Telling(json)
    return telling.end(repair.check(ROOT, say=telling.say))
