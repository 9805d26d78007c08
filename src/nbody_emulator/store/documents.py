"""Documents of the repository that quote what was published, between marks, and the numbers they quote."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BEGIN = "<!-- findings: written by `python workflow/findings.py` from results/published/{experiment} -->\n"
END = "<!-- end of findings -->\n"

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?")


@dataclass(frozen=True)
class Quoted:
    """What a document quotes of an experiment, as it stands there and as it would be written of results made again.

    Attributes:
        document: its path in the repository.
        before: the text between the marks.
        after: the same of the results made again.
    """

    document: str
    before: str
    after: str

    @property
    def count(self) -> int:
        """How many numbers stand there."""
        return len(_NUMBER.findall(self.before))

    @property
    def says_the_same(self) -> bool:
        """Whether all but the numbers is the same."""
        return _NUMBER.sub("", self.before) == _NUMBER.sub("", self.after)

    @property
    def moved(self) -> list[tuple[str, str]]:
        """Every number that is another now: as it stands there, and made again; only where all else is the same."""
        pairs = zip(_NUMBER.findall(self.before), _NUMBER.findall(self.after), strict=False)
        return [(before, after) for before, after in pairs if before != after] if self.says_the_same else []


def quotations(before: Path, after: Path, experiment: str) -> list[Quoted]:
    """What README.md and docs quote of the experiment, in two trees of the repository; only those that do."""
    begin = BEGIN.format(experiment=experiment)
    paths = [path for pattern in ("*.md", "docs/*.md") for path in sorted(before.glob(pattern))]
    found = (
        Quoted(
            str(path.relative_to(before)),
            "".join(_between(path, begin)),
            "".join(_between(after / path.relative_to(before), begin)),
        )
        for path in paths
    )
    return [quoted for quoted in found if quoted.before]


def _between(path: Path, begin: str) -> Iterator[str]:
    for part in path.read_text(encoding="utf-8").split(begin)[1:]:
        yield part.partition(END)[0]
