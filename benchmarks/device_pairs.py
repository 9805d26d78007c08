"""Our sums of acceleration, and of acceleration and jerk, of many clusters side by side on a GPU.

The package's own sums, `jax.vmap` of them over a batch, inside a compiled loop of kicks and drifts, so that neither
can be left out and dispatch does not count. Ordered pairs, N (N - 1) a sum and cluster; wall time of the best
repeat; compilation apart. Single precision is the same code with JAX's float64 switched off. The issue bound is what
the chip could do were every arithmetic lane busy at every tick with the operations of the sum written out pair by
pair (`accelerator.py`); it stays blank for chips not in that table. What the device has no room for, by the
compiler's own count, stays blank and says so. Every row is kept as soon as it is measured.

    python benchmarks/device_pairs.py [--rehearse]

--rehearse: tiny clusters on whatever device is there, nothing written.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product, starmap

import jax
import numpy as np
from accelerator import issue_bound, measure, room
from kicks import KICKS, moved
from stopwatch import best_seconds, kroupa_cluster

from nbody_emulator.simulation.compiled import compiled
from nbody_emulator.simulation.initial_conditions import InitialConditions
from nbody_emulator.simulation.padding import padded
from nbody_emulator.simulation.tide import ISOLATED
from nbody_emulator.simulation.tiles import TILE

BATCHES = (64, 256, 1024)
STARS = (128, 256, 512, 1024, 2048)
PRECISIONS = ("float64", "float32")
PAIRS_A_REPEAT = 1e10
FEWEST_STEPS = 4
REPEATS = 7


@dataclass(frozen=True)
class Case:
    """What one row is about."""

    batch: int
    stars: int
    precision: str
    sums: str

    @property
    def pairs(self) -> int:
        """Ordered pairs of all clusters, once each."""
        return self.batch * self.stars * (self.stars - 1)


def clusters(case: Case) -> InitialConditions:
    """A batch of clusters in the precision asked for, vectors (batch, 3, slots), in whole tiles.

    They are one cluster, its stars numbered anew for each: no two lanes work on the same numbers.
    """
    cluster = kroupa_cluster(case.stars)
    lanes = []
    for first in range(case.batch):
        turned = InitialConditions(*(np.roll(array, first, axis=0) for array in cluster))
        lanes.append([array.T for array in padded(turned, ISOLATED, TILE)[:3]])
    return InitialConditions(*(np.stack(lane, dtype=case.precision) for lane in zip(*lanes, strict=True)))


class NoRoomError(Exception):
    """The device has less memory than a program needs; the message says how much."""


def program(
    case: Case, batch: InitialConditions, steps: int, space: float = float("inf"), **step: float
) -> Callable:
    """`steps` kicks and drifts of batches like this one, compiled: clusters in, positions and velocities out.

    Raises:
        NoRoomError: it needs more than `space` [bytes].
    """
    with jax.enable_x64(case.precision == "float64"):
        run = compiled(jax.vmap(partial(moved, KICKS[case.sums], steps, **step)))
        ready = run.lower(*batch).compile()
    memory = ready.memory_analysis()
    needed = memory.argument_size_in_bytes + memory.output_size_in_bytes + memory.temp_size_in_bytes
    if needed > space:
        raise NoRoomError(f"needs {needed / 1e9:.3g} GB of {space / 1e9:.3g} GB")
    return ready


def seconds_a_step(case: Case, device: jax.Device, steps: int) -> float:
    """Wall time [s] of one sum over all pairs of a batch.

    Raises:
        NoRoomError: the device has too little memory, by the compiler's count or when it is run.
    """
    batch = clusters(case)
    run = program(case, batch, steps, room(device))
    try:
        batch = jax.device_put(batch, device)
        jax.block_until_ready(run(*batch))
        return best_seconds(lambda: jax.block_until_ready(run(*batch)), REPEATS) / steps
    except jax.errors.JaxRuntimeError as error:
        if "RESOURCE_EXHAUSTED" in str(error):
            raise NoRoomError("out of memory when run") from error
        raise


def row(case: Case, device: jax.Device, steps: int) -> dict[str, object]:
    """A row of the table; what could not be measured is blank."""
    rate, note = None, ""
    try:
        rate = case.pairs / seconds_a_step(case, device, steps)
    except NoRoomError as error:
        note = str(error)
    bound = issue_bound(device.device_kind, case.sums, case.precision)
    return {
        "device": device.device_kind,
        "batch": case.batch,
        "stars": case.stars,
        "precision": case.precision,
        "sum": case.sums,
        "Mpairs/s": "" if rate is None else rate / 1e6,
        "share of issue bound": "" if rate is None or bound is None else rate / bound,
        "note": note,
    }


def rows(device: jax.Device) -> Iterator[dict[str, object]]:
    for case in starmap(Case, product(BATCHES, STARS, PRECISIONS, KICKS)):
        yield row(case, device, max(FEWEST_STEPS, round(PAIRS_A_REPEAT / case.pairs)))


def rehearsal(device: jax.Device) -> Iterator[dict[str, object]]:
    for case in starmap(Case, product((2,), (8, 16), PRECISIONS, KICKS)):
        yield row(case, device, FEWEST_STEPS)


if __name__ == "__main__":
    measure("device_pairs", rows, rehearsal)
