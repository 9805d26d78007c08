"""What an emulator reached on runs that it had not seen, as published with it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

METRICS = {
    "r2": "R2",
    "rmse": "RMSE",
    "coverage_68": "in 68 %",
    "coverage_90": "in 90 %",
    "coverage_95": "in 95 %",
}
"""Metrics of an output that are told, and how a table is headed; errors are of the transformed output."""


class Estimate(NamedTuple):
    """A number and its standard error."""

    value: float
    standard_error: float


@dataclass(frozen=True)
class Scored:
    """What was reached on one set of runs.

    Attributes:
        joint_nll: joint negative log score of a run, by output [nats].
        outputs: by output, the values of `METRICS` in their order.
    """

    joint_nll: Estimate
    outputs: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Scores:
    """What is published of an emulator.

    Attributes:
        experiment: whose emulator it is.
        sentence: which family the experiment recommends, and why.
        runs: simulations of the experiment that are open.
        sealed_points: design points of the sealed test set.
        out_of_fold: of training runs, by fits that were not given them.
        sealed: of the sealed runs.
    """

    experiment: str
    sentence: str
    runs: int
    sealed_points: int
    out_of_fold: Scored
    sealed: Scored

    @property
    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)

    @staticmethod
    def kept(told: Mapping[str, Any]) -> "Scores":
        """That of a file."""
        return Scores(
            str(told["experiment"]),
            str(told["sentence"]),
            int(told["runs"]),
            int(told["sealed_points"]),
            _scored(told["out_of_fold"]),
            _scored(told["sealed"]),
        )

    @staticmethod
    def published(metrics: Mapping[str, Any], evaluation: Mapping[str, Any], family: str) -> "Scores":
        """Those of a family in metrics.json and evaluation.json of a published experiment."""
        return Scores(
            metrics["experiment"],
            metrics["recommended"]["sentence"],
            metrics["runs"]["total"],
            evaluation["points"],
            _found(metrics, family),
            _found(evaluation, family),
        )


def _found(published: Mapping[str, Any], family: str) -> Scored:
    joint = published["primary"][family]
    outputs = {
        name: tuple(metrics[each]["value"] for each in METRICS)
        for name, metrics in published["families"][family].items()
    }
    return Scored(Estimate(joint["value"], joint["standard_error"]), outputs)


def _scored(told: Mapping[str, Any]) -> Scored:
    return Scored(
        Estimate(*_numbers(told["joint_nll"], 2)),
        {str(name): _numbers(values, len(METRICS)) for name, values in told["outputs"].items()},
    )


def _numbers(values: Sequence[Any], count: int) -> tuple[float, ...]:
    if len(values) != count:
        raise ValueError(f"{count} numbers are wanted, not {len(values)}")
    return tuple(float(value) for value in values)
