"""Why a result would be made: what differs, key by key, from how the experiment was made last."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.store.history import Remembered

ABSENT = object()
LONGEST_VALUE = 60
"""Characters up to which a value is shown whole."""


def explain(
    artifacts: Iterable[Artifact], history: Mapping[str, Remembered], set_aside: Collection[str] = ()
) -> Iterator[str]:
    """Lines that say, for every result about to be made, which keys (old -> new) are the cause.

    Results with the same causes are told together, in the order of the plan. `set_aside` are identities of results
    that `make check` did not find as they were written.
    """
    told = [(tuple(causes(artifact, history, set_aside)), artifact.title) for artifact in artifacts]
    order = {reasons: index for index, (reasons, _) in reversed(list(enumerate(told)))}
    told.sort(key=lambda pair: order[pair[0]])
    for reasons, group in groupby(told, key=lambda pair: pair[0]):
        yield from (title for _, title in group)
        yield from (f"    {reason}" for reason in reasons)


def causes(
    artifact: Artifact, history: Mapping[str, Remembered], set_aside: Collection[str] = ()
) -> Iterator[str]:
    """In words, each difference between a result and the one of the same title that was made last."""
    if artifact.identity in set_aside:
        yield "it was set aside as damaged"
        return
    if artifact.title not in history:
        yield "new: the experiment had no such result"
        return
    last = history[artifact.title]
    if last.identity == artifact.identity:
        yield "unchanged, but deleted: its files are not all in the store"
        return
    yield from _setting_changes(last.specification["settings"], artifact.settings)
    yield from _code_changes(last.specification["code"], artifact.code)
    yield from _version_changes(last.specification["versions"], artifact.versions)
    yield from _input_changes(last.specification["inputs"], artifact, history)


def _setting_changes(old: Mapping, new: Mapping) -> Iterator[str]:
    before, after = dict(_flat(old)), dict(_flat(new))
    for key in sorted(before.keys() | after.keys()):
        first, second = before.get(key, ABSENT), after.get(key, ABSENT)
        if first != second:
            yield f"{key}: {_shown(first)} -> {_shown(second)}"


def _flat(settings: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted key, value) of nested mappings."""
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "(absent)"
    text = str(value)
    if len(text) <= LONGEST_VALUE:
        return text
    return f"{len(value)} entries" if isinstance(value, list | tuple) else f"{text[:LONGEST_VALUE]}..."


def _code_changes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for module in sorted(old.keys() | new.keys()):
        if old.get(module) != new.get(module):
            change = (
                "is new" if module not in old else "is no longer used" if module not in new else "changed"
            )
            yield f"code: {module.removeprefix('nbody_emulator.')} {change}"


def _version_changes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for package in sorted(old.keys() | new.keys()):
        if old.get(package) != new.get(package):
            yield f"pinned version: {package} {old.get(package, '(unused)')} -> {new.get(package, '(unused)')}"


def _input_changes(
    old: Mapping[str, list[str]], artifact: Artifact, history: Mapping[str, Remembered]
) -> Iterator[str]:
    before = {identity for identities in old.values() for identity in identities}
    inputs = [item for items in artifact.inputs.values() for item in items]
    after = {item.identity for item in inputs}
    changed = [item.title for item in inputs if item.identity not in before]
    if changed:
        yield f"made from: {_listed(changed)}"
    titles = {remembered.identity: title for title, remembered in history.items()}
    present = {item.title for item in inputs}
    gone = [titles.get(identity, identity) for identity in before - after]
    gone = sorted(title for title in gone if title not in present)
    if gone:
        yield f"no longer made from: {_listed(gone)}"


def _listed(titles: list[str]) -> str:
    return ", ".join(titles) if len(titles) <= 4 else f"{', '.join(titles[:3])} and {len(titles) - 3} more"
