"""The joint distribution of the outputs that there are, and nothing else."""

from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp

from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.inference.likelihoods.likelihood import AbstractLikelihood


class AbsenceLeftOut(AbstractLikelihood):
    """As if a cluster that dissolved, or an output that does not exist, said nothing of where it came from."""

    can_be_widened: ClassVar[bool] = False
    counts_absence: ClassVar[bool] = False

    def taken(self, outcome: Outcome) -> Outcome:
        odds = outcome.survival_log_odds, outcome.existence_log_odds
        certain = tuple(jnp.full_like(each, jnp.inf) for each in odds)
        return eqx.tree_at(lambda each: (each.survival_log_odds, each.existence_log_odds), outcome, certain)
