"""Refactored code that was shown to give the same bytes, and so keeps the name of the code it replaced."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

Digests = Mapping[str, str]
"""Module name -> digest of its meaning."""


@dataclass(frozen=True)
class Acceptance:
    """The modules `by` do what the modules `replaced` did.

    A module that kept its name stands alone, so that it is accepted wherever it is used. Where modules came or
    went, those of one stage belong together.
    """

    replaced: Digests
    by: Digests

    def restored(self, digests: Digests) -> dict[str, str]:
        """The digests with the replaced modules in place of the accepted ones, if all of those are there."""
        if not self.by.items() <= digests.items():
            return dict(digests)
        return {name: value for name, value in digests.items() if name not in self.by} | dict(self.replaced)


def restore(digests: Digests, acceptances: Iterable[Acceptance]) -> dict[str, str]:
    """The digests under which a result made by accepted code is known, sorted by module."""
    for acceptance in acceptances:
        digests = acceptance.restored(digests)
    return dict(sorted(digests.items()))


def differences(old: Digests, new: Digests) -> tuple[Acceptance, ...]:
    """What must be accepted for `new` to pass for `old`: one entry a module, or one for all if modules came or went."""
    replaced = {name: value for name, value in old.items() if new.get(name) != value}
    by = {name: value for name, value in new.items() if old.get(name) != value}
    if not by and not replaced:
        return ()
    if replaced.keys() != by.keys():
        return (Acceptance(replaced, by),)
    return tuple(Acceptance({name: replaced[name]}, {name: by[name]}) for name in sorted(by))


def read_acceptances(path: Path) -> tuple[Acceptance, ...]:
    """The acceptances recorded at `path`, newest first; none if there is no such file."""
    return tuple(Acceptance(**entry) for entry in json.loads(path.read_text())) if path.exists() else ()


def acceptances_text(acceptances: Iterable[Acceptance]) -> str:
    """The acceptances as the text of their file, each once."""
    entries = [asdict(acceptance) for acceptance in acceptances]
    unique = [entry for index, entry in enumerate(entries) if entry not in entries[:index]]
    return json.dumps(unique, indent=1, sort_keys=True) + "\n"
