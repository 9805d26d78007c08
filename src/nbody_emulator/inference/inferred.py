"""What was inferred of one observed cluster: its posterior, and how far it is to be trusted."""

from dataclasses import dataclass
from pathlib import Path

from nbody_emulator.emulators.descriptions import with_unit
from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.inference.likelihoods.joint import Joint
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.posterior import Posterior
from nbody_emulator.inference.record import write_record

LEVELS = (0.68, 0.90)
"""Of the intervals that are told."""

HEADLINE = 0.90
"""Of the regions of which it is told what they held."""

UNLIKE_BELOW = 0.02
"""A predictive probability so small says that the observation is like nothing that was simulated."""


@dataclass(frozen=True, eq=False)
class Inferred:
    """A posterior, what it is of, and what speaks for it; as a text what a person wants to know.

    Attributes:
        posterior: of the parameters.
        emulator: by which it was inferred.
        observation: of which.
        method: its name.
        likelihood, variance_factor: what the emulator's outcomes were taken for, and by what they were widened.
        predictive_probability: share of the emulator's own runs that are no more likely than what was observed; None
            where no value was measured.
        failures: what is wrong with the sampling, in words; none if all is well.
    """

    posterior: Posterior
    emulator: Emulator
    observation: Observation
    method: str
    likelihood: str
    variance_factor: float
    predictive_probability: float | None
    failures: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([*self._of_parameters(), *self._of_trust()])

    def save(self, path: str | Path, draws: int = 4000, seed: int = 0) -> None:
        """Write a NetCDF file with the groups that ArviZ knows; see `nbody_emulator.inference.record`."""
        write_record(self, path, draws, seed)

    def _of_parameters(self):
        medians, contraction = self.posterior.median, self.posterior.contraction
        intervals = {level: self.posterior.interval(level) for level in LEVELS}
        for each in self.posterior.parameters:
            ends = ", ".join(
                f"{level:.0%}: {found[each.name][0]:.3g} to {found[each.name][1]:.3g}"
                for level, found in intervals.items()
            )
            value = with_unit(f"{medians[each.name]:.3g}", each.unit)
            yield f"{each.name}: {value} ({ends}); contraction {contraction[each.name]:.2f}"

    def _of_trust(self):
        points, worth = len(self.posterior.weights), self.posterior.effective_size
        yield f"by the method {self.method}: {points} points, worth {worth:.0f} independent draws"
        yield from (f"not to be trusted: {failure}" for failure in self.failures)
        if not self.observation.looked_at.any():
            yield "nothing was observed: this is the prior"
        if self.predictive_probability is not None:
            unlike = self.predictive_probability < UNLIKE_BELOW
            yield (
                f"{self.predictive_probability:.3f} of the emulator's own runs are no more likely than this observation"
                f"{': it is like nothing that was simulated' if unlike else ''}"
            )
        record = self.emulator.metadata.posteriors
        if record is not None and (
            self.likelihood != Joint.__name__ or self.variance_factor != record.variance_factor
        ):
            yield "by another likelihood or other variances than those that were tested"
        elif record is None:
            yield "whether posteriors by this emulator hold what they promise was not tested"
        else:
            share = dict(record.held)[HEADLINE]
            yield (
                f"regions of {HEADLINE:.0%} by this emulator held {share:.1%} of {record.tested_runs} simulated runs "
                f"(variances times {record.variance_factor:.2f}, set by {record.calibration_runs} others)"
            )
