"""What it takes to read blocks of summaries as rows of inputs and targets, and what is then made of the rows."""

from typing import Any, Literal

from pydantic import Field

from nbody_emulator.settings.output import OutputReading
from nbody_emulator.settings.protocol import Given, Protocol, TrainingSetSize, Tuning
from nbody_emulator.settings.section import Listed, Maybe, Section
from nbody_emulator.settings.survival import Survival
from nbody_emulator.settings.units import Units


class Source(Section):
    """How a table names the block its rows come from: the set, its role and stream, and the block's number."""

    set: str
    role: str
    stream: str
    block: int


class Reading(Section):
    """How summaries are read.

    Attributes:
        sources: of each file.
        outputs: what is read off it, by name.
        units: of the outputs; left out, those that the summaries have.
        survival: which runs have outputs at all; left out, all.
        given: what is seen of the stars, beside the parameters; left out, nothing.
        description: the physics in words, for the files.
    """

    sources: Listed[Source]
    outputs: dict[str, OutputReading]
    units: Maybe[Units] = None
    survival: Maybe[Survival] = None
    given: Maybe[Given] = None
    description: str = ""


class SummarySettings(Section):
    """The statistics to be measured."""

    statistics: Listed[str]
    description: str = ""


class Fitting(Section):
    """How a family is fitted.

    Attributes:
        family: its name in the register.
        settings: its own.
        stream: name of the random stream.
        hyperparameters: used as they are if given, else tuned.
        identity, description: kept in the emulator's header.
    """

    family: str
    settings: dict[str, Any] = Field(default_factory=dict)
    tuning: Tuning = Tuning()
    seed: int
    stream: Listed[str | int]
    hyperparameters: Maybe[dict[str, Any]] = None
    identity: str = ""
    description: str = ""


class FitSettings(Fitting, Reading):
    """A fit to all training runs, and one without each fold.

    Attributes:
        folds: numbers of each fold's blocks.
    """

    folds: Listed[Listed[int]]


class Trial(Fitting):
    """Fits to parts of the training runs.

    Attributes:
        kind: the tuned family at several sizes, or one of its ladders.
        ladder, rungs: key of the ladder that is climbed, and its rungs.
        sizes: of the training sets.
    """

    kind: Literal["curve", "ladder"]
    ladder: str = ""
    rungs: Listed[int | float] = ()
    sizes: Listed[TrainingSetSize]


class TrialSettings(Trial, Reading):
    """A trial, and where its runs are read.

    Attributes:
        noise_sources: of the files with the runs that judge the fits.
    """

    noise_sources: Listed[Source]

    @property
    def noise(self) -> Reading:
        """How those are read."""
        given = self._given()
        alike = {name: given[name] for name in ("outputs", "units", "survival") if name in given}
        return Reading(sources=self.noise_sources, **alike)


class PosteriorSettings(Reading):
    """Posteriors of the runs that are read, those of the role calibration first.

    Attributes:
        likelihoods: names of those that are judged.
        points: that they are made of at most.
        mock_runs: drawn from the emulator itself.
    """

    seed: int
    likelihoods: Listed[str]
    points: int
    mock_runs: int


class InformationSettings(Reading):
    """Posteriors of the runs that are read, had but some of their outputs been observed.

    Attributes:
        points: that they are made of at most.
        observed: outputs that may be observed together, by a name of one's own.
    """

    seed: int
    points: int
    observed: dict[str, Listed[str]]


class DrawSettings(Reading):
    """Draws from the posteriors of some of the runs that are read.

    Attributes:
        points: that posteriors are made of at most.
        observations: so many of the runs, their first that are usable.
        draws: of each.
        whole: parameters of which draws are rounded; left out, none.
    """

    seed: int
    points: int
    observations: int
    draws: int
    whole: Maybe[Listed[str]] = None


class EvaluationSettings(Protocol, Reading):
    """The one evaluation of the sealed set, of this stream.

    Attributes:
        posterior_points: that posteriors are made of at most, where any are judged.
    """

    stream: str
    posterior_points: Maybe[int] = None
