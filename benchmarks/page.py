"""docs/performance.md and its figure, from the tables that the other benchmarks left in benchmarks/results.

No measurement is written here: what was not measured stays blank. What was missed comes first.

    python benchmarks/page.py
"""

from pathlib import Path

from demands import ORDER, Row, Tables, demands
from page_figure import draw
from page_sections import SECTIONS, Section
from stopwatch import read

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def markdown(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table; bars within cells would end them."""
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def section(part: Section, rows: list[Row]) -> str:
    table = markdown(tuple(rows[0]), [tuple(row.values()) for row in rows]) if rows else "Not measured."
    return f"## {part.title}\n\n{part.words}\n\n`{part.command}`\n\n{table}\n"


def page(tables: Tables) -> str:
    asked = sorted(demands(tables), key=lambda demand: ORDER.index(demand.verdict))
    counts = ", ".join(
        f"{sum(demand.verdict == verdict for demand in asked)} {verdict.strip('*')}" for verdict in ORDER
    )
    head = (
        "# Speed, measured\n\n"
        "Made by `make benchmark` from the tables in `benchmarks/results`; no measurement here is written by hand. CPU "
        "seconds on one core unless it says otherwise, with other work on the machine at the same time. Commands want "
        "the environment activated: `. .venv/bin/activate`.\n\n"
        f"Of our goals: {counts}.\n\n"
    )
    header = ("verdict", "what", "goal", "measured", "note")
    return (
        head
        + markdown(header, [demand.cells for demand in asked])
        + "\n\n![Tables of this page as curves, those that were measured](performance.svg)\n\n"
        + "\n".join(section(part, tables[part.table]) for part in SECTIONS)
    )


def read_all() -> Tables:
    """All tables that the page and its figure show, by name."""
    names = {part.table for part in SECTIONS} | {"time_to_solution_runs", "gradient_growth"}
    return {name: read(name) for name in sorted(names)}


def main() -> None:
    tables = read_all()
    PAGE.write_text(page(tables))
    draw(tables, PAGE.with_suffix(".svg"))
    print(PAGE)


if __name__ == "__main__":
    main()
