"""In words: how much better than by their share alone it is told what becomes of single stars."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

RESOLVED = 2.0
"""Standard errors that a difference has to exceed before it is one."""

TOLD = 2
"""Fates in a title, at most."""


class Gain(NamedTuple):
    """What the best classifier of a study gains over the share alone.

    Attributes:
        happening: what may happen to a star.
        nats: a star; not finite where no score is.
        error: its standard error; NaN where it is not known.
        area: under the receiver operating characteristic.
    """

    happening: str
    nats: float
    error: float
    area: float

    @property
    def sign(self) -> int:
        """1 if it gains, -1 if it loses, and 0 where nothing is decided."""
        resolved = np.isfinite(self.error) and abs(self.nats) > RESOLVED * self.error
        return int(np.sign(self.nats)) if resolved else 0

    @property
    def amount(self) -> str:
        """Without a sign where it is one."""
        nats = abs(self.nats) if self.sign else self.nats
        error = f"{self.error:.3f}" if np.isfinite(self.error) else "?"
        return f"{nats:z.3f} ± {error}".replace("-", "\u2212")

    @property
    def alarms(self) -> str:
        return f"{self.area:.2f}" if np.isfinite(self.area) else "not known"


def is_best(table: pd.DataFrame) -> pd.Series:
    """Which rows are of the classifier of the lowest log score in its study."""
    return table["best"].astype(str) == "True"


def is_balanced(table: pd.DataFrame) -> pd.Series:
    """Which rows are of a study whose classes were weighted to be equal."""
    return table["balanced"].astype(str) == "True"


def finding(table: pd.DataFrame) -> str:
    """What is gained over the share alone, decided where it is more than twice its standard error."""
    if table.empty:
        return "What becomes of single stars is not known: 0 stars were predicted and have a known fate."
    gains = _gains(table)
    told = _first(gains[0]) + "".join(_next(gain, gains[0]) for gain in gains[1:TOLD])
    rest = len(gains) - TOLD
    return f"{told}{f'; {rest} more below' if rest > 0 else ''}."


def _gains(table: pd.DataFrame) -> list[Gain]:
    """Of every happening once; where it is studied several ways, of the first whose classes are as they are."""
    best = table[is_best(table)].drop_duplicates("study")
    chosen = best.assign(balanced=is_balanced(best)).sort_values("balanced", kind="stable")
    kept = chosen.drop_duplicates("happening").index
    rows: Any = best.loc[best.index.isin(kept)].itertuples()
    return [Gain(row.happening, -row.difference, row.difference_standard_error, row.auc) for row in rows]


def _first(gain: Gain) -> str:
    asked = f"Which star {gain.happening} is told"
    if not np.isfinite(gain.nats):
        return f"{asked} with no finite gain over the share alone (AUC {gain.alarms})"
    if not gain.sign:
        return f"{asked} no better within the error than by the share alone ({gain.amount} nats, AUC {gain.alarms})"
    better = "better" if gain.sign > 0 else "worse"
    return f"{asked} {gain.amount} nats {better} than by the share alone (AUC {gain.alarms})"


def _next(gain: Gain, first: Gain) -> str:
    asked = f", which {gain.happening}"
    if not np.isfinite(gain.nats):
        return f"{asked} with no finite gain (AUC {gain.alarms})"
    if not gain.sign:
        return f"{asked} no better within the error ({gain.amount})"
    better = {1: " better", -1: " worse"}[gain.sign] if gain.sign != first.sign else ""
    return f"{asked} {gain.amount}{better} ({gain.alarms})"
