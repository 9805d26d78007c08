"""Whether refactored code may keep the name of the code it replaced: only if the same files come out, bit for bit."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from nbody_emulator.identity.accepted import Acceptance, differences
from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.plan import Plan
from nbody_emulator.store.history import Remembered


class AcceptanceRefused(Exception):
    """The refactored code may not keep the old name; the message says why."""


def changed_code(plan: Plan, history: Mapping[str, Remembered]) -> list[Artifact]:
    """The open results of the plan whose own code is not the code they were made with last."""
    return [
        artifact
        for artifact in _open(plan)
        if artifact.title in history and dict(artifact.code) != history[artifact.title].specification["code"]
    ]


def proposed(changed: Iterable[Artifact], history: Mapping[str, Remembered]) -> list[Acceptance]:
    """What would have to be accepted for these results to keep their identities.

    What belongs together comes before its parts: where these were accepted first, it would be recognized no more.
    """
    found: list[Acceptance] = []
    for artifact in changed:
        for acceptance in differences(history[artifact.title].specification["code"], artifact.code):
            if acceptance not in found:
                found.append(acceptance)
    return sorted(found, key=lambda acceptance: -len(acceptance.by))


def require_same_identities(plan: Plan, history: Mapping[str, Remembered]) -> None:
    """Refuse unless, with the proposal, every open result that the old code made would be what it was made last.

    A kind of result that the old code did not have keeps no name.

    Raises:
        AcceptanceRefused: something besides code changed.
    """
    for artifact in _open(plan):
        if artifact.title in history and artifact.identity != history[artifact.title].identity:
            raise AcceptanceRefused(
                f"{artifact.title}: more than code changed since it was made; see `make explain`"
            )


def differing_files(artifacts: Iterable[Artifact], old_root: Path, new_root: Path) -> Iterator[str]:
    """Each file that the old and the new code made differently, or that one of them did not make."""
    for artifact in artifacts:
        for name in artifact.stage.files:
            old, new = old_root / artifact.path(name), new_root / artifact.path(name)
            if not old.exists():
                yield f"{artifact.title}: {old.relative_to(old_root)} is missing, so nothing can be compared"
            elif not new.exists() or old.read_bytes() != new.read_bytes():
                yield f"{artifact.title}: {name} is not the same"


def _open(plan: Plan) -> Iterator[Artifact]:
    # The sealed test set is not opened to prove a refactoring.
    return (artifact for artifact in plan.artifacts if not artifact.sealed)
