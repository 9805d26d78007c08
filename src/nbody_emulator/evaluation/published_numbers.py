"""The numbers of one published experiment, and how numbers stand in sentences and in tables of Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

LEVEL = 0.90
"""Of the intervals and regions that the sentences speak of."""


@dataclass(frozen=True)
class Published:
    """The numbers of one published experiment.

    Attributes:
        metrics: metrics.json.
        evaluation: evaluation.json.
        comparison: tables/comparison.csv.
        tables: all of them, by name.
        openings: the lines of the test set's ledger, oldest first.
    """

    metrics: Mapping[str, Any]
    evaluation: Mapping[str, Any]
    comparison: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    openings: Sequence[Mapping[str, Any]] = ()

    @property
    def recommended(self) -> str:
        return self.metrics["recommended"]["family"]

    @property
    def judges_posteriors(self) -> bool:
        return "posteriors" in self.metrics

    @property
    def compared_posteriors(self) -> str:
        """The family whose posteriors were judged by every likelihood."""
        every = self.metrics["posteriors"]
        return max(sorted(every), key=lambda family: len(every[family]))

    @property
    def bands(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """How many of its coverages are outside their bands: of open runs, and of sealed ones."""
        return self.metrics["bands"][self.recommended], self.evaluation["bands"][self.recommended]

    @property
    def sealed_whole_runs(self) -> Mapping[str, Any]:
        """The recommended family's scores of whole sealed runs."""
        return self.evaluation["whole_runs"][self.recommended]

    @property
    def sealed_scores(self) -> Mapping[str, Any]:
        """The recommended family's scores on the sealed runs, by output."""
        return self.evaluation["families"][self.recommended]


def head(*titles: str) -> Iterable[str]:
    return line(*titles), line(*["---"] * len(titles))


def line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def estimate(entry: Mapping[str, float], scale: float, digits: int) -> str:
    return number(scale * entry["value"], scale * entry["standard_error"], digits)


def number(value: float, standard_error: float, digits: int = 3) -> str:
    return f"{round(value, digits) + 0.0:.{digits}f} ± {standard_error:.{digits}f}"  # + 0.0: no minus before a zero


def share_of_chaos(noise: Mapping[str, Any]) -> str:
    """What share of an output's noise is chaos [%], with its 95 % interval."""
    share = noise["parts"]["chaos"]["share"]
    return f"{100 * share['value']:.0f} ({100 * share['lower']:.0f} to {100 * share['upper']:.0f})"
