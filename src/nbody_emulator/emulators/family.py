"""What a family of emulators is: the few functions that every one of them offers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import jax
import jax.numpy as jnp

from nbody_emulator.emulators.training import TrainingSet


class Response(NamedTuple):
    """What a fitted model says about one scaled input vector, in scaled units: an equal mixture of k Gaussians an
    output, one for every family but an ensemble.

    Attributes:
        means: (k, q) the components' means.
        variances: (k, q) their own variances, up to the factor that `VarianceModel` adds; ones for a family
            that has no opinion.
        model_variance: (q,) the part of these that more training runs would remove, up to the same factor. A
            prediction that is a weighted sum of training targets has the sum of its squared weights here.
    """

    means: jax.Array
    variances: jax.Array
    model_variance: jax.Array

    @staticmethod
    def gaussian(mean: jax.Array, variance: jax.Array, model_variance: jax.Array) -> "Response":
        """A single component, each argument (q,)."""
        return Response(mean[None], variance[None], model_variance)

    def widened(self, factor: jax.Array) -> "Response":
        """With the components' own variances times `factor` (q,), not the scatter of their means."""
        return Response(self.means, factor * self.variances, factor * self.model_variance)

    @property
    def mean(self) -> jax.Array:
        """(q,) mean of the mixture."""
        return jnp.mean(self.means, axis=0)

    @property
    def between(self) -> jax.Array:
        """(q,) variance of the components' means; more training runs would remove it too."""
        return jnp.var(self.means, axis=0)

    @property
    def variance(self) -> jax.Array:
        """(q,) variance of the mixture."""
        return jnp.mean(self.variances, axis=0) + self.between


COMPONENTS_FIRST = Response(1, 1, 0)
"""Where `jax.vmap` puts the rows of many responses, so that all of its properties hold of them too."""


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
