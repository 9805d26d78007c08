"""A deep ensemble: small multilayer perceptrons with a Gaussian head, trained side by side in one compiled
function.

Each member starts from its own weights and sets aside its own design points for early stopping. Source of the
idea: Lakshminarayanan, Pritzel & Blundell 2017 (an equal mixture of the members' densities).
"""

from collections.abc import Mapping, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.calibrators.constant_variance import ConstantVariance
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.distributions.mixture import Mixture
from nbody_emulator.emulators.ensemble_training import Job, train
from nbody_emulator.emulators.family import Family
from nbody_emulator.emulators.gaussian_network import HIDDEN_LAYERS, Dense, GaussianNetwork
from nbody_emulator.emulators.training import TrainingSet
from nbody_emulator.streams import generator, key_integer

WIDTHS = (16, 32)
SMALLEST_DECAY, LARGEST_DECAY = 0.2, 5.0
LADDER_DECAY = 0.01
TUNING_MEMBERS, VARIANCE_MEMBERS = 2, 4
"""Members of an inner fold's ensemble while candidates are compared, and while the chosen one's variance is
fitted.

Four instead of eight members add an eighth of the variance between members to the residuals, about 1 % of the
noise.
"""


class EnsembleModel(eqx.Module):
    """Members stacked on the first axis of every leaf of `members`, an equal mixture."""

    members: eqx.Module

    def __call__(self, inputs: jax.Array) -> Mixture:
        means, variances = eqx.filter_vmap(lambda member: member(inputs))(self.members)
        # What more runs would remove of a member's own variance is not known; their means' scatter is counted anyway.
        return Mixture.equal(IndependentGaussian(means, variances, jnp.zeros_like(means)))

    @property
    def description(self) -> dict:
        return {}


def candidates(settings, count):
    """Widths, each with weight decays evenly spaced in the logarithm."""
    del settings
    decays = np.geomspace(SMALLEST_DECAY, LARGEST_DECAY, -(-count // len(WIDTHS)))
    grid = [{"width": width, "weight_decay": float(decay)} for decay in decays for width in WIDTHS]
    return grid[:count]


def rung(complexity):
    """The hyperparameters of one step of the ladder: its width."""
    return {"width": int(complexity), "weight_decay": LADDER_DECAY}


def tuning_settings(settings):
    """Few members while candidates are compared."""
    return {**settings, "members": min(int(settings.get("members", 8)), TUNING_MEMBERS)}


def variance_settings(settings):
    """More members for the residuals from which the variance is fitted."""
    return {**settings, "members": min(int(settings.get("members", 8)), VARIANCE_MEMBERS)}


def fit(training, hyperparameters, settings, key):
    """Train the ensemble and keep the loss curves of its members."""
    jobs = member_jobs(training, hyperparameters, settings, key)
    members, history = train(training.inputs, jobs, hyperparameters, settings)
    return EnsembleModel(_on_device(members)), history


def fit_folds(
    folds: Sequence[TrainingSet], hyperparameters: Mapping, settings: Mapping, keys: Sequence[int]
) -> list[EnsembleModel]:
    """One ensemble for each fold, all their members trained together."""
    jobs = [member_jobs(fold, hyperparameters, settings, key) for fold, key in zip(folds, keys, strict=True)]
    size = len(jobs[0])
    members, _ = train(folds[0].inputs, [job for each in jobs for job in each], hyperparameters, settings)
    parts = [slice(start, start + size) for start in range(0, size * len(folds), size)]
    return [EnsembleModel(_on_device(members, part)) for part in parts]


def member_jobs(training: TrainingSet, hyperparameters: Mapping, settings: Mapping, key: int) -> list[Job]:
    """What each member is to learn from: its targets, the rows it sets aside, the seed of its weights."""
    fraction = float(settings.get("validation_fraction", 0.2))
    return [
        Job(
            training.targets,
            set_aside(training, fraction, generator(key, "early-stopping", member)),
            key_integer(key, "weights", member),
        )
        for member in range(int(settings.get("members", 8)))
    ]


def set_aside(training: TrainingSet, fraction: float, random: np.random.Generator) -> np.ndarray:
    """(n,) True for the rows used for early stopping: whole design points, never all of those that have
    targets.
    """
    present = np.unique(training.groups[training.observed.any(axis=1)])
    count = min(max(round(fraction * len(present)), 1), len(present) - 1)
    return np.isin(training.groups, random.permutation(present)[:count])


def skeleton(description):
    """An ensemble without its arrays."""
    del description
    return EnsembleModel(GaussianNetwork(tuple(Dense(0.0, 0.0) for _ in range(HIDDEN_LAYERS + 1))))


def _on_device(members, chosen=slice(None)):
    return jax.tree.map(lambda leaf: jnp.asarray(leaf[chosen]), members)


FAMILY = Family(
    candidates,
    fit,
    skeleton,
    calibrator=ConstantVariance,
    rung=rung,
    tuning_settings=tuning_settings,
    variance_settings=variance_settings,
    fit_folds=fit_folds,
)
