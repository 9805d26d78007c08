"""What a family of emulators is: the few functions that every one of them offers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import jax

from nbody_emulator.emulators.training import TrainingSet


class Response(NamedTuple):
    """What a fitted model says about one scaled input vector, in scaled units.

    Attributes:
        mean: (q,) the predicted mean.
        variance: (q,) the family's own predictive variance, up to the factor that `VarianceModel` adds; ones
            for a family that has no opinion.
        model_variance: (q,) the part of `variance` that more training runs would remove, up to the same
            factor. A prediction that is a weighted sum of training targets has the sum of its squared weights
            here.
    """

    mean: jax.Array
    variance: jax.Array
    model_variance: jax.Array


class Model(Protocol):
    """A fitted model: an Equinox module of arrays that answers one scaled input vector (d,)."""

    def __call__(self, inputs: jax.Array) -> Response: ...

    @property
    def description(self) -> dict:
        """What `Family.skeleton` needs, beside the leaves, to build this module again: JSON values only."""
        ...


History = Mapping[str, tuple[tuple[str, ...], object]]
"""Curves recorded while fitting: name -> (dimension names, array). Empty where there is nothing to record."""


@dataclass(frozen=True)
class Family:
    """One family of emulators.

    Attributes:
        candidates: (settings, count) -> hyperparameters to be tried, at most `count` of them and no two alike.
        fit: (training set, hyperparameters, settings, key) -> (model, history). Missing targets are NaN.
        skeleton: description -> a model of the right shapes, to be filled with saved leaves.
        variance_terms: "constant" or "linear": what multiplies `Response.variance`, see `variance.py`.
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
    variance_terms: str
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
