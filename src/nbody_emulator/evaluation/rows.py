"""Rows of predictions that can be scored: usable runs whose output exists, of one role and one output."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeVar

import numpy as np
import xarray as xr

FULL_MODEL = -1
"""`fold` of what belongs to the fit to all training runs, which holds out none."""


@dataclass(frozen=True)
class Runs:
    """n usable runs, and where each comes from.

    Attributes:
        fold: the fold the row was held out in (n,), -1 outside the training role.
        group: the design point (n,).
        role: the role of the row's set (n,).
        inputs: parameters (n, d), raw.
        survival: predicted probability that the run survives (n,).
    """

    fold: np.ndarray
    group: np.ndarray
    role: np.ndarray
    inputs: np.ndarray
    survival: np.ndarray

    def __len__(self) -> int:
        return len(self.group)

    def select(self, chosen: np.ndarray) -> Self:
        """The rows where `chosen` (n,) is true, or that are numbered there."""
        return replace(self, **{name: values[chosen] for name, values in self._of_rows().items()})

    def joined(self, others: Self) -> Self:
        """These rows, and behind them the others."""
        theirs = others._of_rows()
        joined = {name: np.concatenate([values, theirs[name]]) for name, values in self._of_rows().items()}
        return replace(self, **joined)

    def _of_rows(self) -> dict[str, np.ndarray]:
        return vars(self)


SomeRuns = TypeVar("SomeRuns", bound=Runs)


@dataclass(frozen=True)
class SurvivingRuns(Runs):
    """n runs that survived, with all outputs together.

    Attributes:
        hpd_level: predicted probability of the smallest joint region of highest density that holds the outputs (n,).
    """

    hpd_level: np.ndarray


@dataclass(frozen=True)
class Rows(Runs):
    """n predictions of one output by one family, in transformed units.

    Attributes:
        mean, standard_deviation: of the predictive distribution (n,).
        target: what the run gave (n,), finite.
        log_density: logarithm of the predicted density there (n,) [nats].
        pit: the predicted probability below it (n,).
        normal_score: the standard normal's quantile of that (n,), which keeps apart what is far out in either tail.
        crps: continuous ranked probability score there (n,).
        quantile: of the predictive distribution (n, m).
        fold_mean: of the emulators fitted without each fold (n, K); NaN in the training role.
        quantile_scores: the standard normal's quantiles (m,) of the probabilities below these, evenly spaced.
    """

    mean: np.ndarray
    standard_deviation: np.ndarray
    target: np.ndarray
    log_density: np.ndarray
    pit: np.ndarray
    normal_score: np.ndarray
    crps: np.ndarray
    quantile: np.ndarray
    fold_mean: np.ndarray
    quantile_scores: np.ndarray

    def _of_rows(self):
        return {name: values for name, values in vars(self).items() if name != "quantile_scores"}

    def value_at(self, normal_score: np.ndarray) -> np.ndarray:
        """The value (n, k) of the predictive distribution with this normal score (n, k), or (1, k) for all rows.

        Cubic between the quantiles that are kept, through the two on either side, and linear beyond them: of a Gaussian
        exact everywhere.
        """
        knots = self.quantile_scores
        step = knots[1] - knots[0]
        score = np.broadcast_to(normal_score, (len(self.target), np.shape(normal_score)[1]))
        inside = np.clip(score, knots[0], knots[-1])
        first = np.clip(np.floor((inside - knots[0]) / step).astype(int) - 1, 0, len(knots) - 4)
        place = (inside - knots[0]) / step - first
        found = sum(
            np.take_along_axis(self.quantile, first + knot, axis=1) * _lagrange(place, knot)
            for knot in range(4)
        )
        slopes = np.stack(
            [self.quantile[:, 1] - self.quantile[:, 0], self.quantile[:, -1] - self.quantile[:, -2]], axis=1
        )
        beyond = np.where(score < knots[0], slopes[:, :1], slopes[:, 1:]) / step
        with np.errstate(invalid="ignore"):  # of infinite reach, which is none inside
            return np.where(score == inside, found, found + (score - inside) * beyond)


def _lagrange(place: np.ndarray, knot: int) -> np.ndarray:
    """The cubic that is 1 at this knot of 0, 1, 2, 3 and 0 at the others."""
    factors = [(place - other) / (knot - other) for other in range(4) if other != knot]
    return np.prod(factors, axis=0)


def rows_of(predictions: xr.Dataset, output: str, roles: Sequence[str]) -> Rows:
    """The rows of `roles` in which the run is usable, the output exists and was predicted; others are left out.

    What was not predicted is an output that had too few training runs to be learned, by any family.
    """
    at_output = predictions.sel(output=output)
    scored = Rows(
        mean=at_output["mean"].values,
        standard_deviation=np.sqrt(at_output["variance"].values),
        target=at_output["target"].values,
        log_density=at_output["log_density"].values,
        pit=at_output["pit"].values,
        normal_score=at_output["normal_score"].values,
        crps=at_output["crps"].values,
        **_of_runs(predictions),
        quantile=at_output["quantile"].transpose("row", "quantile_place").values,
        fold_mean=at_output["fold_mean"].transpose("row", "held_out_fold").values,
        quantile_scores=predictions["normal_score_of_quantile"].values,
    )
    exists = predictions["usable"].values.astype(bool) & np.isfinite(scored.target + scored.mean)
    return scored.select(exists & np.isin(scored.role, roles))


def surviving_runs(predictions: xr.Dataset, roles: Sequence[str]) -> SurvivingRuns:
    """The usable runs of `roles` that have any output of which a joint distribution was predicted."""
    runs = SurvivingRuns(**_of_runs(predictions), hpd_level=predictions["hpd_level"].values.astype(float))
    survived = np.isfinite(predictions["target"].transpose("row", "output").values).any(axis=1)
    exists = predictions["usable"].values.astype(bool) & survived & np.isfinite(runs.hpd_level)
    return runs.select(exists & np.isin(runs.role, roles))


def _of_runs(predictions: xr.Dataset) -> dict[str, np.ndarray]:
    return {
        "fold": text_or_number(predictions["fold"]),
        "group": text_or_number(predictions["group"]),
        "role": text_or_number(predictions["role"]),
        "inputs": predictions["input"].transpose("row", "parameter").values,
        "survival": predictions["survival"].values,
    }


def first_of_groups(rows: SomeRuns) -> SomeRuns:
    """One row a design point, the first: replicates of a point are not exchangeable with other points."""
    return rows.select(np.sort(np.unique(rows.group, return_index=True)[1]))


def of_families(predictions: xr.Dataset) -> tuple[xr.Dataset, ...]:
    """Every family's own predictions, named by the attribute `family`, from those of all along `family`."""
    return tuple(
        predictions.sel(family=name, drop=True).assign_attrs(family=str(name))
        for name in predictions["family"].values
    )


def by_family(predictions: Sequence[xr.Dataset], families: Sequence[str]) -> dict[str, xr.Dataset]:
    """The predictions by family name, in the order of `families`.

    Raises:
        ValueError: a family has no predictions, or its rows are not those of the first family.
    """
    found = {dataset.attrs["family"]: dataset for dataset in predictions}
    missing = [family for family in families if family not in found]
    if missing:
        raise ValueError(f"no predictions of {', '.join(missing)}")
    ordered = {family: found[family] for family in families}
    first = next(iter(ordered.values()))
    for family, dataset in ordered.items():
        same = all(
            np.array_equal(dataset[name].values, first[name].values) for name in ("group", "replicate")
        )
        same = same and np.array_equal(np.isnan(dataset["mean"].values), np.isnan(first["mean"].values))
        if not (same and np.array_equal(dataset["target"].values, first["target"].values, equal_nan=True)):
            raise ValueError(
                f"the rows of {family} are not those of {next(iter(ordered))}: they cannot be compared"
            )
    return ordered


def spread_of(predictions: xr.Dataset, output: str) -> float:
    """Standard deviation of the training role's targets: the constant that scales an output in scoring.

    NaN where they are all the same, or fewer than two: such an output is not scored.
    """
    targets = rows_of(predictions, output, ["training"]).target
    spread = float(np.std(targets, ddof=1)) if len(targets) > 1 else 0.0
    return spread if spread > 0 else float("nan")


def out_of_fold_mean(rows: Rows) -> np.ndarray:
    """For each row the mean target of the other folds' rows, (n,): what the training mean would predict."""
    labels, index = np.unique(rows.fold, return_inverse=True)
    sums, counts = np.bincount(index, rows.target), np.bincount(index)
    if len(labels) < 2:
        return np.full(len(rows.target), rows.target.mean())
    return ((sums.sum() - sums) / (counts.sum() - counts))[index]


def outputs_of(dataset: xr.Dataset) -> list[str]:
    """Names of its outputs, sorted."""
    return sorted(text_or_number(dataset["output"]).tolist())


def text_or_number(variable: xr.DataArray) -> np.ndarray:
    """The values, with strings of any storage as numpy strings."""
    values = variable.values
    return values.astype(str) if values.dtype.kind in "OSUT" else values
