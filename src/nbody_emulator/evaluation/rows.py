"""Rows of predictions that can be scored: usable runs whose output exists, of one role and one output."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from nbody_emulator.evaluation.standard_normal import quantile


@dataclass(frozen=True)
class Rows:
    """n predictions of one output by one family, in transformed units.

    Attributes:
        mean, standard_deviation: of the predictive distribution (n,).
        target: what the run gave (n,), finite.
        log_density: logarithm of the predicted density there (n,) [nats].
        pit: the predicted probability below it (n,).
        normal_score: the standard normal's quantile of that (n,), which keeps apart what is far out in either tail.
        crps: continuous ranked probability score there (n,).
        fold: the fold the row was held out in (n,), -1 outside the training role.
        group: the design point (n,).
        role: the role of the row's set (n,).
        inputs: parameters (n, d), raw.
        quantile: of the predictive distribution (n, p).
        probability: below each quantile (p,), rising, the same in all rows.
    """

    mean: np.ndarray
    standard_deviation: np.ndarray
    target: np.ndarray
    log_density: np.ndarray
    pit: np.ndarray
    normal_score: np.ndarray
    crps: np.ndarray
    fold: np.ndarray
    group: np.ndarray
    role: np.ndarray
    inputs: np.ndarray
    quantile: np.ndarray
    probability: np.ndarray

    def select(self, chosen: np.ndarray) -> "Rows":
        """The rows where `chosen` (n,) is true."""
        of_rows = {name: values for name, values in vars(self).items() if name != "probability"}
        return replace(self, **{name: values[chosen] for name, values in of_rows.items()})

    def value_at(self, normal_score: np.ndarray) -> np.ndarray:
        """The value (n, m) of the predictive distribution with this normal score (n, m), or (1, m) for all rows.

        Linear between the quantiles that are kept, and beyond them: exact where they are, and of a Gaussian everywhere.
        """
        knots = quantile(self.probability)
        score = np.broadcast_to(normal_score, (len(self.target), np.shape(normal_score)[1]))
        place = np.clip(np.searchsorted(knots, score) - 1, 0, len(knots) - 2)
        left, right = (np.take_along_axis(self.quantile, place + step, axis=1) for step in (0, 1))
        return left + (score - knots[place]) / (knots[place + 1] - knots[place]) * (right - left)


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
        fold=text_or_number(predictions["fold"]),
        group=text_or_number(predictions["group"]),
        role=text_or_number(predictions["role"]),
        inputs=predictions["input"].transpose("row", "parameter").values,
        quantile=at_output["quantile"].transpose("row", "probability").values,
        probability=predictions["probability"].values,
    )
    exists = predictions["usable"].values.astype(bool) & np.isfinite(scored.target + scored.mean)
    return scored.select(exists & np.isin(scored.role, roles))


def first_of_groups(rows: Rows) -> Rows:
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
