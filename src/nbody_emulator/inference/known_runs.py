"""Runs whose parameters are known, as an emulator's posteriors meet them: real ones, and those that it made itself."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.identity.seen_points import fingerprints
from nbody_emulator.inference.judged import Judged, judged
from nbody_emulator.inference.mock_runs import mock_runs
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.prediction_table import PredictionTable, thetas

if TYPE_CHECKING:
    from nbody_emulator.quantities.tables import Table

CALIBRATION, OBSERVATION, MOCK = "calibration", "observation", "mock"
"""Roles of runs: those that set the factor, those that judge, those that the emulator itself made."""


class KnownRuns(NamedTuple):
    """n runs with all that is known of them, as arrays of n rows.

    Attributes:
        inputs: (n, d) parameters.
        truths: (n, d) the same as fractions of the box.
        observations: (n,) of all of their outputs.
        role, group, usable: of each run, as a table of runs has them.
    """

    inputs: np.ndarray
    truths: np.ndarray
    observations: np.ndarray
    role: np.ndarray
    group: np.ndarray
    usable: np.ndarray

    @staticmethod
    def of(emulator: Emulator, runs: "Table", roles: Sequence[str]) -> "KnownRuns":
        """Real ones, whose outputs are put into the emulator's order; unusable ones stay as rows.

        Raises:
            ValueError: the fit has seen a run, or a run has a role that is none of these.
        """
        _refuse_roles(runs, roles)
        _refuse_seen(emulator, runs)
        columns = zip(emulator.parameters, runs.inputs.T, strict=True)
        names = [output.name for output in runs.outputs]
        targets = runs.targets[:, [names.index(output.name) for output in emulator.outputs]]
        return KnownRuns(
            inputs=runs.inputs,
            truths=np.stack([each.to_unit_interval(column) for each, column in columns], axis=1),
            observations=_as_array([Observation.of_run(emulator.outputs, each) for each in targets]),
            role=runs.role,
            group=runs.groups,
            usable=runs.usable,
        )

    @staticmethod
    def mocks(emulator: Emulator, count: int, seed: int) -> "KnownRuns":
        """Runs that the emulator itself makes at points of the prior."""
        truths, observations = mock_runs(emulator, count, seed)
        return KnownRuns(
            inputs=thetas(emulator.parameters, truths),
            truths=truths,
            observations=_as_array(observations),
            role=np.full(count, MOCK),
            group=np.array([f"{MOCK}/0/{number}" for number in range(count)]),
            usable=np.ones(count, dtype=bool),
        )

    def with_others(self, others: "KnownRuns") -> "KnownRuns":
        """These, then those."""
        return KnownRuns(*(np.concatenate(pair) for pair in zip(self, others, strict=True)))

    def usable_of(self, roles: Sequence[str]) -> np.ndarray:
        """(n,) True for the runs that can be judged."""
        return np.isin(self.role, roles) & self.usable

    def observed_by(self, outputs: Sequence[str]) -> "KnownRuns":
        """The same runs, of which these outputs alone were looked at."""
        return self._replace(observations=_as_array([each.of_these(outputs) for each in self.observations]))

    def judged(self, table: PredictionTable, roles: Sequence[str], random: np.random.Generator) -> Judged:
        """What the table's posteriors say of the usable runs of these roles; NaN of the others (n rows)."""
        chosen = np.flatnonzero(self.usable_of(roles))
        found = judged(table, self.truths[chosen], self.observations[chosen].tolist(), random)

        def spread(values: np.ndarray) -> np.ndarray:
            every = np.full((len(self.role), *values.shape[1:]), np.nan)
            every[chosen] = values
            return every

        return Judged(*map(spread, found))


def _as_array(observations: Sequence[Observation]) -> np.ndarray:
    array = np.empty(len(observations), dtype=object)
    array[:] = observations
    return array


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
