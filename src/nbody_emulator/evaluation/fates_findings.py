"""What a published experiment found to be told of single stars before the run, in tables of Markdown."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from nbody_emulator.evaluation.published_numbers import Published, head, line, number

RESOLVED = 2.0
"""Standard errors that a difference has to exceed before it is one."""


def fates(published: Published) -> str:
    """The answer, what was not told first; scores of every classifier; alarms, and what they cost."""
    table = published.tables["fates"]
    parts = (_answer(table), _scores(table), _alarms(table))
    return "\n".join("\n".join(part) + "\n" for part in parts)


def _answer(table: pd.DataFrame) -> Iterator[str]:
    """What the best classifier of each study gains over the share alone: those first that gain nothing."""
    best: Any = sorted(table[table["best"]].itertuples(), key=_gains)
    told = "; ".join(
        f"{row.happening}{_how(row)}, {number(-row.difference, row.difference_standard_error)}{_decided(row)} "
        f"({row.label}, area under the curve {_known(row.auc, 2)})"
        for row in best
    )
    yield f"**Over the share alone, the best classifier gains, in nats a star, of whether a star {told}.**"
    yield ""
    yield f"The simplest within one standard error of the best: {_simplest(table)}."
    too_sure = _costly(table)
    if too_sure:
        yield ""
        yield f"Alarms at the chosen thresholds cost no less than the better of always and never: {too_sure}."


def _simplest(table: pd.DataFrame) -> str:
    """By study, with what it loses to the best."""
    rows: Any = table[table["recommended"]].itertuples()
    return "; ".join(
        f"{row.label} (of whether a star {row.happening}{_how(row)}"
        f"{'' if row.best else f', {number(row.to_best, row.to_best_standard_error)} nats behind'})"
        for row in rows
    )


def _gains(row: Any) -> bool:
    """Whether more than its error decides."""
    return bool(-row.difference > RESOLVED * row.difference_standard_error)


def _decided(row: Any) -> str:
    if _gains(row):
        return ""
    loses = row.difference > RESOLVED * row.difference_standard_error
    return ", which is worse than that" if loses else ", no more than its error decides"


def _costly(table: pd.DataFrame) -> str:
    """Classifiers whose decisions are of no use."""
    useless = table[
        ~table["is_reference"] & (table["cost"] >= table["cost_of_constant"]) & (table["cost"] > 0.0)
    ]
    rows: Any = useless.itertuples()
    return ", ".join(f"{row.label} ({row.happening}{_how(row)})" for row in rows)


def _scores(table: pd.DataFrame) -> Iterator[str]:
    """Proper scores, and what of them is miscalibration."""
    yield from head(
        "whether a star",
        "classifier",
        "log score [nats a star]",
        "more than the share alone",
        "Brier score",
        "of it miscalibration",
        "discrimination",
    )
    row: Any  # its attributes are the table's columns
    for row in table.itertuples():
        yield line(
            *_named(row),
            number(row.log_score, row.log_score_standard_error),
            number(row.difference, row.difference_standard_error),
            number(row.brier, row.brier_standard_error),
            f"{row.miscalibration:.4f}",
            f"{row.discrimination:.4f}",
        )


def _alarms(table: pd.DataFrame) -> Iterator[str]:
    """Areas under curves, and decisions."""
    yield from head(
        "whether a star",
        "classifier",
        "area under the curve (95 %)",
        "average precision (95 %)",
        "share",
        "caught",
        "alarms that are right",
        "cost a star",
        "cost of the better of always and never",
    )
    row: Any
    for row in table[~table["is_reference"]].itertuples():
        yield line(
            *_named(row),
            _within(row.auc, row.auc_lower, row.auc_upper),
            _within(row.average_precision, row.average_precision_lower, row.average_precision_upper),
            _share(row.share),
            _share(row.recall),
            _share(row.precision),
            number(row.cost, row.cost_standard_error),
            f"{row.cost_of_constant:.3f}",
        )


def _named(row: Any) -> tuple[str, str]:
    mark = "**" if row.best else ""
    return f"{row.happening}{_how(row)}", f"{mark}{row.label}{mark}"


def _how(row: Any) -> str:
    return " (classes balanced)" if row.balanced else ""


def _within(value: float, lower: float, upper: float) -> str:
    return f"{value:.3f} ({lower:.3f} to {upper:.3f})" if np.isfinite(value) else "not known"


def _known(value: float, digits: int) -> str:
    """Where all stars share one fate an area is not known."""
    return f"{value:.{digits}f}" if np.isfinite(value) else "not known"


def _share(value: float) -> str:
    return f"{value:.1%}" if np.isfinite(value) else "no alarm"
