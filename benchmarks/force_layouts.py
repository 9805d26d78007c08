"""Ways of writing the same direct sum in JAX, timed inside a loop of kicks and drifts on one core.

    python benchmarks/force_layouts.py [--wide]

The package's own is `gravity.evaluate`; the others say what each of its choices is worth. Then the same is measured
as on a processor without AVX-512, for which the package would choose the tiles with the root of the reciprocal.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

import os
import subprocess
import sys

import jax
import jax.numpy as jnp
from jax import lax
from stopwatch import SOFTENING, best_cpu_seconds, keep_to_one_core, kroupa_cluster, million_pairs, publish

from nbody_emulator.simulation import gravity
from nbody_emulator.simulation.compiled import compiled
from nbody_emulator.simulation.reciprocal_root import root_of_reciprocal
from nbody_emulator.simulation.tiles import gaps, over_tiles
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

NARROW = "--xla_cpu_max_isa=AVX2"
REPEATS = 5
PAIRS_A_REPEAT = 5e7


def innermost_three(masses, positions, softening):
    """One (N, N, 3) array of separations."""
    stars = positions.T
    separations = stars[None, :, :] - stars[:, None, :]
    squared = jnp.sum(separations**2, axis=2) + softening**2
    weights = GRAVITATIONAL_CONSTANT * masses * squared**-1.5
    return jnp.sum(weights[:, :, None] * separations, axis=1).T


def component_sums(masses, positions, softening):
    """Three (N, N) arrays, each summed over the stars that pull."""
    gaps = [row[:, None] - row[None, :] for row in lax.optimization_barrier(positions)]
    squared = gaps[0] ** 2 + gaps[1] ** 2 + gaps[2] ** 2 + softening**2
    inverse = lax.rsqrt(squared)
    weights = GRAVITATIONAL_CONSTANT * masses[:, None] * inverse * inverse * inverse
    return jnp.stack([jnp.sum(weights * gap, axis=0) for gap in gaps])


def product(inverse_cubes, barrier: bool = True):
    """One product of [m x, m y, m z, m] with the symmetric kernel that `inverse_cubes` makes."""

    def accelerations(masses, positions, softening):
        x, y, z = lax.optimization_barrier(positions) if barrier else positions
        squared = (
            (x[:, None] - x[None, :]) ** 2
            + (y[:, None] - y[None, :]) ** 2
            + (z[:, None] - z[None, :]) ** 2
            + softening**2
        )
        kernel = jnp.where(jnp.eye(x.size, dtype=bool), 0.0, inverse_cubes(squared))
        weights = GRAVITATIONAL_CONSTANT * masses
        rows = jnp.concatenate([weights * positions, weights[None, :]])
        sums = jnp.matmul(rows, kernel, precision=lax.Precision.HIGHEST)
        return sums[:3] - positions * sums[3]

    return accelerations


def cubed_root(squared):
    """rsqrt of float64, cubed."""
    inverse = lax.rsqrt(squared)
    return inverse * inverse * inverse


def divided(squared):
    """A division by r^3."""
    return 1.0 / (squared * jnp.sqrt(squared))


def in_tiles(root):
    """The product for one tile of stars after another, with this reciprocal root."""

    def accelerations(masses, positions, softening):
        weights = GRAVITATIONAL_CONSTANT * masses
        rows = jnp.concatenate([weights * positions, weights[None, :]])

        def on_tile(targets, first):
            x, y, z = gaps(positions, targets)
            squared = x**2 + y**2 + z**2 + softening**2
            pulling, pulled = (lax.broadcasted_iota(jnp.int32, squared.shape, axis) for axis in (0, 1))
            kernel = root(jnp.where(pulling == pulled + first, jnp.inf, squared)) ** 3
            return jnp.matmul(rows, kernel, precision=lax.Precision.HIGHEST)

        sums = over_tiles(on_tile, positions)
        return sums[:3] - positions * sums[3]

    return accelerations


LAYOUTS = {
    "one (N, N, 3) array": innermost_three,
    "three (N, N) arrays, sums": component_sums,
    "product, division by r^3": product(divided),
    "product, rsqrt cubed": product(cubed_root),
    "product, rsqrt cubed, no barrier": product(cubed_root, barrier=False),
    "tiles, rsqrt cubed": in_tiles(lax.rsqrt),
    "tiles, root of the reciprocal cubed": in_tiles(root_of_reciprocal),
    "the package's": lambda *arguments: gravity.evaluate(*arguments).accelerations,
}


def main() -> None:
    keep_to_one_core()
    sizes = (128, 256, 1024) if "--wide" in sys.argv else (128, 1024)
    narrow = os.environ.get("XLA_FLAGS") == NARROW
    # The package chooses by the processor, which is not as narrow as it is told to be here.
    layouts = {name: one for name, one in LAYOUTS.items() if not (narrow and name == "the package's")}
    rows = []
    for stars in sizes:
        for name, accelerations in layouts.items():
            rate = _rate(accelerations, stars)
            rows.append({"stars": stars, "layout": name, "one core [Mpairs/s]": rate})
    publish("force_layouts_avx2" if narrow else "force_layouts", rows)
    if not narrow:
        subprocess.run([sys.executable, *sys.argv], env=os.environ | {"XLA_FLAGS": NARROW}, check=True)


def _rate(accelerations, stars: int) -> float:
    """Millions of pairs a second of this layout in a loop."""
    masses, positions, velocities = kroupa_cluster(stars)
    steps = max(2, int(PAIRS_A_REPEAT / stars**2 / (20 if accelerations is innermost_three else 1)))

    @compiled
    def run(masses, positions, velocities, softening, step):
        def one_step(_, carry):
            moved, speeds = carry
            speeds = speeds + step * accelerations(masses, moved, softening)
            return moved + step * speeds, speeds

        return lax.fori_loop(0, steps, one_step, (positions, velocities))

    arguments = (masses, positions.T.copy(), velocities.T.copy(), SOFTENING, 0.001)
    jax.block_until_ready(run(*arguments))
    seconds = best_cpu_seconds(lambda: jax.block_until_ready(run(*arguments)), REPEATS)
    return million_pairs(stars, steps, seconds)


if __name__ == "__main__":
    main()
