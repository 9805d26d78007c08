"""The sections that say how emulators are fitted and judged."""

from typing import Annotated

from pydantic import Field

from nbody_emulator.settings.section import Listed, Maybe, Section, setting
from nbody_emulator.settings.units import Units


class Tuning(Section):
    """Choice of hyperparameters, inside each training set and equal for all families."""

    candidates: int = setting(6, "Hyperparameter settings tried of each family", ge=1, le=10_000)
    folds: int = setting(4, "Inner folds of design points", ge=2)


class CrossValidation(Section):
    """Scores out of fold."""

    folds: int = setting(5, "Folds of training blocks; block k falls into fold k modulo folds", ge=2)


class Comparison(Section):
    """Which family to use."""

    seeds: int = setting(
        3,
        "Fits of each family to all training runs, each with random numbers of its own: their scatter is part of the "
        "error by which families tie",
        ge=2,
        le=1000,
    )


class TrainingSetSize(Section):
    """One size."""

    blocks: int = setting(..., "Training blocks in one training set", ge=1, le=100_000)
    sets: int = setting(
        ...,
        "Disjoint training sets of that size: 8 blocks have at most 8, 4 and 2 sets of 1, 2 and 4; five or more tell "
        "their scatter best",
        ge=1,
    )


class LearningCurve(Section):
    """Error against the number of training runs."""

    sizes: Annotated[Listed[TrainingSetSize], Field(min_length=1)] = setting(
        ..., "Sizes of training set, ascending"
    )


Level = Annotated[float, Field(gt=0, lt=1, description="A level")]


class Calibration(Section):
    """Reliability of the error bars."""

    levels: Annotated[Listed[Level], Field(min_length=3)] = setting(
        (0.68, 0.9, 0.95), "Central probabilities of the intervals, ascending; 0.68, 0.90 and 0.95 among them"
    )


class Inference(Section):
    """Posteriors of the parameters of simulated runs, from their outputs, judged by what they hold; needs a set of runs
    with the role observation.
    """

    families: Annotated[Listed[str], Field(min_length=1)] = setting(
        ...,
        "Families whose posteriors are judged, among the emulators; the first is judged by every likelihood",
    )
    likelihoods: Listed[str] = setting(
        (), "Likelihoods beside the emulator's own joint one, to compare with it"
    )
    points: int = setting(
        65_536,
        "Points of the box that posteriors are made of at most, a power of two; 8192 are taken first, then each time "
        "twice as many until they are worth 400 draws",
        ge=2,
        le=2**26,
    )
    observed: dict[str, Listed[str]] = setting(
        {},
        "Outputs that may be observed together, under names of your own: what each choice tells of the parameters",
    )
    mock_runs: int = setting(
        300, "Runs drawn from each emulator itself, of which its posteriors must be right", ge=2, le=1_000_000
    )


class StepCheck(Section):
    """Whether the outputs depend on the step: some training runs are repeated with it halved."""

    runs: int = setting(
        24, "How many runs of the first training block are repeated; at most all of it", ge=2, le=1_000_000
    )


class Given(Section):
    """What is measured of the drawn stars of a run, before it begins."""

    features: Listed[str] = setting(
        (), "Features of the cluster at the start that emulators are given, beside the parameters"
    )
    stars: bool = setting(
        False, "Whether emulators are given every star at the start, too, in a frame without a scale"
    )


class ToldTask(Section):
    """A task as a table tells of it.

    Attributes:
        name: in the configuration.
        given: features and stars.
        families: those compared, in order of rank.
    """

    name: str
    given: Given
    families: Listed[str]


class Protocol(Section):
    """By what tables judge, whatever they are made from.

    Attributes:
        families: those compared, in order of rank; none in a table that shows no family.
        tasks: that have more than parameters given, in a table that shows them.
        units: of clusters; left out of runs of another simulator, as the next.
        energy_tolerance, unusable_above: the limits a run's energy error was held to.
    """

    seed: int
    units: Maybe[Units] = None
    levels: Listed[float]
    energy_tolerance: Maybe[float] = None
    unusable_above: Maybe[float] = None
    families: Listed[str] = ()
    tasks: Maybe[Listed[ToldTask]] = None


class TableSettings(Protocol):
    """A table, by its name in the register."""

    table: str


class MetricsSettings(Protocol):
    """All headline numbers.

    Attributes:
        outputs: sorted names.
        tables: names of the tables, in the order of their files.
        left_out: names of tables that there is no data for, by what is missing, in words.
    """

    left_out: Maybe[dict[str, Listed[str]]] = None
    experiment: str
    outputs: Listed[str]
    tables: Listed[str]
