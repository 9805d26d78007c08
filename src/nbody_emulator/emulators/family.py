"""What a family of emulators is: a class whose fields are its settings and hyperparameters, with all facts about it."""

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, Self

from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import Method

if TYPE_CHECKING:
    import equinox as eqx
    import jax
    import numpy as np

    from nbody_emulator.emulators.distributions.distribution import AbstractDistribution
    from nbody_emulator.emulators.training import TrainingSet
    from nbody_emulator.quantities.quantity import Output, Parameter


class Model(Protocol):
    """A fitted model: an Equinox module that answers one scaled input vector (d,) with the distribution of the scaled
    outputs, its variances up to a factor where the calibrator fits one: ones for a family that has no opinion.

    Its arrays are saved by name, and what it holds beside them must be words and numbers in static fields.
    """

    def __call__(self, inputs: "jax.Array") -> "AbstractDistribution": ...


History = Mapping[str, tuple[tuple[str, ...], object]]
"""Curves recorded while fitting: name -> (dimension names, array). Empty where there is nothing to record."""


class Unsuited(NamedTuple):
    """Why a family cannot be fitted to an experiment.

    Attributes:
        path: the key of the configuration.
        problem: what is wrong with it.
        remedy: what to do.
    """

    path: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}; {self.remedy}"


class Reference(Enum):
    """What no experiment goes without: an emulator that does not beat them is no use."""

    MEAN = "predicts the same everywhere"
    LINE = "is a straight line"


class Climb(Enum):
    """What grows from one end of a ladder to the other."""

    COMPLEXITY = "how much a fit can follow"
    PRIOR = "how strongly it is held back: a regularizer"


class Ladder(NamedTuple):
    """A family that is climbed, rung by rung, along one of its numbers.

    Attributes:
        key: the configuration's key of the rungs, whose values lie between `minimum` and `maximum`.
        climb: what grows.
        title: what climbs, as a panel is headed; of a regularizer the prior that it is, too.
        label: what a rung is, as an axis is labelled.
        meaning, rung: what all rungs and one of them are, in the words of the configuration.
        at: the settings and hyperparameters of the family at one rung.
        is_whole: whether rungs are whole numbers.
        by_factors: whether it climbs by factors.
        falls: whether what grows does so towards smaller numbers: its axis is then turned round.
        uses_settings: whether its fits are made with the settings that the family has among the emulators.
        below: the setting that every rung has to stay below, if there is one.
        always: whether every experiment climbs it.
    """

    key: str
    climb: Climb
    title: str
    label: str
    minimum: float
    maximum: float
    meaning: str
    rung: str
    at: Callable[[Any], Mapping[str, object]]
    is_whole: bool = True
    by_factors: bool = True
    falls: bool = False
    uses_settings: bool = True
    below: str | None = None
    always: bool = False


class AbstractFamily(Method):
    """One family of emulators, tuned (hyperparameters as fitted) or yet to be (any).

    Attributes:
        label: its name as a legend has it.
        article: what stands before the name inside a sentence.
        mark: its colour and marker, which no other family has.
        calibrator: what makes its distributions as wide as its errors, by name in `calibrators.register`.
        reference: what it is to all others, if anything.
        is_fitted_by_epochs: whether the record of its fits holds losses over epochs.
        has_gradients: whether its predictions are smooth in the parameters, so that a sampler can follow their slopes.
        takes_stars: whether it can be given single stars.
        prominent: whether it is among those that are shown where all would hide one another.
        ladders: along which of its numbers it is climbed, by their keys.
    """

    label: ClassVar[str]
    article: ClassVar[str] = "the "
    mark: ClassVar[Mark]
    calibrator: ClassVar[str]
    reference: ClassVar[Reference | None] = None
    is_fitted_by_epochs: ClassVar[bool] = False
    has_gradients: ClassVar[bool] = True
    takes_stars: ClassVar[bool] = False
    prominent: ClassVar[bool] = False
    ladders: ClassVar[tuple[Ladder, ...]] = ()

    @abstractmethod
    def candidates(self, count: int) -> list[Self]:
        """The same with hyperparameters to be tried, at most `count` and no two alike."""

    @abstractmethod
    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        """The model fitted with these hyperparameters; missing targets are NaN, and `key` seeds all that is drawn."""

    @classmethod
    @abstractmethod
    def model(cls) -> "type[eqx.Module]":
        """The class of its fitted models, of which saved ones are built again."""

    def unsuited(self, parameters: "Sequence[Parameter]", outputs: "Sequence[Output]") -> Unsuited | None:
        """The first reason why it cannot be fitted to these, if there is any; asked before any work."""
        del parameters, outputs
        return None

    def fit_each(self, folds: "Sequence[TrainingSet]", keys: Sequence[int]) -> Sequence[Model]:
        """One model for each training set; they differ in their targets alone."""
        return [self.fit(fold, key)[0] for fold, key in zip(folds, keys, strict=True)]

    def while_comparing(self) -> Self:
        """A cheaper one, for the comparison of candidates."""
        return self.while_calibrating()

    def while_calibrating(self) -> Self:
        """The one whose answers out of fold the calibrator is fitted to."""
        return self

    def terms(self, inputs: int) -> int:
        """How many numbers a fit to this many inputs has to determine for each output; 0 where it is never too many."""
        return 0

    def zero_coefficients(self, model: Any) -> "np.ndarray | None":
        """How many coefficients of each output (q,) are exactly zero; None of a family that leaves none out."""
        return None

    @classmethod
    def ladder(cls, key: str) -> Ladder:
        """The ladder with this key."""
        return next(ladder for ladder in cls.ladders if ladder.key == key)

    def rung(self, key: str, rung: float) -> Self:
        """The family on this rung of the ladder with this key."""
        return self.changed(**self.ladder(key).at(rung))


LARGEST_TERMS = 5000
"""Products of the inputs that a regression may be made of: its matrix of their products is 0.2 GB."""


def too_many_terms(path: str, setting: str, degree: int, inputs: int) -> Unsuited | None:
    """Of all products of so many inputs up to a total degree, if they are more than `LARGEST_TERMS`."""
    terms = math.comb(inputs + degree, degree)
    if terms <= LARGEST_TERMS:
        return None
    highest = max(each for each in range(degree) if math.comb(inputs + each, each) <= LARGEST_TERMS)
    problem = f"{degree} makes {terms} products of {inputs} parameters, more than {LARGEST_TERMS}"
    return Unsuited(f"{path}.{setting}", problem, f"write at most {highest}")


def geometric(first: float, last: float, count: int) -> list[float]:
    """Numbers from the first to the last, evenly spaced in the logarithm."""
    import numpy as np

    return np.geomspace(first, last, count).tolist()


def geometric_integers(first: int, last: int, count: int) -> list[int]:
    """Whole numbers as near to that as they can be, each once."""
    return sorted({round(number) for number in geometric(first, last, count)})


def geometric_between(first: float, last: float, share: float) -> float:
    """The number at this share (from 0 to 1) of the way from the first to the last, in the logarithm."""
    return float(first * (last / first) ** share)


def whole_between(first: int, last: int, share: float) -> int:
    """The same of the whole numbers from the first to the last, each of which has an equal part of the way."""
    return min(first + int(share * (last - first + 1)), last)


def even_pairs(count: int) -> list[tuple[float, float]]:
    """Pairs of shares, from which two hyperparameters are tuned together: few of them cover both ranges and the square.

    The first share rises in equal steps, the second goes round by the golden ratio, from the middle.
    """
    golden = 0.5 * (math.sqrt(5.0) - 1.0)
    return [((number + 0.5) / count, (0.5 + number * golden) % 1.0) for number in range(count)]
