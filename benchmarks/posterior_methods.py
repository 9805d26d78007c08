"""What posteriors and evidences cost by each method, and how far they are off, on real observations.

    python benchmarks/posterior_methods.py [observations [tables|chains|flows|evidences]]

Observations are simulated clusters of `config/laptop.yaml` that no fit has seen, emulators are those of its results:
`make results` makes both. CPU seconds are those of all threads; wall seconds are of a machine that others use too. What
is asked again is timed after everything was compiled, and first calls beside it. All are held against the table's
posterior by all of its 65,536 points. About thirteen CPU minutes with 64 observations, as by
default, and some twenty with 200.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpyro_chains import sampler
from observed_runs import by_all_points, emulator_of, observations
from posterior_comparison import DRAWS, Reference, apart, drawn, told_apart
from stopwatch import publish

from nbody_emulator.inference import Amortized, Observation, Posterior, PredictionTable
from nbody_emulator.inference.chains import chains_of
from nbody_emulator.inference.evidence import EVIDENCES, evidence_of
from nbody_emulator.inference.prediction_table import alike

NETWORK, PROCESS, POLYNOMIAL = "network", "gaussian_process", "polynomial"
FAMILIES = (NETWORK, PROCESS, POLYNOMIAL)
OBSERVATIONS = 64
FEW = 8
"""Observations of what takes long, beside a first that compiles."""
COSTLY = 50
"""Times fewer observations with a Gaussian process's gradients or slices, as each takes so many times longer."""

Row = dict[str, object]


class Timed(NamedTuple):
    """What calls gave and took; the first compiles."""

    found: list[Any]
    cpu: list[float]
    wall: list[float]

    @property
    def again(self) -> float:
        """CPU seconds of a call after the first, the median."""
        return float(np.median(self.cpu[1:]))


def timed(calls: Sequence[Callable[[], object]]) -> Timed:
    return in_turn(calls)[0]


def in_turn(*ways: Sequence[Callable[[], object]]) -> list[Timed]:
    """The same questions asked of each way in turn, so that what else the machine does is shared."""
    found = [Timed([], [], []) for _ in ways]
    for calls in zip(*ways, strict=True):
        for call, told in zip(calls, found, strict=True):
            wall, cpu = time.perf_counter(), time.process_time()
            told.found.append(call())
            told.cpu.append(time.process_time() - cpu)
            told.wall.append(time.perf_counter() - wall)
    return found


def table_rows(count: int) -> list[Row]:
    """Posteriors by the table as it is used, one observation after the other, once as many points stand as it takes."""
    return [_table_row(PredictionTable.of(emulator_of(family)), count) for family in FAMILIES]


def _table_row(table: PredictionTable, count: int) -> Row:
    seen = observations(table.emulator, count)
    known = by_all_points(table, seen, Reference.of)  # compiles, and asks for all points
    anew = [PredictionTable.of(table.emulator) for _ in range(FEW)]
    made = timed([partial(each.part, 0) for each in anew])
    found = timed([partial(table.posterior, each) for each in seen])
    return {
        "family": table.emulator.metadata.family,
        "first points [CPU s]": float(np.median(made.cpu)),
        "first points [s]": float(np.median(made.wall)),
        "observations": count,
        "an observation [CPU s], median": found.again,
        "slowest [CPU s]": max(found.cpu[1:]),
        "an observation [s], median": float(np.median(found.wall[1:])),
        "slowest [s]": max(found.wall[1:]),
        "most points": max(len(each.weights) for each in found.found),
        **apart(found.found, known),
    }


def chain_rows(count: int) -> list[Row]:
    """Chains with the network, many observations a call and one, and by numpyro's defaults; and with a Gaussian
    process.
    """
    network, process = (PredictionTable.of(emulator_of(family)) for family in (NETWORK, PROCESS))
    seen = observations(network.emulator, count)
    together = [[seen[place] for place in places] for places in alike(seen)]
    alone = [[each] for each in seen if each.present.any()][: FEW + 1]
    costly = alone[: max(2, count // COSTLY)]
    walk = sampler(network)

    def ours(table, several):
        return [partial(chains_of, table, each) for each in several]

    many = timed(ours(network, together))
    one, theirs = in_turn(ours(network, alone), [lambda each=each: list(map(walk, each)) for each in alone])
    slow = timed(ours(process, costly))
    rows = [
        _chain_row(network, together, many, "ours"),
        _chain_row(network, alone, one, "ours"),
        _chain_row(network, alone, theirs, "numpyro's defaults"),
        _chain_row(process, costly, slow, "ours"),
    ]
    cost = "CPU ms an independent draw"
    return [row | {"over ours, one a call": row[cost] / rows[1][cost]} for row in rows]


def _chain_row(table: PredictionTable, calls: list[list[Observation]], took: Timed, by: str) -> Row:
    seen, found = list(chain.from_iterable(calls)), list(chain.from_iterable(took.found))
    each = sum(took.cpu[1:]) / sum(map(len, calls[1:]))
    posteriors, known = [chains.posterior for chains in found], by_all_points(table, seen, Reference.of)
    fewest = float(np.median([min(*chains.bulk_size, *chains.tail_size) for chains in found]))
    return {
        "family": table.emulator.metadata.family,
        "by": by,
        "observations": len(seen),
        "a call": len(calls[0]),
        "an observation [CPU s]": each,
        "first call [CPU s]": took.cpu[0],
        "pass all checks [%]": 100.0 * float(np.mean([not chains.failures for chains in found])),
        "independent draws": fewest,
        "CPU ms an independent draw": 1e3 * each / fewest,
        **apart(posteriors, known),
        "told apart [%]": _told_apart(posteriors, known),
    }


def flow_rows(count: int) -> list[Row]:
    """Flows trained on each emulator's own runs, with everything to be compiled only by the first; and their draws."""
    return [_flow_row(PredictionTable.of(emulator_of(family)), count) for family in FAMILIES]


def _flow_row(table: PredictionTable, count: int) -> Row:
    trained = timed([partial(Amortized.of_draws, table.emulator)])
    seen, known = observations(table.emulator, count), []
    found = timed([partial(trained.found[0].posterior, each, DRAWS) for each in seen])
    known = by_all_points(table, seen, Reference.of)
    return {
        "family": table.emulator.metadata.family,
        "training [CPU s]": trained.cpu[0],
        "training [s]": trained.wall[0],
        "observations": count,
        "2,000 draws [CPU s], median": found.again,
        "2,000 draws [s], median": float(np.median(found.wall[1:])),
        **apart(found.found, known),
        "told apart [%]": _told_apart(found.found, known),
    }


def evidence_rows(count: int) -> list[Row]:
    """Every way to the evidence, in turn for each observation."""
    rows = []
    for family in FAMILIES:
        table = PredictionTable.of(emulator_of(family))
        costly = max(2, count // COSTLY)
        seen = [each for each in observations(table.emulator, count) if each.present.any()]
        seen = seen[: costly if family == PROCESS else FEW + 1]
        known = np.array(by_all_points(table, seen, lambda posterior: posterior.log_evidence))
        ways = [[partial(evidence_of, table, each, method) for each in seen] for method in EVIDENCES.names]
        found = in_turn(*ways)
        rows += [_evidence_row(family, each, known, found[0].again) for each in found]
    return rows


def _evidence_row(family: str, took: Timed, known: np.ndarray, by_table: float) -> Row:
    off = np.array([each.log_value for each in took.found]) - known
    errors = np.array([each.standard_error for each in took.found])
    return {
        "family": family,
        "evidence by": took.found[0].method,
        "observations": len(off),
        "an evidence [CPU s], median": took.again,
        "over the table's": took.again / by_table,
        "first [CPU s]": took.cpu[0],
        "off by [nats], rms": float(np.sqrt(np.mean(off**2))),
        "farthest off [nats]": float(np.abs(off).max()),
        "error by its own account [nats], rms": float(np.sqrt(np.mean(errors**2))),
    }


def _told_apart(posteriors: Sequence[Posterior], known: Sequence[Reference]) -> float:
    """The mean over a few [%]."""
    pairs = list(zip(posteriors, known, strict=True))[: FEW + 1]
    return 100.0 * float(np.mean([told_apart(drawn(one), other.draws) for one, other in pairs]))


PARTS: dict[str, Callable[[int], list[Row]]] = {
    "tables": table_rows,
    "chains": chain_rows,
    "flows": flow_rows,
    "evidences": evidence_rows,
}


def main(count: int, parts: Sequence[str]) -> None:
    for part in parts:
        publish(f"posterior_{part}", PARTS[part](count))


if __name__ == "__main__":
    main(int((sys.argv[1:] or [OBSERVATIONS])[0]), sys.argv[2:] or list(PARTS))
