"""Which observation is worth making: what some of the outputs tell of the parameters, and what slopes had forecast."""

from collections.abc import Iterator
from dataclasses import astuple, fields

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.posterior_metrics import WHOLE
from nbody_emulator.evaluation.posterior_tests import (
    Posteriors,
    Quantity,
    coverage,
    posteriors_of,
    sharpness,
    uniformity,
)
from nbody_emulator.evaluation.rows import text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.evaluation.standard_errors import over_groups
from nbody_emulator.posterior_standards import REGION_LEVELS
from nbody_emulator.settings.protocol import Protocol

OBSERVATION = "observation"

KEYS = ("family", "observed", "outputs")
"""Columns that say whose posteriors they are, and what was observed."""

MIDDLE = (0.1, 0.5, 0.9)
"""Quantiles over runs: the ends of what 80 % of them show, and the median."""


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """Columns: family, observed, outputs, then those of a `Quantity`, as in the table of posteriors: coverage, curves,
    information, contraction and so on, had nothing else been observed. And

    - information_lost: by how much the truth is less likely than by the choice of the most outputs, run by run.
    - forecast_information, forecast_contraction: by slopes at the truth, a Gaussian under a Gaussian prior.
    - width_over_forecast: the posterior's standard deviation over the forecast, median and what 80 % of runs show.
    """
    dataset = sources.one("information")
    most = posteriors_of(dataset, dataset.sizes["posterior"] - 1, OBSERVATION)
    rows = [
        (dataset.attrs["family"], observed, outputs, *astuple(quantity))
        for place, (observed, outputs) in enumerate(
            zip(text_or_number(dataset["observed"]), text_or_number(dataset["outputs"]), strict=True)
        )
        for quantity in _of_observed(dataset, place, most, protocol.seed)
    ]
    return pd.DataFrame(rows, columns=[*KEYS, *(field.name for field in fields(Quantity))])


def _of_observed(dataset: xr.Dataset, place: int, most: Posteriors, seed: int) -> Iterator[Quantity]:
    posteriors = posteriors_of(dataset, place, OBSERVATION)
    yield from coverage(posteriors, REGION_LEVELS, {WHOLE: np.ones(len(posteriors), dtype=bool)}, seed)
    yield from uniformity(posteriors, seed)
    yield from sharpness(posteriors)
    lost = most.log_posterior - posteriors.log_posterior
    yield Quantity(
        "information_lost",
        value=float(lost.mean()),
        standard_error=over_groups(lost, posteriors.group),
        count=len(lost),
    )
    yield from _forecast(dataset, place, posteriors)


def _forecast(dataset: xr.Dataset, place: int, posteriors: Posteriors) -> Iterator[Quantity]:
    rows = dataset.isel(posterior=place, run=dataset["usable"].values.astype(bool))
    information = rows["forecast_information"].values
    deviation = rows["forecast_standard_deviation"].transpose("run", "parameter").values
    count = len(information)
    yield Quantity(
        "forecast_information",
        value=float(information.mean()),
        standard_error=over_groups(information, posteriors.group),
        count=count,
    )
    for column, parameter in enumerate(posteriors.parameters):
        contraction = 1.0 - 12.0 * deviation[:, column] ** 2
        ratio = posteriors.standard_deviation[:, column] / deviation[:, column]
        for name, values in {"forecast_contraction": contraction, "width_over_forecast": ratio}.items():
            low, median, high = np.quantile(values, MIDDLE)
            yield Quantity(name, parameter, value=median, band_low=low, band_high=high, count=count)
