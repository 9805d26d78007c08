"""What observing some of the outputs tells of the parameters: posteriors of known runs, had nothing else been seen."""

from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.inference.fisher import forecast
from nbody_emulator.inference.judged_file import judged_dataset
from nbody_emulator.inference.known_runs import OBSERVATION, KnownRuns
from nbody_emulator.inference.prediction_table import PredictionTable
from nbody_emulator.settings.rows import InformationSettings
from nbody_emulator.streams import generator

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.quantities.tables import Table

TITLE = "Posteriors of runs with known parameters, by what of them is observed"


def judge_information(emulator: Emulator, runs: "Table", settings: InformationSettings) -> "xr.Dataset":
    """Every number of `Judged` for every choice of observed outputs and every run, with the emulator's own factor.

    Choices of few outputs come first, then by name. Beside them `forecast_standard_deviation` and
    `forecast_information`, from the emulator's slopes at the truth.

    Args:
        runs: of the role observation; unusable ones stay as rows without numbers.

    Raises:
        ValueError: the fit has seen a run, or a run has another role.
    """
    every = KnownRuns.of(emulator, runs, (OBSERVATION,))
    table = PredictionTable.of(emulator, settings.points)
    judged, deviations, information = [], [], []
    choices = sorted(settings.observed.items(), key=lambda choice: (len(choice[1]), choice[0]))
    for name, outputs in choices:
        known = every.observed_by(outputs)
        judged.append(known.judged(table, [OBSERVATION], generator(settings.seed, "information", name)))
        found = forecast(table, known.truths, known.observations.tolist())
        deviations.append(np.where(known.usable[:, None], found.standard_deviation, np.nan))
        information.append(np.where(known.usable, found.information, np.nan))
    others = {
        "observed": (np.array([name for name, _ in choices]), "what of the runs was observed"),
        "outputs": (
            np.array([" ".join(outputs) for _, outputs in choices]),
            "names of the observed outputs",
        ),
        "forecast_standard_deviation": (
            np.stack(deviations),
            "forecast of the standard deviation, from the emulator's slopes at the truth, as a fraction of the box",
        ),
        "forecast_information": (
            np.stack(information),
            "forecast of the posterior's relative entropy to the prior [nats]",
        ),
    }
    return judged_dataset(TITLE, emulator, every, judged, others)
