"""What a family of emulators is: the few functions that every one of them offers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import jax

from nbody_emulator.emulators.calibrators.calibrator import AbstractCalibrator
from nbody_emulator.emulators.distributions.distribution import AbstractDistribution
from nbody_emulator.emulators.training import TrainingSet


class Model(Protocol):
    """A fitted model: an Equinox module of arrays that answers one scaled input vector (d,) with the distribution of
    the scaled outputs, its variances up to a factor where the calibrator fits one: ones for a family that has no
    opinion.
    """

    def __call__(self, inputs: jax.Array) -> AbstractDistribution: ...

    @property
    def description(self) -> dict:
        """What `Family.skeleton` needs, beside the arrays, to build this module again: JSON values only."""
        ...


History = Mapping[str, tuple[tuple[str, ...], object]]
"""Curves recorded while fitting: name -> (dimension names, array). Empty where there is nothing to record."""


@dataclass(frozen=True)
class Family:
    """One family of emulators.

    Attributes:
        candidates: (settings, count) -> hyperparameters to be tried, at most `count` of them and no two alike.
        fit: (training set, hyperparameters, settings, key) -> (model, history). Missing targets are NaN.
        skeleton: description -> a model without its arrays, to be filled with saved ones.
        calibrator: what makes its distributions as wide as its errors.
        rung: complexity -> hyperparameters, for families that form a ladder of complexity.
        tuning_settings: settings -> cheaper settings used while candidates are compared.
        variance_settings: settings -> settings with which the chosen candidate gives the residuals of its
            variance.
        fit_folds: like `fit` for several training sets that differ in their targets alone and several keys,
            for families that gain from fitting them together; returns the models.
    """

    candidates: Callable[[Mapping, int], list[dict]]
    fit: Callable[[TrainingSet, Mapping, Mapping, int], tuple[Model, History]]
    skeleton: Callable[[Mapping], Model]
    calibrator: type[AbstractCalibrator]
    rung: Callable[[int], dict] | None = None
    tuning_settings: Callable[[Mapping], Mapping] = dict
    variance_settings: Callable[[Mapping], Mapping] = dict
    fit_folds: Callable[..., list[Model]] | None = None

    def fit_each(
        self, folds: Sequence[TrainingSet], hyperparameters: Mapping, settings: Mapping, keys: Sequence[int]
    ) -> list[Model]:
        """One model for each training set, together where the family can."""
        if self.fit_folds is not None:
            return self.fit_folds(folds, hyperparameters, settings, keys)
        return [
            self.fit(fold, hyperparameters, settings, key)[0] for fold, key in zip(folds, keys, strict=True)
        ]
