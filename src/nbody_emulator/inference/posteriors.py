"""Posteriors of many simulated runs, judged: by the emulator's own word and by others, on real runs and on its own."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nbody_emulator.emulators.emulator import Emulator, PosteriorRecord
from nbody_emulator.identity.seen_points import SEALED_ROLE, fingerprints
from nbody_emulator.inference.judged import Judged, judged
from nbody_emulator.inference.likelihoods.likelihood import AbstractLikelihood
from nbody_emulator.inference.likelihoods.register import JOINT, LIKELIHOODS
from nbody_emulator.inference.mock_runs import mock_runs
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.prediction_table import PredictionTable, thetas
from nbody_emulator.inference.variance_factor import VarianceFactor, fitted_factor
from nbody_emulator.quantities.coordinates import parameter_coordinates
from nbody_emulator.settings.rows import PosteriorSettings
from nbody_emulator.streams import generator

if TYPE_CHECKING:
    import xarray as xr

    from nbody_emulator.quantities.tables import Table

CALIBRATION, OBSERVATION, MOCK = "calibration", "observation", "mock"
"""Roles of runs: those that set the factor, those that judge, those that the emulator itself made."""

LEVELS = (0.50, 0.68, 0.90, 0.95)
"""Of the regions whose shares an emulator keeps."""

LONG_NAMES = {
    "hpd_level": "mass of the smallest posterior region that holds the true parameters; uniform if right",
    "log_posterior": "logarithm of the posterior density over the prior's, at the true parameters [nats]",
    "rank": "posterior probability below the true parameter; uniform if right",
    "mean": "posterior mean, as a fraction of the box on the parameter's scale",
    "standard_deviation": "posterior standard deviation, as a fraction of the box on the parameter's scale",
    "random_distance": "posterior probability nearer to a random point than the truth is; uniform if right",
    "distance": "posterior probability nearer to the posterior's mean than the truth is; uniform if right",
    "log_evidence": "logarithm of the evidence of the run's outputs, in their own units [nats]",
    "effective_size": "independent draws that the points of the posterior were worth",
}


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
    _refuse_roles(runs, (CALIBRATION, OBSERVATION))
    _refuse_seen(emulator, runs)
    real, mocks = _of_table(emulator, runs), _mocks(emulator, settings.mock_runs, settings.seed)
    known = _Known(*(np.concatenate(pair) for pair in zip(real, mocks, strict=True)))
    table = PredictionTable.of(emulator, settings.points)
    rows = [row for name in settings.likelihoods for row in _of_likelihood(name, table, known, settings.seed)]
    return _dataset(emulator, known, rows), emulator.with_posteriors(_record(rows, known))


def judge_sealed(emulator: Emulator, runs: "Table", points: int, seed: int) -> "xr.Dataset":
    """The same of sealed runs: by the joint likelihood alone, with the factor that the calibration runs have set.

    Raises:
        ValueError: the fit has seen a run, or a run has another role.
    """
    _refuse_roles(runs, (SEALED_ROLE,))
    _refuse_seen(emulator, runs)
    known = _of_table(emulator, runs)
    random = generator(seed, "posteriors", SEALED_ROLE)
    judged = _judged_of(PredictionTable.of(emulator, points), known, [SEALED_ROLE], random)
    return _dataset(emulator, known, [_Row(JOINT, VarianceFactor.of(emulator), judged)])


class _Known(NamedTuple):
    """n runs with all that is known of them, as arrays of n rows.

    Attributes:
        inputs: (n, d) parameters.
        truths: (n, d) the same as fractions of the box.
    """

    inputs: np.ndarray
    truths: np.ndarray
    observations: np.ndarray
    role: np.ndarray
    group: np.ndarray
    usable: np.ndarray

    def usable_of(self, roles: Sequence[str]) -> np.ndarray:
        """(n,) True for the runs that can be judged."""
        return np.isin(self.role, roles) & self.usable


class _Row(NamedTuple):
    """One likelihood, the factor that was set for it if any, and what its posteriors say of all n runs; NaN where not
    asked."""

    likelihood: str
    factor: VarianceFactor | None
    judged: Judged


def _of_table(emulator: Emulator, runs: "Table") -> _Known:
    columns = zip(emulator.parameters, runs.inputs.T, strict=True)
    names = [output.name for output in runs.outputs]
    targets = runs.targets[:, [names.index(output.name) for output in emulator.outputs]]
    return _Known(
        inputs=runs.inputs,
        truths=np.stack([each.to_unit_interval(column) for each, column in columns], axis=1),
        observations=_as_array([Observation.of_run(emulator.outputs, each) for each in targets]),
        role=runs.role,
        group=runs.groups,
        usable=runs.usable,
    )


def _mocks(emulator: Emulator, count: int, seed: int) -> _Known:
    truths, mocks = mock_runs(emulator, count, seed)
    return _Known(
        inputs=thetas(emulator.parameters, truths),
        truths=truths,
        observations=_as_array(mocks),
        role=np.full(count, MOCK),
        group=np.array([f"{MOCK}/0/{number}" for number in range(count)]),
        usable=np.ones(count, dtype=bool),
    )


def _as_array(observations: Sequence[Observation]) -> np.ndarray:
    array = np.empty(len(observations), dtype=object)
    array[:] = observations
    return array


def _of_likelihood(name: str, table: PredictionTable, known: _Known, seed: int) -> Iterator[_Row]:
    likelihood: AbstractLikelihood = LIKELIHOODS.load(name)()
    is_own = name == JOINT
    as_it_is = table.under(likelihood)
    roles = [OBSERVATION, MOCK] if is_own else [OBSERVATION]
    yield _Row(name, None, _judged_of(as_it_is, known, roles, generator(seed, "posteriors", name)))
    if likelihood.can_be_widened:
        setting = known.usable_of([CALIBRATION])
        factor = fitted_factor(as_it_is, known.truths[setting], known.observations[setting])
        roles = [OBSERVATION, CALIBRATION] if is_own else [OBSERVATION]
        widened = table.under(likelihood, factor.value)
        yield _Row(name, factor, _judged_of(widened, known, roles, generator(seed, "posteriors", name)))


def _judged_of(
    table: PredictionTable, known: _Known, roles: Sequence[str], random: np.random.Generator
) -> Judged:
    chosen = np.flatnonzero(known.usable_of(roles))
    found = judged(table, known.truths[chosen], known.observations[chosen].tolist(), random)

    def spread(values: np.ndarray) -> np.ndarray:
        every = np.full((len(known.role), *values.shape[1:]), np.nan)
        every[chosen] = values
        return every

    return Judged(*map(spread, found))


def _record(rows: Sequence[_Row], known: _Known) -> PosteriorRecord:
    """Of the joint likelihood, as it is used."""
    row = next(row for row in rows if row.likelihood == JOINT and row.factor is not None)
    assert row.factor is not None
    levels = row.judged.hpd_level[known.usable_of([OBSERVATION])]
    return PosteriorRecord(
        variance_factor=row.factor.value,
        standard_error=row.factor.standard_error,
        calibration_runs=int(known.usable_of([CALIBRATION]).sum()),
        tested_runs=len(levels),
        held=tuple((level, float(np.mean(levels <= level))) for level in LEVELS),
    )


def _dataset(emulator: Emulator, known: _Known, rows: Sequence[_Row]) -> "xr.Dataset":
    import xarray as xr

    def described(dimensions, values, long_name):
        units = {} if np.asarray(values).dtype.kind in "OU" else {"units": "1"}
        return dimensions, values, {"long_name": long_name, **units}

    variables: dict[str, Any] = {}
    for name, long_name in LONG_NAMES.items():
        values = np.stack([getattr(row.judged, name) for row in rows])
        dimensions = ("posterior", "run", "parameter")[: values.ndim]
        variables[name] = described(dimensions, values, long_name)
    factors = [row.factor or VarianceFactor(1.0, 0.0) for row in rows]
    variables |= {
        "likelihood": described(
            "posterior", [row.likelihood for row in rows], "what the outcome is taken for"
        ),
        "is_widened": described(
            "posterior",
            np.array([row.factor is not None for row in rows], dtype=np.int8),
            "1 if the calibration runs have set the factor on the variances",
        ),
        "variance_factor": described(
            "posterior", [each.value for each in factors], "factor on the variances of the outputs"
        ),
        "variance_factor_error": described(
            "posterior", [each.standard_error for each in factors], "standard error of its logarithm"
        ),
        "truth": described(
            ("run", "parameter"), known.truths, "true parameters as fractions of their boxes, on their scales"
        ),
        "input": (
            ("run", "parameter"),
            known.inputs,
            {"long_name": "parameters", "units_by": "parameter_units"},
        ),
        "role": described(
            "run", known.role.astype(str), "what the run is for; mock = drawn from the emulator"
        ),
        "group": described("run", known.group.astype(str), "design point as stream/block/point"),
        "usable": described("run", known.usable.astype(np.int8), "1 if the run passed its audit"),
    }
    attributes = {"title": "Posteriors of runs with known parameters", "family": emulator.metadata.family}
    return xr.Dataset(variables, parameter_coordinates(emulator.parameters), attrs=attributes)


def _refuse_roles(runs: "Table", roles: Sequence[str]) -> None:
    others = ~np.isin(runs.role, roles)
    if others.any():
        raise ValueError(
            f"posteriors are to be judged on the roles {' and '.join(roles)}, not on the {runs.role[others][0]} run "
            f"{runs.groups[others][0]}"
        )


def _refuse_seen(emulator: Emulator, runs: "Table") -> None:
    seen = emulator.metadata.seen.common(fingerprints(runs.groups, runs.inputs))
    if seen:
        raise ValueError(
            f"posteriors are to be judged on runs that the fit has not seen, and it saw {seen[0]}"
        )
