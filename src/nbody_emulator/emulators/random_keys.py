"""Keys of JAX's random numbers that are the same whatever its defaults are set to from outside."""

from contextlib import AbstractContextManager

import jax

GENERATOR = "threefry2x32"
"""JAX's generator of random numbers, named: the default may be set to another from outside."""


def random_key(seed: int) -> jax.Array:
    """A key of the named generator."""
    return jax.random.key(seed, impl=GENERATOR)


def counted_off() -> AbstractContextManager:
    """Within it the generator counts its numbers off in one way: how is a setting of JAX too."""
    return jax.threefry_partitionable(True)
