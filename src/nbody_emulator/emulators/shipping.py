"""A fitted emulator made ready to come with the package: the same fit, with its scores and distances to its training
runs."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbody_emulator.emulators.applicability import Applicability
from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.scores import Scores
from nbody_emulator.identity.seen_points import TRAINING_ROLE

CALIBRATION_ROLE = "calibration"
"""Of the runs that say how far is too far."""


def prepared(file: Path, dataset: Path, metrics: Mapping[str, Any], evaluation: Mapping[str, Any]) -> bytes:
    """The file that is shipped of the one that an experiment made.

    Args:
        file: the emulator of one family.
        dataset: runs of the experiment, those of both roles among them.
        metrics, evaluation: what is published of it.
    """
    from nbody_emulator.quantities.coordinates import parameters_in
    from nbody_emulator.storage import netcdf

    emulator, runs = Emulator.load(file), netcdf.read(dataset)
    names = [parameter.name for parameter in parameters_in(runs)]
    inputs = runs["parameter_values"].sel(parameter=names).transpose("run", "parameter").values
    usable, role = runs["usable"].values.astype(bool), runs["role"].values.astype(str)
    training, calibration = (inputs[usable & (role == each)] for each in (TRAINING_ROLE, CALIBRATION_ROLE))
    return replace(
        emulator,
        applicability=Applicability.of(emulator, training, calibration),
        scores=Scores.published(metrics, evaluation, emulator.metadata.family),
    ).content


def as_fitted(emulator: Emulator) -> Emulator:
    """The emulator as the experiment made it, without what was added to ship it."""
    return replace(emulator, applicability=None, scores=None)
