"""Whole runs of predictions: what a run's outcome, its state and all of its outputs together, was charged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from nbody_emulator.evaluation.estimate import Estimate, mean_estimate
from nbody_emulator.evaluation.losses import coverage_name
from nbody_emulator.evaluation.rows import outputs_of, spread_of, text_or_number
from nbody_emulator.evaluation.standard_normal import log_density
from nbody_emulator.identity.seen_points import TRAINING_ROLE


@dataclass(frozen=True)
class WholeRuns:
    """n usable runs as one family predicted them.

    Attributes:
        joint: (n,) the primary endpoint: -log of the probability of the state and of the joint density of the outputs
            that there are, each over its spread in the training runs, divided by the number of outputs [nats].
        normals: (n,) the same if the outputs were independent normals of the predicted means and variances: what is
            above `joint` is what the shapes and the correlations are worth.
        state: (n,) -log of the probability of the state alone: dissolved, or which outputs there are [nats].
        energy_score: (n,) of the outputs that there are, NaN where there are none.
        hpd_level: (n,) probability of the smallest joint region of highest density that holds them; NaN where there are
            none.
        fold: (n,) the fold the row was held out in, -1 outside the training role.
        group: (n,) the design point.
    """

    joint: np.ndarray
    normals: np.ndarray
    state: np.ndarray
    energy_score: np.ndarray
    hpd_level: np.ndarray
    fold: np.ndarray
    group: np.ndarray

    def estimates(self, levels: Sequence[float]) -> dict[str, tuple[Estimate, np.ndarray]]:
        """The means of all scores, and the rows (n,) that each is of; `region_90`: what regions of 90 % hold."""
        held = {
            region_name(level): np.where(np.isnan(self.hpd_level), np.nan, self.hpd_level <= level)
            for level in levels
        }
        every = {
            "joint_nll": self.joint,
            "gain_over_normals": self.normals - self.joint,
            "state_nll": self.state,
            "energy_score": self.energy_score,
            **held,
        }
        # An infinite loss counts: who was sure and wrong has lost infinitely much.
        there = {metric: ~np.isnan(values) for metric, values in every.items()}
        return {
            metric: (mean_estimate(values[there[metric]]), there[metric])
            for metric, values in every.items()
            if there[metric].any()
        }


def judging_role(predictions: xr.Dataset) -> str:
    """The role of the runs that judge trials: replicates of points, or, where there are none, calibration runs."""
    return "noise" if "noise" in text_or_number(predictions["role"]) else "calibration"


def whole_runs_of_trial(trial: xr.Dataset, predictions: xr.Dataset) -> WholeRuns:
    """The usable runs that judge trials, as one fit of a trial predicted them.

    Args:
        trial: of one fit, at these runs.
        predictions: of the same family, whose rows of that role are these runs and say which are usable.

    Raises:
        ValueError: the runs are not the same.
    """
    judging = judging_role(predictions)
    noise = predictions.isel(row=text_or_number(predictions["role"]) == judging)
    if not all(
        np.array_equal(text_or_number(trial[name]), text_or_number(noise[name]))
        for name in ("group", "replicate")
    ):
        raise ValueError(
            f"the noise runs of a trial of {trial.attrs['family']} are not those of the predictions"
        )
    which = noise[["role", "usable", "fold"]].reset_coords(drop=True)
    return whole_runs(trial.drop_vars(list(which), errors="ignore").assign(which), predictions, [judging])


def noise_trial(predictions: xr.Dataset) -> xr.Dataset:
    """What the fit on all training runs says of the runs that judge trials, as a trial of one fit."""
    role = text_or_number(predictions["role"])
    of_fit = {"training_runs": ("fit", [int(np.sum(role == TRAINING_ROLE))]), "training_set": ("fit", [0])}
    return predictions.isel(row=role == judging_role(predictions)).expand_dims("fit").assign_coords(of_fit)


def single_fits(trial: xr.Dataset) -> list[xr.Dataset]:
    """The fits of a trial one by one."""
    return [trial.isel(fit=number) for number in range(trial.sizes["fit"])]


def region_name(level: float) -> str:
    """The metric's name: `region_90` for what joint regions of 90 % hold."""
    return coverage_name(level).replace("coverage", "region", 1)


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
    target, mean, variance = (
        rows[name].transpose("row", "output").values for name in ("target", "mean", "variance")
    )
    scored = np.isfinite(spreads) & np.isfinite(mean).any(axis=0)
    counted = np.isfinite(target + mean) & scored
    scales = np.where(counted, np.log(spreads), 0.0).sum(axis=1)
    deviation = np.where(counted, np.sqrt(variance), 1.0)
    each = log_density(np.where(counted, target - mean, 0.0) / deviation) - np.log(deviation)
    normals = np.where(counted, each, 0.0).sum(axis=1)
    state = -rows["state_log_prob"].values
    survived = np.isfinite(target).any(axis=1)

    def charged(outputs: np.ndarray) -> np.ndarray:
        whole = state - outputs - scales
        return whole / scored.sum() if scored.any() else np.full(len(whole), np.nan)

    return WholeRuns(
        joint=charged(rows["joint_log_density"].values),
        normals=charged(normals),
        state=state,
        energy_score=np.where(survived, rows["energy_score"].values, np.nan),
        hpd_level=np.where(survived, rows["hpd_level"].values, np.nan),
        fold=rows["fold"].values,
        group=text_or_number(rows["group"]),
    )
