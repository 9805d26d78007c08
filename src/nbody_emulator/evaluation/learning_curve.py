"""How the error on new runs falls with the number of training runs, by family, beside the noise floor."""

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.against_noise import excess
from nbody_emulator.evaluation.estimate import mean_estimate
from nbody_emulator.evaluation.losses import negative_log_likelihood
from nbody_emulator.evaluation.pooled_noise import noise_of_same
from nbody_emulator.evaluation.rows import outputs_of, spread_of, text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.settings.protocol import Protocol


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a family, training-set size, training set and output, in that order.

    Columns: family, training_runs, training_set, output, mse, nll, noise_variance (the floor that no mean of the
    parameters alone can pass) with noise_standard_error, noise_lower and noise_upper (95 %), standard_error, lower
    and upper (of mse, over the noise set's design points; how much another training set would change it is seen in
    the scatter of the sets), excess (mse minus noise, which is known better than either, for both are of the same
    runs) and excess_standard_error. mse in squared transformed units, nll of target / spread [nats].
    """
    outputs = outputs_of(sources.all("predictions")[0])
    spreads = {output: spread_of(sources.all("predictions")[0], output) for output in outputs}
    rows = []
    for trial in (*sources.all("curves"), *map(_full_fit, sources.all("predictions"))):
        for output in outputs:
            rows += _rows(trial.sel(output=output), output, spreads[output])
    table = pd.DataFrame(rows)
    table["rank"] = table["family"].map(protocol.families.index)
    order = ["rank", "training_runs", "training_set", "output"]
    return table.sort_values(order, kind="stable", ignore_index=True).drop(columns="rank")


def _full_fit(predictions: xr.Dataset) -> xr.Dataset:
    """The curve's last point: the fit on all training runs, its predictions of the noise role as a trial of one."""
    role = text_or_number(predictions["role"])
    noise = predictions.isel(row=role == "noise")[["mean", "log_density", "target", "group"]]
    trial = noise.assign({name: noise[name].expand_dims("fit") for name in ("mean", "log_density")})
    of_fit = {"training_runs": ("fit", [int(np.sum(role == "training"))]), "training_set": ("fit", [0])}
    return trial.assign_coords(of_fit).assign_attrs(family=predictions.attrs["family"])


def _rows(trial: xr.Dataset, output: str, spread: float) -> list[dict]:
    rows = []
    for fit in range(trial.sizes["fit"]):
        fitted = trial.isel(fit=fit)
        exists = np.isfinite(trial["target"].values + fitted["mean"].values)
        target, groups = trial["target"].values[exists], text_or_number(trial["group"])[exists]
        floor = noise_of_same(target, groups)
        noise_lower, noise_upper = floor.interval
        mean, log_density = fitted["mean"].values[exists], fitted["log_density"].values[exists]
        squared = (target - mean) ** 2
        error = mean_estimate(squared, positive=True).over_groups(groups)
        above = excess(squared, floor).over_groups(groups)
        rows.append(
            {
                "family": trial.attrs["family"],
                "training_runs": int(fitted["training_runs"]),
                "training_set": int(fitted["training_set"]),
                "output": output,
                "mse": error["value"],
                "nll": negative_log_likelihood(log_density, spread).mean(),
                "noise_variance": floor.variance,
                "noise_standard_error": floor.standard_error,
                "noise_lower": noise_lower,
                "noise_upper": noise_upper,
                **{name: error[name] for name in ("standard_error", "lower", "upper")},
                "excess": above["value"],
                "excess_standard_error": above["standard_error"],
            }
        )
    return rows
