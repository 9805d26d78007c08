"""Asks a fitted model about the stars of many clusters, one cluster after the other."""

import equinox as eqx
import jax
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.fates.classifier import StarModel
from nbody_emulator.fates.preparation import Prepared

_AT_ONCE = 16
"""Clusters asked about together; their number is filled up to the next multiple, so that few programs are compiled."""


def log_odds_of(model: StarModel, prepared: Prepared, rows: np.ndarray) -> np.ndarray:
    """(m, N) of the stars of these clusters, by mask (n,) or by index; NaN in empty slots."""
    asked = jax.tree.map(lambda leaf: np.asarray(leaf)[rows], prepared)
    count = len(asked.present)
    filled = jax.tree.map(
        lambda leaf: np.concatenate([leaf, leaf[:1].repeat(-count % _AT_ONCE, axis=0)]), asked
    )
    answers = np.asarray(_answers(model, filled))[:count]
    return np.where(asked.present, answers, np.nan)


@eqx.filter_jit
def _answers(model, prepared):
    return jax.lax.map(model, prepared, batch_size=_AT_ONCE)
