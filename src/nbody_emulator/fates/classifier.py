"""What a classifier of stars is: a class whose fields are its settings and hyperparameters, with all facts about it."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

from nbody_emulator.marks import Mark
from nbody_emulator.settings.method import Method

if TYPE_CHECKING:
    import equinox as eqx
    import jax

    from nbody_emulator.fates.known_stars import KnownStars
    from nbody_emulator.fates.preparation import Prepared


class StarModel(Protocol):
    """A fitted classifier: an Equinox module whose answer for a star does not depend on the order of the others.

    Its arrays are saved by name, and what it holds beside them must be words and numbers in static fields.
    """

    def __call__(self, prepared: "Prepared") -> "jax.Array":
        """(N,) the logarithm of the odds of every star of one cluster; anything finite in empty slots."""


class AbstractClassifier(Method):
    """One kind of classifier, tuned (hyperparameters as fitted) or yet to be (any).

    Attributes:
        label: its name as a legend has it.
        mark: its colour and marker, which no other classifier has.
        takes_missing: whether it reads what a star is without as it is; else that is filled in.
        is_reference: whether it tells no star from another: one that does not beat it is no use.
    """

    label: ClassVar[str]
    mark: ClassVar[Mark]
    takes_missing: ClassVar[bool] = False
    is_reference: ClassVar[bool] = False

    @abstractmethod
    def candidates(self, count: int) -> list[Self]:
        """The same with hyperparameters to be tried, at most `count` and no two alike."""

    @abstractmethod
    def fit(self, known: "KnownStars", key: int) -> StarModel:
        """The model fitted with these hyperparameters; `key` seeds all that is drawn."""

    def fit_each(self, folds: "Sequence[KnownStars]", keys: Sequence[int]) -> Sequence[StarModel]:
        """One model for each fold; they differ in the stars that they learn from alone."""
        return [self.fit(fold, key) for fold, key in zip(folds, keys, strict=True)]

    @classmethod
    @abstractmethod
    def model(cls) -> "type[eqx.Module]":
        """The class of its fitted models, of which saved ones are built again."""

    def while_comparing(self) -> Self:
        """A cheaper one, for the comparison of candidates and the choice of a threshold."""
        return self
