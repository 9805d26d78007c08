"""Posteriors of a few observed runs beside their true parameters, as draws: to be looked at."""

import numpy as np
import pandas as pd
import xarray as xr

from nbody_emulator.evaluation.rows import text_or_number
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.quantities.coordinates import parameters_in
from nbody_emulator.quantities.tables import parameter_columns
from nbody_emulator.settings.protocol import Protocol

DRAW, TRUTH = "draw", "truth"

MINIMUM, MIDDLE, MAXIMUM = "minimum", "middle", "maximum"
"""Of the prior: the edges of the box, and what is half-way between them on the parameter's scale."""


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """Columns: family, group (of the observed run; empty of the prior), kind, parameters.

    By kind: first the prior's minimum, middle and maximum; then of each observed run the truth, and draws.
    """
    draws = sources.one("draws")
    parameters = parameters_in(draws)
    columns = list(parameter_columns(parameters))
    prior = pd.DataFrame(
        [
            [each.minimum for each in parameters],
            [float(each.from_unit_interval(np.array(0.5))) for each in parameters],
            [each.maximum for each in parameters],
        ],
        columns=columns,
    )
    parts = [prior.assign(group="", kind=[MINIMUM, MIDDLE, MAXIMUM])]
    for place, group in enumerate(text_or_number(draws["group"])):
        parts += _of_run(draws.isel(observation=place), str(group), columns)
    table = pd.concat(parts, ignore_index=True).assign(family=draws.attrs["family"])
    return table[["family", "group", "kind", *columns]]


def _of_run(draws: xr.Dataset, group: str, columns: list[str]) -> list[pd.DataFrame]:
    truth = pd.DataFrame([draws["truth"].values], columns=columns)
    every = pd.DataFrame(draws["parameter_draw"].transpose("draw", "parameter").values, columns=columns)
    return [truth.assign(group=group, kind=TRUTH), every.assign(group=group, kind=DRAW)]
