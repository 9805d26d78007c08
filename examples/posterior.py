"""What posteriors of the parameters hold of simulated runs, with a likelihood built of the recommended emulator.

    python examples/posterior.py results/laptop [results/laptop/likelihood.json] [--points 4096]

The likelihood is Gaussian in the transformed outputs. Their correlation is that of the residuals of training runs, out
of fold; one factor on the covariance is the most likely one on the calibration runs. It is judged on the runs of the
replicate set, which nothing of it has seen: a region of highest posterior density (HPD) that promises 90 % should hold
the true parameters of 90 % of them. The prior is uniform in the box of the design. docs/inference.md uses what is
written here.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from scipy.optimize import minimize_scalar
from scipy.stats import qmc

from nbody_emulator import Emulator
from nbody_emulator.evaluation.rows import text_or_number
from nbody_emulator.evaluation.sources import read_sources
from nbody_emulator.evaluation.standard_errors import over_groups
from nbody_emulator.storage.files import write_text

LEVELS = (0.50, 0.68, 0.90, 0.95)
HEADLINE = 0.90
LARGEST_FACTOR = 10.0
SMALLEST_EIGENVALUE = 1e-3
"""Of the correlation, which need not be positive if it is of different runs for different pairs."""


@dataclass(frozen=True)
class Predicted:
    """Gaussians of q transformed outputs at n points: mean and standard deviation, each (n, q)."""

    mean: np.ndarray
    standard_deviation: np.ndarray


@dataclass(frozen=True)
class Runs:
    """Runs of known parameters: transformed outputs (n, q), NaN where missing, and what is predicted there."""

    observed: np.ndarray
    predicted: Predicted
    point: np.ndarray

    @property
    def z(self) -> np.ndarray:
        """Standardized residuals (n, q)."""
        return (self.observed - self.predicted.mean) / self.predicted.standard_deviation


@dataclass(frozen=True)
class LogLikelihoods:
    """Of n runs, at the truth (n,) and at m points that fill the prior (n, m), up to a constant of each run.

    `distance` is the squared distance in units of the covariance, `size` the logarithm of its determinant.
    """

    distance: np.ndarray
    size: np.ndarray
    true_distance: np.ndarray
    true_size: np.ndarray

    def at(self, factor: float) -> tuple[np.ndarray, np.ndarray]:
        """Those at the points and at the truth, with all covariances multiplied by `factor`."""
        points, truth = (self.distance, self.size), (self.true_distance, self.true_size)
        return tuple(-0.5 * (distance / factor + size) for distance, size in (points, truth))


def correlation_of(z: np.ndarray) -> np.ndarray:
    """The correlation (q, q) of standardized residuals (n, q), each pair's from the runs that have both."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.ma.corrcoef(np.ma.masked_invalid(z), rowvar=False, allow_masked=True).filled(0.0)
    values, vectors = np.linalg.eigh(np.where(np.eye(len(found), dtype=bool), 1.0, np.nan_to_num(found)))
    positive = (vectors * np.maximum(values, SMALLEST_EIGENVALUE)) @ vectors.T
    scale = np.sqrt(np.diag(positive))
    return positive / np.outer(scale, scale)


def log_likelihoods(runs: Runs, at_points: Predicted, correlation: np.ndarray) -> LogLikelihoods:
    """Every run's, what it lacks left out."""
    parts = [_of_one(runs, number, at_points, correlation) for number in range(len(runs.observed))]
    return LogLikelihoods(*(np.stack(part) for part in zip(*parts, strict=True)))


def fitted_factor(likelihoods: LogLikelihoods) -> float:
    """The factor on the covariance with the largest mean log posterior density at the truth."""

    def loss(log_factor: float) -> float:
        points, truth = likelihoods.at(np.exp(log_factor))
        return float(np.mean(np.logaddexp.reduce(points, axis=1) - truth))

    reach = np.log(LARGEST_FACTOR)
    return float(np.exp(minimize_scalar(loss, bounds=(-reach, reach), method="bounded").x))


def hpd_levels(likelihoods: LogLikelihoods, factor: float) -> np.ndarray:
    """Posterior mass of the smallest region that holds the truth, (n,): uniform if posteriors are right."""
    points, truth = likelihoods.at(factor)
    weights = np.exp(points - np.logaddexp.reduce(points, axis=1, keepdims=True))
    return np.sum(weights * (points > truth[:, None]), axis=1)


def held(levels: np.ndarray, point: np.ndarray) -> dict[str, dict[str, float]]:
    """The share of runs in the regions of each of LEVELS; only design points are independent."""
    return {
        f"{level:.2f}": {
            "value": float(np.mean(levels <= level)),
            "standard_error": over_groups((levels <= level).astype(float), point),
        }
        for level in LEVELS
    }


def prior_points(emulator: Emulator, count: int) -> Predicted:
    """Predictions at `count` (a power of two) Sobol points of the box, uniform on each parameter's scale."""
    unit = qmc.Sobol(len(emulator.parameters), seed=0).random(count)
    columns = zip(emulator.parameters, unit.T, strict=True)
    prediction = emulator.predict({each.name: each.from_unit_interval(column) for each, column in columns})
    return Predicted(prediction.mean, prediction.standard_deviation)


def runs_of(predictions: xr.Dataset, outputs: Sequence[str], role: str) -> Runs:
    """The usable runs of one role that have any of the outputs."""
    chosen = predictions.sel(output=list(outputs))
    observed = chosen["target"].values
    used = (text_or_number(chosen["role"]) == role) & chosen["usable"].values.astype(bool)
    used &= np.isfinite(observed).any(axis=1)
    predicted = Predicted(chosen["mean"].values[used], np.sqrt(chosen["variance"].values[used]))
    return Runs(observed[used], predicted, text_or_number(chosen["group"])[used])


def likelihood_of(folder: Path, count: int) -> dict[str, Any]:
    """What likelihood.json says of the experiment in `folder`, by sums over `count` points.

    Raises:
        ValueError: no family is recommended, or a role has no runs.
    """
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    family = metrics["recommended"]["family"]
    every = read_sources(predictions=str(folder / "predictions.nc")).all("predictions")
    predictions = next((each for each in every if each.attrs["family"] == family), None)
    if predictions is None:
        raise ValueError(f"{folder}: no family is recommended, so that there is no likelihood to build")
    emulator = Emulator.load(folder / f"emulators/{family}.eqx")
    outputs = [output.name for output in emulator.outputs]
    training, calibration, replicates = (
        runs_of(predictions, outputs, role) for role in ("training", "calibration", "noise")
    )
    if not (len(calibration.observed) and len(replicates.observed)):
        raise ValueError(
            f"{folder}: a calibration set and a replicate set are needed, and one has no usable run"
        )
    correlation, independent = correlation_of(training.z), np.eye(len(outputs))
    points = prior_points(emulator, count)
    factor = fitted_factor(log_likelihoods(calibration, points, correlation))
    correlated, alone = (log_likelihoods(replicates, points, matrix) for matrix in (correlation, independent))
    levels = {
        "independent": hpd_levels(alone, 1.0),
        "correlated": hpd_levels(correlated, 1.0),
        "correlated_with_factor": hpd_levels(correlated, factor),
    }
    shares = {name: held(each, replicates.point) for name, each in levels.items()}
    return {
        "experiment": metrics["experiment"],
        "family": family,
        "outputs": outputs,
        "correlation": correlation.tolist(),
        "factor": factor,
        "points": count,
        "runs": {"calibration": len(calibration.observed), "noise": len(replicates.observed)},
        "held": shares,
        "sentence": _sentence(shares, factor, len(replicates.observed)),
    }


def table_of(likelihood: dict[str, Any]) -> str:
    """What the regions of each likelihood held, as a table of text."""
    lines = [f"{'regions hold [%]':24}" + "".join(f"{level:>14.0%}" for level in LEVELS)]
    for name, shares in likelihood["held"].items():
        cells = [_percent(each, 1) for each in shares.values()]
        lines.append(f"{name.replace('_', ' '):24}" + "".join(f"{cell:>14}" for cell in cells))
    return "\n".join(lines)


def _of_one(runs, number, at_points, correlation):
    """`LogLikelihoods` of one run: distance and size at the points (m,), and at the truth."""
    present = np.flatnonzero(np.isfinite(runs.observed[number]))
    observed, matrix = runs.observed[number, present], correlation[np.ix_(present, present)]
    triangle = np.linalg.cholesky(matrix)
    answers = []
    for mean, deviation in (
        (at_points.mean, at_points.standard_deviation),
        (runs.predicted.mean[[number]], runs.predicted.standard_deviation[[number]]),
    ):
        z = (observed - mean[:, present]) / deviation[:, present]
        answers.append(np.sum(np.linalg.solve(triangle, z.T) ** 2, axis=0))
        answers.append(2 * np.sum(np.log(deviation[:, present]), axis=1))
    distance, size, (true_distance,), (true_size,) = answers
    return distance, size, true_distance, true_size


def _percent(share, digits):
    """With its standard error, which the scatter of points cannot give where all or none are held."""
    error = f" ± {100 * share['standard_error']:.{digits}f}" if 0 < share["value"] < 1 else ""
    return f"{100 * share['value']:.{digits}f}{error}"


def _sentence(shares, factor, count):
    """What was held, in words."""
    at_headline = (shares[name][f"{HEADLINE:.2f}"] for name in ("correlated_with_factor", "independent"))
    correlated, independent = (f"{_percent(each, 0)} %" for each in at_headline)
    return (
        f"The {HEADLINE:.0%} posterior regions of the parameters hold {correlated} of {count} simulated runs where the "
        f"likelihood has the correlation of the outputs and one fitted factor ({factor:.2f}) on their covariance, and "
        f"{independent} where outputs count as independent."
    )


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        description="What posteriors hold of simulated runs; see docs/inference.md."
    )
    parser.add_argument("folder", type=Path, help="of an experiment's results, after make results")
    parser.add_argument(
        "file", type=Path, nargs="?", help="to write; likelihood.json in that folder if not given"
    )
    parser.add_argument("--points", type=int, default=4096, help="that fill the prior, a power of two")
    given = parser.parse_args(arguments)
    try:
        likelihood = likelihood_of(given.folder, given.points)
    except (OSError, ValueError) as error:
        sys.exit(f"{error}")
    print(f"{table_of(likelihood)}\n{likelihood['sentence']}")
    write_text(given.file or given.folder / "likelihood.json", json.dumps(likelihood, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
