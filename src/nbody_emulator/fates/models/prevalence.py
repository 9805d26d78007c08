"""One probability for every star."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.scipy.special import logit

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.fates.known_stars import KnownStars
from nbody_emulator.fates.preparation import Prepared


class PrevalenceModel(eqx.Module):
    """The same log odds for every star.

    Attributes:
        log_odds: () of all stars.
    """

    log_odds: jax.Array

    def __call__(self, prepared: Prepared) -> jax.Array:
        return jnp.broadcast_to(self.log_odds, prepared.present.shape)

    @staticmethod
    def of(known: KnownStars) -> "PrevalenceModel":
        return PrevalenceModel(logit(jnp.asarray(known.share)))
