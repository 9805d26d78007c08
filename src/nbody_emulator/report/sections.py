"""The sections of the report in the order of its argument, and what each holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from nbody_emulator.figures.register import FIGURES, HEADINGS
from nbody_emulator.report.inline_svg import InlineFigure


@dataclass(frozen=True)
class ShownFigure:
    """A figure with its number in the page and its caption."""

    drawn: InlineFigure
    number: int
    caption: Markup


@dataclass(frozen=True)
class Missing:
    """Figures that there is no data for, and why."""

    names: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Section:
    """One step of the argument; `key` names its template too."""

    key: str
    heading: str
    figures: tuple[ShownFigure, ...]
    missing: tuple[Missing, ...]


def sections(
    figures: Mapping[str, InlineFigure], captions: Mapping[str, Markup], left_out: Mapping[str, Sequence[str]]
) -> Iterator[Section]:
    """Every section with those of the figures that are of it, numbered through.

    Args:
        figures, captions: by name.
        left_out: names of tables that there is no data for, by what is missing; a figure has the name of its table.
    """
    number = 0
    for key, heading in HEADINGS.items():
        names = [name for name in FIGURES.names if FIGURES.facts(name).section == key]
        there = [name for name in names if name in figures]
        shown = tuple(
            ShownFigure(figures[name], number + place, captions[name])
            for place, name in enumerate(there, start=1)
        )
        number += len(shown)
        missing = tuple(
            Missing(tuple(name for name in names if name in tables), reason)
            for reason, tables in left_out.items()
            if not set(names).isdisjoint(tables)
        )
        yield Section(key, heading, shown, missing)
