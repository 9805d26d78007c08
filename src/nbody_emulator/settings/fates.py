"""The entries of the section `fates`: what becomes of single stars, and what a stage is told of it."""

from typing import Any

from pydantic import Field

from nbody_emulator.settings.protocol import Tuning
from nbody_emulator.settings.rows import Source
from nbody_emulator.settings.section import Listed, Maybe, Section, setting


class FateReading(Section):
    """What is noted of every star of a run."""

    fate: str = setting(..., "Fate that a star may have")
    time: float = setting(1.0, "By when: a snapshot's time, as a fraction of the duration", gt=0, le=1)
    features: Listed[str] = setting(
        (),
        "Features of the cluster at the start that classifiers are given, beside the parameters and the star",
    )


class FateStudy(FateReading):
    """For every star the probability that something happens to it, told before the run."""

    miss_cost: float = setting(
        1.0,
        "What it costs to miss a star that it happens to, where a false alarm costs 1; the probability from which on a "
        "star is called is chosen for it",
        gt=0,
        le=1e6,
    )
    balanced: bool = setting(
        False,
        "Whether fits see as many stars that it happens to as others: of the larger part a share is drawn at random",
    )
    tuning: Maybe[Tuning] = setting(
        None, "How these classifiers choose their hyperparameters; left out, as the emulators do"
    )


class FateFitting(Section):
    """How a classifier is fitted to all training runs, and without each fold.

    Attributes:
        study, fate, time, features, miss_cost, balanced: as in the configuration.
        classifier: its name in the register.
        settings: its own.
        stream: name of the random stream.
        sources: of the files that are read.
        folds: numbers of each fold's blocks.
        identity, description: kept in the file.
    """

    study: str
    fate: str
    time: float
    features: Listed[str] = ()
    miss_cost: float
    balanced: bool
    classifier: str
    settings: dict[str, Any] = Field(default_factory=dict)
    tuning: Tuning = Tuning()
    seed: int
    stream: Listed[str | int]
    sources: Listed[Source]
    folds: Listed[Listed[int]]
    identity: str = ""
    description: str = ""
