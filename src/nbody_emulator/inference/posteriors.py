"""Posteriors of many simulated runs, judged: by the emulator's own word and by others, on real runs and on its own."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.metadata import PosteriorRecord
from nbody_emulator.identity.seen_points import SEALED_ROLE
from nbody_emulator.inference.judged import Judged
from nbody_emulator.inference.judged_file import judged_dataset
from nbody_emulator.inference.known_runs import CALIBRATION, MOCK, OBSERVATION, KnownRuns
from nbody_emulator.inference.likelihoods.likelihood import AbstractLikelihood
from nbody_emulator.inference.likelihoods.register import JOINT, LIKELIHOODS
from nbody_emulator.inference.prediction_table import PredictionTable
from nbody_emulator.inference.variance_factor import VarianceFactor, fitted_factor
from nbody_emulator.posterior_standards import REGION_LEVELS
from nbody_emulator.settings.rows import PosteriorSettings
from nbody_emulator.streams import generator

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.quantities.tables import Table

TITLE = "Posteriors of runs with known parameters"


def judge_posteriors(
    emulator: Emulator, runs: "Table", settings: PosteriorSettings
) -> tuple["xr.Dataset", Emulator]:
    """Posteriors of runs that the emulator's fit has not seen, judged by what is known of them.

    Args:
        runs: of the roles calibration and observation; unusable ones stay as rows without numbers.

    Returns:
        posteriors.nc: every number of `Judged` for every posterior (a likelihood, its variances as they are or widened
        by a factor that the calibration runs set) and every run. Runs of the role mock were drawn from the emulator.
        And the emulator with the factor of its joint likelihood and what that was found to hold.

    Raises:
        ValueError: the fit has seen a run, or a run has another role.
    """
    real = KnownRuns.of(emulator, runs, (CALIBRATION, OBSERVATION))
    known = real.with_others(KnownRuns.mocks(emulator, settings.mock_runs, settings.seed))
    table = PredictionTable.of(emulator, settings.points)
    rows = [row for name in settings.likelihoods for row in _of_likelihood(name, table, known, settings.seed)]
    return _dataset(emulator, known, rows), emulator.with_posteriors(_record(rows, known))


def judge_sealed(emulator: Emulator, runs: "Table", points: int, seed: int) -> "xr.Dataset":
    """The same of sealed runs: by the joint likelihood alone, with the factor that the calibration runs have set.

    Raises:
        ValueError: the fit has seen a run, or a run has another role.
    """
    known = KnownRuns.of(emulator, runs, (SEALED_ROLE,))
    random = generator(seed, "posteriors", SEALED_ROLE)
    judged = known.judged(PredictionTable.of(emulator, points), [SEALED_ROLE], random)
    return _dataset(emulator, known, [_Row(JOINT, VarianceFactor.of(emulator), judged)])


class _Row(NamedTuple):
    """One likelihood, the factor that was set for it if any, and what its posteriors say of all n runs; NaN where not
    asked."""

    likelihood: str
    factor: VarianceFactor | None
    judged: Judged


def _of_likelihood(name: str, table: PredictionTable, known: KnownRuns, seed: int) -> Iterator[_Row]:
    likelihood: AbstractLikelihood = LIKELIHOODS.load(name)()
    is_own = name == JOINT
    as_it_is = table.under(likelihood)
    roles = [OBSERVATION, MOCK] if is_own else [OBSERVATION]
    yield _Row(name, None, known.judged(as_it_is, roles, generator(seed, "posteriors", name)))
    if likelihood.can_be_widened:
        setting = known.usable_of([CALIBRATION])
        factor = fitted_factor(as_it_is, known.truths[setting], known.observations[setting])
        roles = [OBSERVATION, CALIBRATION] if is_own else [OBSERVATION]
        widened = table.under(likelihood, factor.value)
        yield _Row(name, factor, known.judged(widened, roles, generator(seed, "posteriors", name)))


def _record(rows: Sequence[_Row], known: KnownRuns) -> PosteriorRecord:
    """Of the joint likelihood, as it is used."""
    row = next(row for row in rows if row.likelihood == JOINT and row.factor is not None)
    assert row.factor is not None
    levels = row.judged.hpd_level[known.usable_of([OBSERVATION])]
    return PosteriorRecord(
        variance_factor=row.factor.value,
        standard_error=row.factor.standard_error,
        calibration_runs=int(known.usable_of([CALIBRATION]).sum()),
        tested_runs=len(levels),
        held=tuple((level, float(np.mean(levels <= level))) for level in REGION_LEVELS),
    )


def _dataset(emulator: Emulator, known: KnownRuns, rows: Sequence[_Row]) -> "xr.Dataset":
    factors = [row.factor or VarianceFactor(1.0, 0.0) for row in rows]
    is_widened = np.array([row.factor is not None for row in rows], dtype=np.int8)
    values, errors = (np.array(column) for column in zip(*factors, strict=True))
    likelihoods = np.array([row.likelihood for row in rows])
    others = {
        "likelihood": (likelihoods, "what the outcome is taken for"),
        "is_widened": (is_widened, "1 if the calibration runs have set the factor on the variances"),
        "variance_factor": (values, "factor on the variances of the outputs"),
        "variance_factor_error": (errors, "standard error of its logarithm"),
    }
    return judged_dataset(TITLE, emulator, known, [row.judged for row in rows], others)
