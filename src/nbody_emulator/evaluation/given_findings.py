"""What a published experiment found it worth to be given more of a run than its parameters, in tables of Markdown."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from nbody_emulator.emulators.register import label_of
from nbody_emulator.evaluation.published_numbers import Published, head, line, number
from nbody_emulator.settings.task import PARAMETERS

WHOLE = "all"


def given(published: Published) -> str:
    """The answer; every family of every task; errors over the noise, and how much of it chaos is."""
    table = published.tables["given"]
    parts = (_answer(table), _families(table), _errors(table))
    return "\n".join("\n".join(part) + "\n" for part in parts)


def _answer(table: pd.DataFrame) -> Iterator[str]:
    """By task, how much better its best is than the best that is given the parameters alone."""
    best = _by_task(table[table["best"] & (table["output"] == WHOLE)])
    first = best.pop(PARAMETERS)
    told = ", ".join(
        f"{number(-row['difference'], row['difference_standard_error'])} ({task.replace('_', ' ')}, "
        f"{label_of(row['family'])})"
        for task, row in best.items()
    )
    yield (
        f"**Over the best emulator that is given the parameters alone ({label_of(first['family'])}, joint negative log "
        f"score {number(first['nll'], first['nll_standard_error'])} nats per output), the best of each task gains, in "
        f"nats per output: {told}.**"
    )


def _families(table: pd.DataFrame) -> Iterator[str]:
    """Scores of whole runs."""
    yield from head(
        "given beside the parameters",
        "family",
        "score [nats per output]",
        "more than the best of the parameters",
    )
    row: Any  # its attributes are the table's columns
    for row in table[table["output"] == WHOLE].itertuples():
        mark = "**" if row.best else ""
        yield line(
            _task(row.task, row.given, row.features),
            f"{mark}{label_of(row.family)}{mark}",
            number(row.nll, row.nll_standard_error),
            number(row.difference, row.difference_standard_error),
        )


def _errors(table: pd.DataFrame) -> Iterator[str]:
    """Errors of each task's best family over the scatter between runs of one design point, and the floor of chaos."""
    rows = table[table["best"] & (table["output"] != WHOLE)]
    tasks = list(rows["task"].drop_duplicates())
    yield from head("error over the noise", *(task.replace("_", " ") for task in tasks), "chaos alone")
    for output, of_output in rows.groupby("output"):
        by_task = _by_task(of_output)
        yield line(
            str(output),
            *(_over_noise(by_task[task], "rmse") for task in tasks),
            _over_noise(by_task[PARAMETERS], "chaos"),
        )


def _over_noise(row: Mapping[str, Any], what: str) -> str:
    return number(row[f"{what}_over_noise"], row[f"{what}_over_noise_standard_error"], 2)


def _by_task(rows: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The one row of each task, in the order of the table."""
    records: list[Any] = rows.to_dict("records")
    return {row["task"]: row for row in records}


def _task(name: str, given: str, features: str) -> str:
    """A task in words."""
    if given == PARAMETERS:
        return "nothing"
    count = len(features.split()) if isinstance(features, str) else 0
    seen = {0: "", 1: features, 2: features}.get(count, f"{count} features")
    told = " and ".join(filter(None, (seen, "every star" if given == "stars" else "")))
    return f"{name.replace('_', ' ')}: {told}"
