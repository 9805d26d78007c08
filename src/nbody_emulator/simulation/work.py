"""What a run cost: counted by every integrator, so that it can be told and compared."""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from typing import NamedTuple

import jax.numpy as jnp

from nbody_emulator.simulation.shapes import Count


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

    steps: Count
    star_steps: Count
    floor_hits: Count
    needed_pairs: Count
    executed_pairs: Count

    def plus(
        self,
        star_steps: Count | int,
        floor_hits: Count | int,
        needed_pairs: Count | int,
        executed_pairs: Count | int,
    ) -> "Work":
        """The counts after one more step."""
        more = (1, star_steps, floor_hits, needed_pairs, executed_pairs)
        return Work(*(old + new for old, new in zip(self, more, strict=True)))


def no_work() -> Work:
    """The counts before the first step."""
    return Work(*(jnp.zeros((), dtype=jnp.int64) for _ in Work._fields))
