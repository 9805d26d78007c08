"""Our sums of acceleration, and of acceleration and jerk, against numba's double loops: one core, float64.

Both sum inside a compiled loop of kicks and drifts, so that neither can leave a sum out. Numba's are the plain
double loops over rows of coordinates: `fastmath`, and without its check for division by zero, which would keep them
from being vectorized. The self-pull drops out by its zero distance. Ordered pairs, N (N - 1) a sum; the CPU seconds
of the best repeat, ours and numba's taking turns. About half a minute.

    python benchmarks/force_sums.py [stars ...]
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

import sys
from collections.abc import Callable
from functools import partial

import jax
import numpy as np
from kicks import KICKS, STEP, Kick, moved
from numba import njit
from stopwatch import SOFTENING, cpu_seconds, keep_to_one_core, kroupa_cluster, million_pairs, publish

from nbody_emulator.simulation.compiled import compiled
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

STARS = (128, 256, 512, 1024, 2048)
PAIRS_A_REPEAT = 3e7
REPEATS = 15

loops = njit(fastmath=True, error_model="numpy")


@loops
def numba_accelerations(weights, stars, softening, pull):
    """Accelerations into the first three rows of pull (6, N); `weights` are G m."""
    x, y, z = stars[0], stars[1], stars[2]
    for i in range(x.size):
        xi, yi, zi = x[i], y[i], z[i]
        ax, ay, az = 0.0, 0.0, 0.0
        for j in range(x.size):
            dx, dy, dz = x[j] - xi, y[j] - yi, z[j] - zi
            squared = dx * dx + dy * dy + dz * dz + softening * softening
            kernel = weights[j] / (squared * np.sqrt(squared))
            ax += kernel * dx
            ay += kernel * dy
            az += kernel * dz
        pull[0, i], pull[1, i], pull[2, i] = ax, ay, az


@loops
def numba_jerks(weights, stars, softening, pull):
    """Accelerations and jerks into pull (6, N)."""
    x, y, z, u, v, w = stars[0], stars[1], stars[2], stars[3], stars[4], stars[5]
    for i in range(x.size):
        xi, yi, zi, ui, vi, wi = x[i], y[i], z[i], u[i], v[i], w[i]
        ax, ay, az, jx, jy, jz = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for j in range(x.size):
            dx, dy, dz = x[j] - xi, y[j] - yi, z[j] - zi
            du, dv, dw = u[j] - ui, v[j] - vi, w[j] - wi
            squared = dx * dx + dy * dy + dz * dz + softening * softening
            inverse = 1.0 / np.sqrt(squared)
            square = inverse * inverse
            kernel = weights[j] * inverse * square
            approach = 3.0 * (dx * du + dy * dv + dz * dw) * square
            ax += kernel * dx
            ay += kernel * dy
            az += kernel * dz
            jx += kernel * (du - approach * dx)
            jy += kernel * (dv - approach * dy)
            jz += kernel * (dw - approach * dz)
        pull[0, i], pull[1, i], pull[2, i], pull[3, i], pull[4, i], pull[5, i] = ax, ay, az, jx, jy, jz


def ours(kick: Kick, cluster, steps: int) -> Callable[[], object]:
    """`steps` kicks and drifts, ready to be timed."""
    run = compiled(partial(moved, kick, steps))
    masses, positions, velocities = cluster
    return lambda: jax.block_until_ready(run(masses, positions.T.copy(), velocities.T.copy()))


def numbas(evaluate, cluster, steps: int) -> Callable[[], object]:
    """The same steps with a double loop of numba's."""
    masses, positions, velocities = cluster
    weights = GRAVITATIONAL_CONSTANT * masses

    def run():
        stars = np.ascontiguousarray(np.concatenate([positions, velocities], axis=1).T)
        pull = np.zeros_like(stars)
        for _ in range(steps):
            evaluate(weights, stars, SOFTENING, pull)
            stars[3:] += STEP * (pull[:3] + STEP * pull[3:])
            stars[:3] += STEP * stars[3:]
        return stars[:3], stars[3:]

    return run


NUMBAS = {"acceleration": numba_accelerations, "acceleration + jerk": numba_jerks}


def main() -> None:
    keep_to_one_core()
    sizes = [int(word) for word in sys.argv[1:]] or STARS
    publish("force_sums", [_row(name, stars) for name in KICKS for stars in sizes])


def _row(name: str, stars: int) -> dict[str, object]:
    cluster, steps = kroupa_cluster(stars), max(2, int(PAIRS_A_REPEAT / stars**2))
    runs = ours(KICKS[name], cluster, steps), numbas(NUMBAS[name], cluster, steps)
    for mine, other in zip(*(run() for run in runs), strict=True):  # compiles, and both do the same
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-9)
    seconds = np.min([[cpu_seconds(run) for run in runs] for _ in range(REPEATS)], axis=0)
    mine, other = (million_pairs(stars, steps, float(each)) for each in seconds)
    return {
        "sum": name,
        "stars": stars,
        "ours [Mpairs/s]": mine,
        "numba [Mpairs/s]": other,
        "ours over numba": mine / other,
    }


if __name__ == "__main__":
    main()
