"""The entries of the section `sets`."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from nbody_emulator.settings.section import Maybe, Section, setting

Stream = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9-]*$", max_length=64)]

Role = Literal["training", "noise", "repeat", "calibration", "observation", "predictive", "sealed", "extra"]


class RunSet(Section):
    """One set of runs."""

    role: Role = setting(
        ...,
        "What the set is for: fits, the noise that the parameters do not fix, the part of it that is chaos, conformal "
        "intervals and the width of posteriors, the judgement of posteriors, new runs at draws from posteriors (block "
        "k from that of the k-th observed run), the sealed test, or anything else",
    )
    sampler: str = setting(..., "How the points are spread over the box of parameters")
    blocks: int = setting(
        ...,
        "Independent blocks; one job simulates one block, training blocks are also the folds and the training sets",
        ge=1,
        le=100_000,
    )
    points: int = setting(..., "Design points in a block", ge=1, le=1_000_000)
    replicates: int = setting(1, "Runs of each point, with initial conditions of their own", ge=1, le=100_000)
    perturbations: Maybe[int] = setting(
        None,
        "Runs of each of these initial conditions in a set of the role repeat, every coordinate and velocity of a star "
        "moved by its last bit",
        ge=2,
        le=100_000,
    )
    stream: Stream = setting(
        ...,
        "Name of the set's random stream, shared with no other set; small letters, digits and '-', beginning with a "
        "letter",
    )
    release_stream: Maybe[Stream] = setting(
        None,
        "Stream of the sealed set that `make release` alone opens; small letters, digits and '-', beginning with a "
        "letter",
    )

    @property
    def runs(self) -> int:
        """In one block."""
        return self.points * self.replicates * (self.perturbations or 1)
