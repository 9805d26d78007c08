"""The card of an emulator: what it is of, what it takes and gives, how good it was, and where it ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from nbody_emulator.emulators.scores import METRICS, Scored
from nbody_emulator.quantities.quantity import cluster_columns

if TYPE_CHECKING:
    from nbody_emulator.emulators.emulator import Emulator

Row = Sequence[str]

LICENCE = "MIT, as the package it comes with"
"""Of what is published with the package."""


@dataclass(frozen=True)
class Section:
    """Lines of text, and a table whose first row is its heading; either may be empty."""

    title: str
    lines: Sequence[str] = ()
    table: Sequence[Row] = ()


@dataclass(frozen=True)
class Card:
    """What is shown of an emulator; whatever a file says stands in it as text."""

    title: str
    sections: Sequence[Section]

    @property
    def text(self) -> str:
        """For a terminal."""
        return "\n".join([self.title, *(line for section in self.sections for line in _in_text(section))])

    @property
    def html(self) -> str:
        """For a notebook: no scripts, no styles of others' pages, and nothing from the file but escaped text."""
        return "".join(
            ["<div>", _tag("strong", self.title), *(_in_html(section) for section in self.sections), "</div>"]
        )


def card_of(emulator: "Emulator") -> Card:
    """The card; of an emulator that was not published it says what the file knows."""
    return Card(repr(emulator), list(_sections(emulator)))


def _sections(emulator: "Emulator") -> Iterator[Section]:
    metadata, scores = emulator.metadata, emulator.scores
    described = metadata.description.split("; ") if metadata.description else ["nothing was said of them"]
    yield Section("of", described)
    boxes = [
        (each.name, f"{each.minimum:g}", f"{each.maximum:g}", each.unit, each.scale)
        for each in emulator.parameters[: cluster_columns(emulator.parameters)]
    ]
    yield Section("takes", table=[("parameter", "from", "to", "unit", "scale"), *boxes])
    outputs = [
        (each.name, each.unit, each.statistic.replace("_", " "), f"{each.time:g}", each.transform)
        for each in emulator.outputs
    ]
    heading = ("output", "unit", "statistic", "at (share of the duration)", "transformed by")
    yield Section("gives the probability that a run survives and, if it does,", table=[heading, *outputs])
    if scores is not None:
        yield _scored("scores on training runs, out of fold", scores.out_of_fold)
        yield _scored(f"scores on {scores.sealed_points} sealed design points", scores.sealed)
    yield Section("limits", list(_limits(emulator)))
    yield Section("identity", list(_identity(emulator)))


def _scored(title: str, scored: Scored) -> Section:
    nll, error = scored.joint_nll
    rows = [(name, *(f"{value:.3f}" for value in values)) for name, values in scored.outputs.items()]
    line = (
        f"joint negative log score {nll:.3f} ± {error:.3f} nats per output; errors are of transformed outputs"
    )
    return Section(title, [line], [("output", *METRICS.values()), *rows])


def _limits(emulator: "Emulator") -> Iterator[str]:
    yield "the box above, outside which it refuses; the simulations above, with all that they leave out"
    yield "one new run each: intervals hold what the draw of stars changes, not a mean over draws"
    if (found := emulator.applicability) is not None:
        yield (
            f"prediction.applicability above 1 is farther from the training runs than {1 - found.false_alarms:.0%} of "
            f"{found.calibration_points} calibration runs are"
        )
    if (record := emulator.metadata.posteriors) is not None:
        held = ", ".join(f"{level:.0%} held {share:.0%}" for level, share in record.held)
        yield f"posteriors by it were tested on {record.tested_runs} other runs: regions of {held}"


def _identity(emulator: "Emulator") -> Iterator[str]:
    metadata, scores = emulator.metadata, emulator.scores
    yield f"fit {metadata.identity or 'without a name'}, family {metadata.family}, calibrator {metadata.calibrator}"
    if scores is not None:
        yield f"experiment {scores.experiment} ({scores.runs} open runs): {scores.sentence}"
        yield f"licence {LICENCE}"


def _in_text(section: Section) -> Iterator[str]:
    yield section.title
    yield from (f"  {line}" for line in section.lines)
    widths = [max(map(len, column)) for column in zip(*section.table, strict=True)]
    for row in section.table:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _in_html(section: Section) -> str:
    lines = "".join(_tag("div", line) for line in section.lines)
    rows = [
        "<tr>" + "".join(_tag("td" if number else "th", cell) for cell in row) + "</tr>"
        for number, row in enumerate(section.table)
    ]
    return f"<p>{_tag('em', section.title)}{lines}</p>" + (f"<table>{''.join(rows)}</table>" if rows else "")


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
