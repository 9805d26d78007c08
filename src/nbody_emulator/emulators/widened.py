"""Answers outside the box, as wide as a straight line through it could have moved: no claim of calibration."""

import equinox as eqx
import jax
import jax.numpy as jnp

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.emulators.outcome_model import OutcomeModel

VARIANCE_OF_A_LINE = 12.0
"""An output that runs in a straight line through a box of unit width, evenly filled, has the variance slope^2 / 12."""


class WidenedModel(eqx.Module):
    """What is said at the nearest point of the box, with more variance the farther away it is.

    At the distance r, in units of the box, an output that owes all its variance s^2 over the training runs to a
    straight line has moved by r s sqrt(12): the square of that is added to its variance. The log-odds of all states
    are divided by sqrt(1 + 12 r^2), towards even odds.
    """

    model: OutcomeModel

    def __call__(self, point: tuple[jax.Array, jax.Array]) -> Outcome:
        """At the nearest point (d,) of the box and the distance () to it."""
        nearest, distance = point
        said = self.model(nearest)
        log_weights, _, variances = said.distribution.widened_parts
        within = jnp.sum(jnp.exp(log_weights)[:, None] * variances, axis=0)
        growth = VARIANCE_OF_A_LINE * distance**2
        added = growth * self.model.output_scaler.spread**2
        towards_even = jnp.sqrt(1.0 + growth)
        return Outcome(
            said.survival_log_odds / towards_even,
            said.existence_log_odds / towards_even,
            said.distribution.widened(1.0 + added / within),
        )
