"""What a run cost: counted by every integrator, so that it can be told and compared."""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array


class Work(NamedTuple):
    """Counts of a run.

    Attributes:
        steps: moments at which stars were moved.
        star_steps: stars moved, summed over the steps.
        floor_hits: star steps that should have been shorter than the shortest allowed.
        needed_pairs: star steps times the stars there are.
        executed_pairs: pairs whose force was worked out, padding and the further passes of `hermite4`
            included; the second correction of few stars by each other is not.
    """

    steps: Array
    star_steps: Array
    floor_hits: Array
    needed_pairs: Array
    executed_pairs: Array

    def plus(self, star_steps, floor_hits, needed_pairs, executed_pairs) -> "Work":
        """The counts after one more step."""
        more = (1, star_steps, floor_hits, needed_pairs, executed_pairs)
        return Work(*(old + new for old, new in zip(self, more, strict=True)))


def no_work() -> Work:
    """The counts before the first step."""
    return Work(*(jnp.zeros((), dtype=jnp.int64) for _ in Work._fields))
