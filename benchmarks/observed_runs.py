"""Simulated clusters as they would be observed, and the emulators that are asked of them: those of `make results`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from nbody_emulator.emulators import Emulator
from nbody_emulator.inference import Observation, Posterior, PredictionTable
from nbody_emulator.inference.posteriors import OBSERVATION
from nbody_emulator.inference.prediction_table import FIRST_POINTS, alike
from nbody_emulator.quantities.coordinates import outputs_in
from nbody_emulator.storage import netcdf

LAPTOP = Path(__file__).resolve().parents[1] / "results" / "laptop"

Answer = TypeVar("Answer")


def emulator_of(family: str) -> Emulator:
    """As the experiment has fitted it, with the factor on its variances where its posteriors were judged."""
    return Emulator.load(made(LAPTOP / "emulators" / f"{family}.eqx"))


def observations(emulator: Emulator, count: int) -> list[Observation]:
    """The first usable runs that no fit has seen, the dissolved among them, with exact values."""
    runs = netcdf.read(made(LAPTOP / "dataset.nc"))
    is_one = (runs["role"].values.astype(str) == OBSERVATION) & runs["usable"].values.astype(bool)
    names = [output.name for output in outputs_in(runs)]
    columns = [names.index(output.name) for output in emulator.outputs]
    targets = runs["target"].values[is_one][:count, columns]
    if len(targets) < count:
        sys.exit(f"{LAPTOP} has {len(targets)} observed runs that are usable; ask for as many or fewer")
    return [Observation.of_run(emulator.outputs, target) for target in targets]


def made(path: Path) -> Path:
    """The path, if it is there."""
    if not path.exists():
        sys.exit(f"there is no {path}; make results makes it, in half an hour on two cores")
    return path


def by_all_points(
    table: PredictionTable, seen: Sequence[Observation], ask: Callable[[Posterior], Answer]
) -> list[Answer]:
    """What is asked of posteriors by every point of the table: what the methods are held against.

    A table itself takes no more of its points than are worth 400 draws, which tell a mean to a twentieth of a standard
    deviation.
    """
    found: dict[int, Answer] = {}
    for places in alike(seen):
        together = [seen[place] for place in places]
        likelihoods = np.concatenate([each[:, 0] for each in _by_part(table, together)])
        for place, column in zip(places, likelihoods.T, strict=True):
            found[place] = ask(Posterior.of(table.emulator.parameters, table.fractions, column))
    return [found[place] for place in range(len(seen))]


def _by_part(table: PredictionTable, seen: Sequence[Observation]) -> Iterator[np.ndarray]:
    for number in range((len(table.fractions) // FIRST_POINTS).bit_length()):
        yield table.log_likelihoods(table.part(number), seen, (table.variance_factor,))
