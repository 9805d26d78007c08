"""Documents of the repository that quote what was published, between marks, and the numbers they quote."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Marks:
    """The two lines of a document between which a program writes."""

    begin: str
    end: str

    def filled(self, document: str, text: str) -> str:
        """The document with the text between the marks."""
        before, rest = document.split(self.begin)
        return before + self.begin + text + self.end + rest.split(self.end, 1)[1]

    def between(self, document: str) -> str:
        """What stands between them, all places of the document together; nothing without marks."""
        return "".join(part.partition(self.end)[0] for part in document.split(self.begin)[1:])


def marks_of(experiment: str) -> Marks:
    """Of what is told of a published experiment."""
    written = f"written by `python workflow/findings.py` from results/published/{experiment}"
    return Marks(f"<!-- findings: {written} -->\n", "<!-- end of findings -->\n")


FARTHEST = 3.0
"""Standard errors by which an estimate of a document may move: `1.23 ± 0.04`, of which there are few."""

_NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_ESTIMATE = re.compile(rf"({_NUMBER.pattern}) ± (\d+(?:\.\d+)?)")


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

    @property
    def far(self) -> list[tuple[str, str]]:
        """Every estimate that moved by more than a few of its standard errors and the rounding of its digits."""
        before, after = (_ESTIMATE.findall(text) for text in (self.before, self.after))
        pairs = [(one, error, other) for (one, error), (other, _) in zip(before, after, strict=False)]
        return [
            (f"{one} ± {error}", other)
            for one, error, other in pairs
            if abs(float(other) - float(one)) > FARTHEST * float(error) + _last_digit(one)
        ]


def quotations(before: Path, after: Path, experiment: str) -> list[Quoted]:
    """What README.md and docs quote of the experiment, in two trees of the repository; only those that do."""
    paths = [path for pattern in ("*.md", "docs/*.md") for path in sorted(before.glob(pattern))]
    marks = marks_of(experiment)
    texts = {path.relative_to(before): marks.between(path.read_text(encoding="utf-8")) for path in paths}
    return [
        Quoted(str(path), text, marks.between((after / path).read_text(encoding="utf-8")))
        for path, text in texts.items()
        if text
    ]


def _last_digit(number: str) -> float:
    """What the last digit of a number stands for."""
    return 10.0 ** -len(number.partition(".")[2])
