"""What an emulator tells of its own fit."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nbody_emulator.identity.seen_points import Seen


@dataclass(frozen=True)
class PosteriorRecord:
    """What posteriors by an emulator were found to hold of simulated runs.

    Attributes:
        variance_factor: by which the calibration runs widen the variances of its outputs.
        standard_error: of its logarithm.
        calibration_runs: that set it.
        tested_runs: other runs, which set nothing.
        held: (level, share) of these whose true parameters lay in the smallest region of that posterior probability.
    """

    variance_factor: float
    standard_error: float
    calibration_runs: int
    tested_runs: int
    held: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Metadata:
    """What an emulator tells of its own fit.

    Attributes:
        family: its name in the register.
        hyperparameters: the chosen ones, JSON values.
        calibrator: its name in the register.
        training_runs: runs with at least one output.
        seen: design points of the training table, and which of them each part of the fit has seen.
        identity: identity of the fit's specification, empty if none was given.
        description: what the training runs are of, in words; empty if nothing was said.
        posteriors: None if none were tested.
    """

    family: str
    hyperparameters: dict
    calibrator: str
    training_runs: int
    seen: Seen
    identity: str
    description: str = ""
    posteriors: PosteriorRecord | None = None

    @property
    def variance_factor(self) -> float:
        """By which posteriors widen the variances of outputs; 1 where it was not set."""
        return 1.0 if self.posteriors is None else self.posteriors.variance_factor

    @property
    def told(self) -> dict[str, Any]:
        """Its fields as JSON has them; without posteriors where none were tested."""
        told = asdict(self)
        if self.posteriors is None:
            del told["posteriors"]
        return told

    @staticmethod
    def kept(told: Mapping[str, Any]) -> "Metadata":
        """That of a file."""
        points = tuple((name, fingerprint, mask) for name, fingerprint, mask in told["seen"]["points"])
        fields = {**told, "seen": Seen(points, told["seen"]["checksum"])}
        if found := told.get("posteriors"):
            held = tuple((level, share) for level, share in found["held"])
            fields["posteriors"] = PosteriorRecord(**{**found, "held": held})
        return Metadata(**fields)
