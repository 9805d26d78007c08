"""The noise taken apart: chaos, what is seen of the drawn stars at the start, and the rest of their draw.

What is seen are the statistics of the first snapshot. How far they tell runs of one design point from each other is
asked by a line whose slopes hold for the whole box and are fitted without the point that is judged: statistics that
tell nothing therefore explain a negative share, which is shown so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.estimate import with_interval
from nbody_emulator.evaluation.noise import NONE, NoiseRuns, of_role
from nbody_emulator.evaluation.pooled_noise import PooledNoise, pooled_noise, share_of
from nbody_emulator.evaluation.rows import outputs_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import freedom_of_moves, freedom_of_sum, root_of_moves
from nbody_emulator.settings.protocol import Protocol

CLOCK = "age"
"""The one variable by run and time that is no statistic."""

LEAST_FREEDOM = 5
"""Runs beyond the first of each point that a line asks for each of its slopes; with fewer it learns them by heart."""

STILL = 1e-9
"""Deviations within points that are all smaller tell no run from another."""

NO_REPEATS = "no set has the role repeat"
NO_FEATURES = "no statistic of the first snapshot exists in every run"
TOO_FEW_RUNS = "too few runs to fit a line"


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row an output and part of the variance between runs of one design point, averaged over the box.

    Columns: output; part: "noise" (all of it, of the set of the role noise), "chaos" (of the set of the role repeat),
    "seen" (what a line in the statistics of the first snapshot explains, out of point), "rest" (the noise less both;
    neither is clipped); variance, standard_error, lower, upper (95 %), in squared transformed units; share with its
    own, of the noise; features, the statistics' names; runs and points that have the output; not_measured: why a part
    has no number, empty where it has one.

    Errors are over design points; those of numbers from two sets add in squares. A share and what is seen are of the
    same runs as the noise, and their errors know it. They do not know that the lines of two points have all other
    points in common.
    """
    del protocol
    dataset = sources.one("dataset")
    noise, repeated = of_role(dataset, "noise"), NoiseRuns.of(dataset, "repeat")
    features = _features(noise)
    rows: list[dict] = []
    for output in outputs_of(dataset):
        chaos = repeated.pooled(output, repeated.halves["all"])
        rows += _of_output(output, noise, features, chaos)
    table = pd.DataFrame(rows)
    told = ["features", "runs", "points", "not_measured"]
    return table[["output", "part", *table.columns.drop(["output", "part", *told]), *told]]


def _features(runs: xr.Dataset) -> pd.DataFrame:
    """Statistics at the start that exist in all `runs`, a column each; in logarithms where they have one.

    Without the logarithm a point of large clusters would outweigh all others.
    """
    if "time" not in runs.dims or runs["time"].values[0] != 0.0:
        return pd.DataFrame(index=range(runs.sizes["run"]))
    kept = [name for name in runs.data_vars if runs[name].dims == ("run", "time") and name != CLOCK]
    found = {name: runs[name].isel(time=0).values.astype(float) for name in kept}
    return pd.DataFrame(
        {
            name: np.log(values) if values.min() > 0 else values
            for name, values in found.items()
            if np.isfinite(values).all()
        },
        index=range(runs.sizes["run"]),
    )


@dataclass(frozen=True)
class _Line:
    """What J design points say of the noise and of what a line leaves of it.

    Attributes:
        noise, left: variances.
        moves_of_noise, moves_of_left: (J,) how far each point moves them.
    """

    noise: float
    left: float
    moves_of_noise: np.ndarray
    moves_of_left: np.ndarray

    @classmethod
    def of(cls, deviations: np.ndarray, residuals: np.ndarray, points: np.ndarray) -> "_Line":
        """Of deviations from the mean of each run's point (n,), and what is left of them."""
        freedom = np.bincount(points) - 1
        squares = np.stack([np.bincount(points, each**2) for each in (deviations, residuals)])
        squares, freedom = squares[:, freedom > 0], freedom[freedom > 0]
        noise, left = squares.sum(axis=1) / freedom.sum()
        moves = (squares - freedom * np.array([[noise], [left]])) / freedom.sum()
        return cls(float(noise), float(left), *moves)

    def seen(self) -> dict[str, float]:
        """What the line explains, with its share of the noise."""
        seen, moves = self.noise - self.left, self.moves_of_noise - self.moves_of_left
        share = seen / self.noise
        of_share = (moves - share * self.moves_of_noise) / self.noise
        return _numbers(_with_error(seen, moves), _with_error(share, of_share))

    def rest(self, chaos: PooledNoise) -> dict[str, float]:
        """What neither the line nor chaos, from other runs, explains."""
        rest = self.left - chaos.variance
        share = rest / self.noise
        of_share = (self.moves_of_left - share * self.moves_of_noise) / self.noise
        other, freedom = chaos.standard_error, chaos.error_freedom
        return _numbers(
            _with_error(rest, self.moves_of_left, other, freedom),
            _with_error(share, of_share, other / self.noise, freedom),
        )


def _of_output(
    output: str, runs: xr.Dataset, features: pd.DataFrame, chaos: PooledNoise
) -> Iterator[dict[str, Any]]:
    target = runs["target"].sel(output=output).values
    exists = np.isfinite(target)
    groups = text_or_number(runs["group"])[exists]
    noise, points = pooled_noise(target[exists], groups), pd.factorize(groups)[0]
    within = _within(features[exists].to_numpy(), points)
    tell = np.abs(within).max(axis=0, initial=0.0) > STILL
    counts = {"runs": int(exists.sum()), "points": len(np.unique(points))}
    known = {"output": output, "features": " ".join(features.columns[tell]), **counts}
    line = _line(_within(target[exists], points), within[:, tell], points)

    lower, upper = noise.interval
    of_noise = {
        "value": noise.variance,
        "standard_error": noise.standard_error,
        "lower": lower,
        "upper": upper,
    }
    yield known | {"part": "noise"} | _numbers(of_noise, NONE | {"value": 1.0})
    yield (
        known
        | {"part": "chaos"}
        | (_of_chaos(chaos, noise) if chaos.degrees_of_freedom else _none(NO_REPEATS))
    )
    if isinstance(line, str):
        yield known | {"part": "seen"} | _none(line)
        yield known | {"part": "rest"} | _none(line)
        return
    yield known | {"part": "seen"} | line.seen()
    yield known | {"part": "rest"} | (line.rest(chaos) if chaos.degrees_of_freedom else _none(NO_REPEATS))


def _within(values: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Deviations of `values` (n, ...) from the mean of each one's point."""
    return values - pd.DataFrame(values).groupby(points).transform("mean").to_numpy().reshape(values.shape)


def _line(deviations: np.ndarray, features: np.ndarray, points: np.ndarray) -> _Line | str:
    """The line through deviations (n,) by those of the `features` (n, k), judged out of point; or why there is none."""
    if not features.shape[1]:
        return NO_FEATURES
    replicates = np.bincount(points)
    if len(points) - len(replicates) - replicates.max() < LEAST_FREEDOM * features.shape[1]:
        return TOO_FEW_RUNS
    if not np.any(np.abs(deviations) > STILL):
        return "the output does not vary"
    scaled = features / features.std(axis=0)
    residuals = deviations.copy()
    for point in range(len(replicates)):
        here = points == point
        slopes = np.linalg.lstsq(scaled[~here], deviations[~here], rcond=STILL)[0]
        residuals[here] -= scaled[here] @ slopes
    return _Line.of(deviations, residuals, points)


def _of_chaos(chaos: PooledNoise, noise: PooledNoise) -> dict[str, Any]:
    lower, upper = chaos.interval
    found = {"value": chaos.variance, "standard_error": chaos.standard_error, "lower": lower, "upper": upper}
    return _numbers(found, share_of(chaos, noise))


def _with_error(
    value: float, moves: np.ndarray, other_error: float = 0.0, other_freedom: float = np.inf
) -> dict[str, float]:
    """A number that may be negative, with the errors of these points and of other runs."""
    errors = np.array([root_of_moves(moves), other_error])
    freedom = freedom_of_sum(errors, np.array([freedom_of_moves(moves), other_freedom]))
    return with_interval(float(value), float(np.hypot(*errors)), freedom, positive=False)


def _numbers(
    variance: Mapping[str, float], share: Mapping[str, float], not_measured: str = ""
) -> dict[str, Any]:
    """The columns of a part."""
    found: dict[str, Any] = {
        ("variance" if name == "value" else name): each for name, each in variance.items()
    }
    found |= {("share" if name == "value" else f"share_{name}"): each for name, each in share.items()}
    return found | {"not_measured": not_measured}


def _none(why: str) -> dict[str, Any]:
    return _numbers(NONE, NONE, why)
