"""What was published beside the same made again: every file's bits, and where bits may differ every estimate.

Made again on the platform that it was published from, a file has the same bits. On another platform the last bits of an
operation may be others, and chaos makes other runs of them, so that there a file is judged by its estimates: the
numbers with a standard error beside them.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from nbody_emulator.shipped_files import FOLDER
from nbody_emulator.store.documents import Quoted, quotations
from nbody_emulator.store.estimates import Estimate, estimates_in
from nbody_emulator.store.published import published_folder, recorded_in
from nbody_emulator.store.shipped import PACKAGE

NEAR = 2.0
"""Standard errors by which estimates may move on another platform, and of one file nearly all have to keep to it."""

FAR_SHARE = 0.05
"""Of a file's estimates, what may move farther: of runs that share nothing, points, stars and all, 16 % would."""

ROUNDING = 1e-5
"""By which six digits may differ, relative to the number."""

ZERO = 1e-9
"""What roundings leave of it."""

SHOWN = 5
"""Of what differs in a document; the others are counted."""


LOST = Estimate(math.nan, math.nan)


class Moved(NamedTuple):
    """How far an estimate lies from the published one, in the published standard error.

    Infinitely far where only one of them is there.
    """

    place: str
    published: float
    again: float
    by: float


@dataclass(frozen=True)
class Pair:
    """A published file, and the same made again.

    Attributes:
        name: its path in the repository.
        published: where it lies as published.
        again: where it lies made again.
        platforms: those on which it was published and made again, as receipts name them; empty where not known.
    """

    name: str
    published: Path
    again: Path
    platforms: tuple[str, str]

    @cached_property
    def difference(self) -> str:
        """What differs first, in words; nothing if all bits are the same."""
        if not self.again.exists():
            return "not made again"
        if not self.published.exists():
            return "not published"
        one, other = self.published.read_bytes(), self.again.read_bytes()
        return "" if one == other else _first_difference(one, other)

    @property
    def is_there_twice(self) -> bool:
        return self.published.exists() and self.again.exists()

    @property
    def may_differ(self) -> bool:
        """Whether both are there, made on different platforms; one that is not known is another."""
        published, again = self.platforms
        return self.is_there_twice and not (published and published == again)

    @cached_property
    def moved(self) -> list[Moved]:
        """Every estimate of either, the farthest first; none in what is no table and no JSON.

        Without those whose error is 0, as that of a coverage is of which no run was outside: they do not know it.
        """
        published, again = estimates_in(self.published), estimates_in(self.again)
        both = [(place, published.get(place, LOST), again.get(place, LOST)) for place in published | again]
        found = [_moved(*each) for each in both if each[1].standard_error and each[2].standard_error]
        return sorted(found, key=lambda each: -each.by)

    @property
    def far(self) -> list[Moved]:
        """Estimates that are not near the published ones."""
        return [each for each in self.moved if each.by > NEAR]

    @property
    def is_near(self) -> bool:
        """Whether nearly all estimates are."""
        return len(self.far) <= FAR_SHARE * len(self.moved)


@dataclass(frozen=True)
class Reproduction:
    """An experiment's published files and what documents quote of them, beside the same made again."""

    experiment: str
    pairs: Sequence[Pair]
    quoted: Sequence[Quoted]

    @property
    def differing(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.difference]

    @property
    def broken(self) -> list[Pair]:
        """Files with other bits than their platform promises, or that are there once."""
        return [pair for pair in self.differing if not pair.may_differ]

    @property
    def strayed(self) -> list[Pair]:
        """Files that may differ, but whose estimates are not near enough."""
        return [pair for pair in self.differing if pair.may_differ and not pair.is_near]

    @property
    def misquoting(self) -> list[str]:
        """Documents that say something else now: in words, in estimates or, if no file moved, in any number."""
        same = not self.differing
        return [
            each.document
            for each in self.quoted
            if not each.says_the_same or each.far or (same and each.moved)
        ]

    @property
    def holds(self) -> bool:
        """Whether what is published was reproduced."""
        return not (self.broken or self.strayed or self.misquoting)

    @property
    def verdict(self) -> str:
        """All of it in one line."""
        files = f"{len(self.pairs)} published files"
        numbers = ", ".join(f"{quoted.document} ({quoted.count} numbers)" for quoted in self.quoted)
        told = f"; they are what these quote: {numbers}" if numbers else "; no document quotes them"
        if self.holds and not self.differing:
            return f"{self.experiment}: reproduced: {files}, every bit the same{told}"
        bits = f"{len(self.differing)} of {files} have other bits, and in them {self._estimates}"
        if self.holds:
            return f"{self.experiment}: reproduced on another platform: {bits}{told}"
        reasons = (
            f"{len(self.broken)} are not what their own platform promises" if self.broken else "",
            f"{len(self.strayed)} are too far from what was published" if self.strayed else "",
            f"{', '.join(self.misquoting)} would say something else" if self.misquoting else "",
        )
        return f"{self.experiment}: NOT reproduced: {'; '.join([bits, *filter(None, reasons)])}"

    @property
    def _estimates(self) -> str:
        both = [pair for pair in self.differing if pair.is_there_twice]
        count, far = sum(len(pair.moved) for pair in both), sum(len(pair.far) for pair in both)
        return f"{far} of {count} estimates moved by more than {NEAR:g} standard errors"

    def lines(self) -> list[str]:
        """A line for every file that differs, and for every document that would."""
        return [*map(_told, self.differing), *filter(None, map(_quoted_otherwise, self.quoted))]

    def facts(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "experiment": self.experiment,
            "reproduced": self.holds,
            "verdict": self.verdict,
            "files": {pair.name: pair.difference or "same" for pair in self.pairs},
            "differing": {pair.name: _facts_of(pair) for pair in self.differing},
            "documents": {
                each.document: {"numbers": each.count, "moved": each.moved, "same_words": each.says_the_same}
                for each in self.quoted
            },
        }


def reproduction(published: Path, again: Path, experiment: str) -> Reproduction:
    """Compare two trees of the repository, one as committed, the other with the experiment made and published again."""
    folder = published_folder(experiment)
    recorded, made = (recorded_in(tree / folder) for tree in (published, again))
    names = [(str(folder / name), name) for name in sorted(recorded | made)]
    shipped = PACKAGE / FOLDER / experiment
    emulators = {path.name for tree in (published, again) for path in (tree / shipped).glob("*.eqx")}
    names += [(str(shipped / name), "metrics.json") for name in sorted(emulators)]  # made of the same fits
    pairs = [
        Pair(path, published / path, again / path, (_platform(recorded, name), _platform(made, name)))
        for path, name in names
    ]
    return Reproduction(experiment, pairs, quotations(published, again, experiment))


def _platform(manifest: Mapping[str, Mapping[str, str]], name: str) -> str:
    return manifest.get(name, {}).get("platform", "")


def _moved(place: str, published: Estimate, again: Estimate) -> Moved:
    least = max(ROUNDING * abs(published.value), ZERO)
    by = abs(again.value - published.value) / max(published.standard_error, least)
    return Moved(place, published.value, again.value, math.inf if math.isnan(by) else by)


def _first_difference(one: bytes, other: bytes) -> str:
    """The first line, and in it the first word or number, that is another."""
    texts = (content.decode(errors="replace").splitlines() for content in (one, other))
    for number, (published, again) in enumerate(zip_longest(*texts, fillvalue=""), start=1):
        if published != again:
            words = (re.split(r"[\s,]+", line) for line in (published, again))
            others = (each for each in zip_longest(*words, fillvalue="") if each[0] != each[1])
            first, second = next(others, (published, again))
            return f"line {number}: published {_short(first)}, made again {_short(second)}"
    return "other ends of lines"


def _short(word: str) -> str:
    return f"{word[:40]}..." if len(word) > 40 else word or "nothing"


def _told(pair: Pair) -> str:
    if not pair.is_there_twice:
        return f"{pair.name}: {pair.difference}"
    platforms = " and ".join(each or "an unknown platform" for each in dict.fromkeys(pair.platforms))
    told = f"{pair.name}: other bits ({platforms}); {pair.difference}"
    if not pair.moved:
        return told
    place, published, again, by = pair.moved[0]
    moved = f"{len(pair.far)} of {len(pair.moved)} estimates moved by more than {NEAR:g} standard errors"
    return f"{told}; {moved}, the farthest by {by:.2g}: {place}, {published:g} -> {again:g}"


def _facts_of(pair: Pair) -> dict[str, Any]:
    far = [each._asdict() for each in pair.far]
    return {"platforms": pair.platforms, "is_near": pair.is_near, "estimates": len(pair.moved), "far": far}


def _quoted_otherwise(quoted: Quoted) -> str:
    if not quoted.says_the_same:
        return f"{quoted.document}: would say something else, beside other numbers"
    pairs = ", ".join(f"{before} -> {after}" for before, after in quoted.moved[:SHOWN])
    more = f" and {len(quoted.moved) - SHOWN} more" if len(quoted.moved) > SHOWN else ""
    told = f"{quoted.document}: {len(quoted.moved)} of {quoted.count} numbers would be others: {pairs}{more}"
    return told if quoted.moved else ""
