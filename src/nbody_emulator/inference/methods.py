"""One call from an observed cluster to the posterior of its parameters."""

import operator
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from nbody_emulator.arrays import shown
from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.inference.inferred import Inferred
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.prediction_table import POINTS, PredictionTable, thetas
from nbody_emulator.inference.predictive_check import predictive_probability
from nbody_emulator.inference.register import METHODS
from nbody_emulator.quantities.quantity import Covariate
from nbody_emulator.settings.error import suggestion


def infer(
    emulator: Emulator | PredictionTable,
    observation: Mapping[str, Any],
    errors: Mapping[str, Any] | None = None,
    missing: Iterable[str] | None = None,
    method: str = "table",
    points: int | None = None,
    seed: int = 0,
) -> Inferred:
    """The posterior of a cluster's parameters, uniform in the emulator's box before, from what was observed of it.

    The likelihood is all that the emulator says of the cluster's outcome: that it survived, that it has these outputs
    and not those, and the joint density of their values, convolved with the observation's errors; its variances times
    the factor that the emulator keeps, if its posteriors were tested.

    Args:
        emulator: or its `PredictionTable`, which is asked once and serves every observation.
        observation: values of outputs by name, bare in their units or in any unit. What is left out was not looked at.
        errors: standard errors of some of them, likewise; the others are exact.
        missing: names of outputs which the cluster was seen not to have: that, too, tells of its parameters.
        method: "table" (weights on points that fill the box, exact for up to five parameters), "nuts" (chains along
            gradients, for more, or where the table's points are too few) or "amortized" (flows trained on the
            emulator's own runs; exact values alone).
        points: of a table made here at most, a power of two; 65,536 by default. A table that is given has its own.
        seed: of what a method draws; the same seed, the same posterior.

    Raises:
        TypeError: what is given has no names, or is no number in a unit that can be converted.
        ValueError: there is no such method; names are unknown or values impossible, all of them told at once; the
            observation is so telling that the points are too few, with the number to ask for; or nothing in the box can
            explain it.
    """
    if method not in METHODS.names:
        raise ValueError(f"there is no method {method!r}; {suggestion(method, METHODS.names)}")
    seed = operator.index(seed)
    table = _table(emulator, points)
    _refuse_what_is_seen(table.emulator)
    seen = Observation.of(table.emulator.outputs, observation, errors, missing)
    _refuse_not_learned(table.emulator, seen)
    posterior, failures = METHODS.load(method)(table, seen, seed)
    return Inferred(
        posterior=posterior,
        emulator=table.emulator,
        observation=seen,
        method=method,
        likelihood=type(table.likelihood).__name__,
        variance_factor=table.variance_factor,
        predictive_probability=predictive_probability(table, seen),
        failures=failures,
    )


def _table(emulator: Emulator | PredictionTable, points: int | None) -> PredictionTable:
    if isinstance(emulator, PredictionTable):
        if points is not None:
            raise ValueError("a table has its own points; write PredictionTable.of(emulator, points)")
        return emulator
    if not isinstance(emulator, Emulator):
        raise TypeError(
            f"an Emulator or a PredictionTable is needed, not {shown(emulator)}; Emulator.load reads a file"
        )
    return PredictionTable.of(emulator, POINTS if points is None else points)


def _refuse_what_is_seen(emulator: Emulator) -> None:
    """Of an observed cluster nobody knows the stars that it was born with."""
    seen = [each.name for each in emulator.parameters if isinstance(each, Covariate)]
    if seen:
        told = ", ".join(seen[:3]) + (f" and {len(seen) - 3} more numbers" if len(seen) > 3 else "")
        raise ValueError(
            f"the emulator is given {told} of the stars before the run, which no observation tells; take one that is "
            "given the parameters alone"
        )


def _refuse_not_learned(emulator: Emulator, seen: Observation) -> None:
    """An output that had too few training runs says nothing of a cluster, and must not seem to."""
    middle = thetas(emulator.parameters, np.full((1, len(emulator.parameters)), 0.5))[0]
    learned = np.isfinite(np.asarray(emulator.outcome(middle).distribution.mean))
    unknown = [
        output.name
        for output, known, used in zip(seen.outputs, learned, seen.looked_at, strict=True)
        if used and not known
    ]
    if unknown:
        raise ValueError(
            f"the emulator has not learned {', '.join(unknown)}; leave out what it does not know"
        )
