"""In words: what a task is given, and what the stars and their features gain."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nbody_emulator.figures import labels
from nbody_emulator.settings.task import PARAMETERS

RESOLVED = 2.0
"""Standard errors that a difference has to exceed before it is one."""

LONGEST = 30
"""Characters of a task's name in a heading, at most."""

FEATURES, STARS = "features", "stars"

NAMED = {STARS: "the stars themselves", FEATURES: "features of the stars"}
"""What may be given beside the parameters; the most comes first."""


class Gain(NamedTuple):
    """What the best of a task gains over the best given the parameters alone.

    Attributes:
        named: what it is given.
        nats: per output; NaN where no score is finite.
        error: its standard error; NaN where it is not known.
    """

    named: str
    nats: float
    error: float

    @property
    def sign(self) -> int:
        """1 if it gains, -1 if it loses, and 0 where nothing is decided."""
        resolved = np.isfinite(self.error) and abs(self.nats) > RESOLVED * self.error
        return int(np.sign(self.nats)) if resolved else 0

    @property
    def is_finite(self) -> bool:
        return bool(np.isfinite(self.nats))

    @property
    def amount(self) -> str:
        """Without a sign where it is one."""
        nats = abs(self.nats) if self.sign else self.nats
        error = f"{self.error:.2f}" if np.isfinite(self.error) else "?"
        return f"{nats:z.2f} ± {error}".replace("-", "\u2212")


def is_best(table: pd.DataFrame) -> pd.Series:
    """Which rows are of the family of the lowest score in its task."""
    return table["best"].astype(str) == "True"


def heading(row: pd.Series) -> str:
    """A task above its families; features come to the parameters."""
    if row["given"] == PARAMETERS:
        return "parameters alone"
    name = labels.opened(row["task"])
    name = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}\u2026"
    return f"+ {name}" if row["given"] == FEATURES else name


def finding(table: pd.DataFrame) -> str:
    """What the stars gain, and what their features, decided where it is more than twice its standard error."""
    gains = _gains(table)
    finite = [gain for gain in gains if gain.is_finite]
    if not finite:
        return (
            "What the drawn stars tell beside the parameters is not known: 0 tasks have a finite difference."
        )
    infinite = "".join(f"; given {gain.named} no score is finite" for gain in gains if not gain.is_finite)
    return f"{_told(*finite)}{infinite}."


def _gains(table: pd.DataFrame) -> list[Gain]:
    """Of the stars and of features, of several tasks that of the most, and of one that is decided if any is."""
    found = table[(table["output"] == "all") & is_best(table)]
    gains = []
    for given, named in NAMED.items():
        rows: Any = found[found["given"] == given].itertuples()
        told = [Gain(_named(row.task, given), -row.difference, row.difference_standard_error) for row in rows]
        if len(told) == 1:
            told = [told[0]._replace(named=named)]
        gains += sorted(told, key=lambda gain: (gain.is_finite, gain.sign > 0, gain.nats))[-1:]
    return gains


def _named(task: str, given: str) -> str:
    return NAMED[given] if task == given else f"{NAMED[given]} (\u201c{labels.opened(task)}\u201d)"


def _told(first: Gain, second: Gain | None = None) -> str:
    if second is not None and first.sign == second.sign == -1:
        return (
            f"Nothing beats the parameters alone: given {first.named}, the best emulator loses {first.amount} nats per "
            f"output, given {second.named} {second.amount}"
        )
    if second is not None and first.sign == second.sign == 0:
        return (
            f"Given neither {first.named} ({first.amount} nats per output) nor {second.named} ({second.amount}) is the "
            "best emulator better within its error"
        )
    beside = "than given the parameters alone"
    if first.sign:
        compared = f"{first.amount} nats per output {'better' if first.sign > 0 else 'worse'} {beside}"
    else:
        compared = f"no better within its error {beside} ({first.amount} nats per output)"
    told = f"Given {first.named}, the best emulator is {compared}"
    if second is None:
        return told
    brings = {
        1: f"bring {second.amount}",
        0: f"are no better within the error ({second.amount})",
        -1: f"lose {second.amount}",
    }
    return f"{told}; {second.named} {brings[second.sign]}"
