"""Whole runs of predictions: what a run's outcome, its state and all of its outputs together, was charged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from nbody_emulator.evaluation.estimate import Estimate, mean_estimate
from nbody_emulator.evaluation.rows import outputs_of, spread_of, text_or_number


@dataclass(frozen=True)
class WholeRuns:
    """n usable runs as one family predicted them.

    Attributes:
        joint: (n,) the primary endpoint: -log of the probability of the state and of the joint density of the outputs
            that there are, each over its spread in the training runs, divided by the number of outputs [nats].
        state: (n,) -log of the probability of the state alone: dissolved, or which outputs there are [nats].
        energy_score: (n,) of the outputs that there are, NaN where there are none.
        fold: (n,) the fold the row was held out in, -1 outside the training role.
        group: (n,) the design point.
    """

    joint: np.ndarray
    state: np.ndarray
    energy_score: np.ndarray
    fold: np.ndarray
    group: np.ndarray

    @property
    def estimates(self) -> dict[str, tuple[Estimate, np.ndarray]]:
        """The means of all scores, and the rows (n,) that each is of."""
        found = {}
        for metric, values in {
            "joint_nll": self.joint,
            "state_nll": self.state,
            "energy_score": self.energy_score,
        }.items():
            there = np.isfinite(values) if metric == "energy_score" else np.ones(len(values), dtype=bool)
            if there.any():
                found[metric] = mean_estimate(values[there]), there
        return found


def whole_runs(predictions: xr.Dataset, unsealed: xr.Dataset, roles: Sequence[str]) -> WholeRuns:
    """The usable runs of these roles.

    Args:
        predictions: of the runs.
        unsealed: predictions with the training runs, whose spread scales each output. One without spread, or that could
            not be learned, is in no score.
    """
    outputs = outputs_of(predictions)
    spreads = np.array([spread_of(unsealed, output) for output in outputs])
    role = text_or_number(predictions["role"])
    chosen = np.isin(role, roles) & predictions["usable"].values.astype(bool)
    rows = predictions.isel(row=chosen).sel(output=outputs)
    target, mean = (rows[name].transpose("row", "output").values for name in ("target", "mean"))
    scored = np.isfinite(spreads) & np.isfinite(mean).any(axis=0)
    scales = np.where(np.isfinite(target + mean) & scored, np.log(spreads), 0.0).sum(axis=1)
    state = -rows["state_log_prob"].values
    joint = state - rows["joint_log_density"].values - scales
    energy_score = np.where(np.isfinite(target).any(axis=1), rows["energy_score"].values, np.nan)
    return WholeRuns(
        joint=joint / scored.sum() if scored.any() else np.full(len(joint), np.nan),
        state=state,
        energy_score=energy_score,
        fold=rows["fold"].values,
        group=text_or_number(rows["group"]),
    )
