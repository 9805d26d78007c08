"""Predicted against true, run by run, out of fold, in transformed and in experiment units."""

import numpy as np
import pandas as pd

from nbody_emulator.evaluation.parameter_columns import row_parameters
from nbody_emulator.evaluation.rows import by_family, outputs_of, text_or_number
from nbody_emulator.evaluation.softening import softening_length
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.quantities.coordinates import outputs_in
from nbody_emulator.settings.protocol import Protocol


def make(sources: Sources, protocol: Protocol) -> pd.DataFrame:
    """One row a family, output and training run whose output exists and could be learned.

    Columns: family, output, group, target, prediction, standard_deviation, z (transformed units), unit, true_value,
    predicted_value (in that unit; the transform's inverse of the predicted mean: a median), lower_value, upper_value
    (those of one standard deviation below and above it), softening (in that unit; missing where it is no length, or
    where there is not one softening), parameters.
    """
    tables = []
    for family, predictions in by_family(sources.all("predictions"), protocol.families).items():
        training = predictions.isel(row=text_or_number(predictions["role"]) == "training")
        inputs = row_parameters(training)
        inverse_of = {output.name: output.inverse for output in outputs_in(training)}
        for output in outputs_of(training):
            inverse = inverse_of[output]
            at_output = training.sel(output=output)
            mean, target = at_output["mean"].values, at_output["target"].values
            unit = str(at_output["output_units"].values)
            deviation = np.sqrt(at_output["variance"].values)
            table = pd.DataFrame(
                {
                    "family": family,
                    "output": output,
                    "group": text_or_number(training["group"]),
                    "target": target,
                    "prediction": mean,
                    "standard_deviation": deviation,
                    "z": at_output["normal_score"].values,
                    "unit": unit,
                    "true_value": inverse(target),
                    "predicted_value": inverse(mean),
                    "lower_value": inverse(mean - deviation),
                    "upper_value": inverse(mean + deviation),
                    "softening": softening_length(training, unit),
                }
            )
            exists = training["usable"].values.astype(bool) & np.isfinite(target + mean)
            tables.append(pd.concat([table, inputs], axis=1)[exists])
    return pd.concat(tables, ignore_index=True)
