"""One over the square root, in the form that this processor's vector units take: the dearest part of a force.

XLA knows a vector instruction for float64's `rsqrt` on AVX-512 alone and elsewhere works out one number after the
other, which takes three times as long as a division and a root. `benchmarks/force_layouts.py` measures both.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

import jax
import jax.numpy as jnp
from jax import Array, lax

from nbody_emulator.identity.vector_set import vector_set


@jax.custom_jvp
def root_of_reciprocal(numbers: Array) -> Array:
    """numbers^(-1/2) by a division and a root, each of which every processor rounds alike."""
    return jnp.sqrt(1.0 / numbers)


@root_of_reciprocal.defjvp
def _slope(numbers: tuple[Array], changes: tuple[Array]) -> tuple[Array, Array]:
    # The chain rule would multiply zero with infinity for an infinite number.
    root = root_of_reciprocal(*numbers)
    return root, -0.5 * root**3 * changes[0]


ON_PROCESSORS = {"avx512f": lax.rsqrt}.get(vector_set(), root_of_reciprocal)


def reciprocal_root(numbers: Array) -> Array:
    """numbers^(-1/2), to two units in the last place; zero, and without slope, for infinity."""
    return lax.platform_dependent(numbers, cpu=ON_PROCESSORS, default=lax.rsqrt)
