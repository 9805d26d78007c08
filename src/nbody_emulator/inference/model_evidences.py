"""Which model: evidences of simulated runs of several models, under every one of them.

Models differ in what the parameters do not name, such as the density profile. Each has an emulator; the evidence of a
run under it is the mean of the emulator's joint likelihood over the box, its variances widened by the factor that the
calibration runs have set, as its posteriors are.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.identity.seen_points import SEALED_ROLE, fingerprints
from nbody_emulator.inference.evidences.table import relative_error
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.prediction_table import PredictionTable
from nbody_emulator.quantities.coordinates import parameter_coordinates
from nbody_emulator.quantities.tables import read_table
from nbody_emulator.settings.evidence import EvidenceSettings

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.quantities.tables import Table

OBSERVATION = "observation"
"""Role of the runs whose model is asked for."""


def read_each(paths: Sequence[str | Path], settings: EvidenceSettings) -> dict[str, "Table"]:
    """The runs of each model by its name, from its summaries: those of the first model, then those of the others."""
    of_one = len(settings.sources)
    return {
        name: read_table(paths[place * of_one : (place + 1) * of_one], settings)
        for place, name in enumerate(settings.models)
    }


def evidences_of_runs(
    emulators: Mapping[str, Emulator], runs: Mapping[str, "Table"], points: int
) -> "xr.Dataset":
    """Evidences of n runs, those of one model after those of another, under each of m models.

    Args:
        emulators: of each model, by its name.
        runs: of each model, of the role observation; unusable ones stay as rows without numbers.
        points: that evidences are summed over at most.

    Returns:
        evidences.nc: `log_evidence` (run, model) [nats], densities in the outputs' own units, and its standard error;
        of which model each run is, and where it comes from.

    Raises:
        ValueError: a fit has seen a run, a run has another role, or models have other parameters or outputs.
    """
    import xarray as xr

    first = next(iter(emulators.values()))
    for name, table in runs.items():
        _refuse(name, emulators, table)
    found = [_under(emulator, list(runs.values()), points) for emulator in emulators.values()]
    log_evidences, errors = (np.stack(column, axis=1) for column in zip(*found, strict=True))

    def of_runs(name: str) -> np.ndarray:
        return np.concatenate([getattr(table, name) for table in runs.values()])

    own = np.repeat(list(runs), [len(table) for table in runs.values()])
    coordinates = parameter_coordinates(first.parameters)
    coordinates["model"] = ("model", list(emulators), {"long_name": "model under which the evidence is"})
    variables = {
        "log_evidence": _described(
            ("run", "model"),
            log_evidences,
            "logarithm of the evidence of the run's outputs, in their own units [nats]",
        ),
        "log_evidence_error": _described(
            ("run", "model"), errors, "standard error of that, of as many points as were asked"
        ),
        "true_model": _described("run", own, "model of which the run is"),
        "input": (
            ("run", "parameter"),
            of_runs("inputs"),
            {"long_name": "parameters", "units_by": "parameter_units"},
        ),
        "role": _described("run", of_runs("role").astype(str), "what the run is for"),
        "group": _described("run", of_runs("groups").astype(str), "design point as stream/block/point"),
        "usable": _described("run", of_runs("usable").astype(np.int8), "1 if the run passed its audit"),
    }
    attributes = {"title": "Evidences of runs of known models", "family": first.metadata.family}
    return xr.Dataset(variables, coordinates, attrs=attributes)


def _under(emulator: Emulator, runs: Sequence["Table"], points: int) -> tuple[np.ndarray, np.ndarray]:
    """Log evidences (n,) of all runs under one model, and their standard errors; NaN of unusable ones."""
    usable = np.concatenate([table.usable for table in runs])
    targets = np.concatenate([table.targets for table in runs])[usable]
    observations = [Observation.of_run(emulator.outputs, each) for each in targets]
    values, errors = np.full(len(usable), np.nan), np.full(len(usable), np.nan)
    asked = PredictionTable.of(emulator, points).posteriors(observations)
    pairs = [(each.log_evidence, relative_error(each.log_likelihoods)) for each in asked]
    values[usable], errors[usable] = np.transpose(pairs)
    return values, errors


def _refuse(model: str, emulators: Mapping[str, Emulator], runs: "Table") -> None:
    others = runs.role != OBSERVATION
    if others.any():
        sealed = " it belongs to the evaluation alone" if SEALED_ROLE in runs.role else ""
        raise ValueError(
            f"models are compared on the role {OBSERVATION}, not on the {runs.role[others][0]} run "
            f"{runs.groups[others][0]} of {model};{sealed} hand in runs that set and taught nothing"
        )
    marks = fingerprints(runs.groups, runs.inputs)
    for name, emulator in emulators.items():
        seen = emulator.metadata.seen.common(marks)
        if seen:
            raise ValueError(
                f"models are compared on runs that no fit has seen, and that of {name} saw {seen[0]}; draw them from a "
                "stream of their own"
            )
        if (emulator.parameters, emulator.outputs) != (runs.parameters, runs.outputs):
            raise ValueError(
                f"the emulator of {name} has other parameters or outputs than the runs of {model}; fit all of one "
                "experiment"
            )


def _described(dimensions, values, long_name):
    units = {} if np.asarray(values).dtype.kind in "OU" else {"units": "1"}
    return dimensions, values, {"long_name": long_name, **units}
