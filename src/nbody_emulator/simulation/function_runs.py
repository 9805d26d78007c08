"""Runs of a simulator that is a function of parameters and a seed, made one after the other and judged at the door."""

import importlib
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.quantities.file_of_runs import outputs_of
from nbody_emulator.quantities.own_summary import summary_of
from nbody_emulator.quantities.quantity import Output
from nbody_emulator.quantities.run_status import Status
from nbody_emulator.settings.own_blocks import BlockOfCalls

with extra("simulation"):
    import xarray as xr

Simulator = Callable[..., Mapping[str, Any]]
Judgement = tuple[Status, str]


def load_function(named: str, root: Path) -> Simulator:
    """The function `module:function`, from the folder `root` or an installed library."""
    module, _, name = named.partition(":")
    if str(root.resolve()) not in sys.path:
        sys.path.insert(0, str(root.resolve()))
    return getattr(importlib.import_module(module), name)


def call_block(
    design: xr.Dataset,
    block: BlockOfCalls,
    simulator: Simulator,
    report: Callable[[int], None] = lambda done: None,
) -> xr.Dataset:
    """The summary of a block of runs, one call each.

    Args:
        design: the runs' parameters and seeds, as `draw_block` gives them.
        block: whose outputs are wanted.
        simulator: takes the parameters by name and `seed`, a whole number below 2^63; gives the outputs by name,
            None or NaN for one that does not exist.
        report: called with the number of runs done.

    Raises:
        ValueError: what it gives is no mapping, or of other outputs: a mistake of all runs, not of one.
    """
    outputs = outputs_of(block.outputs)
    names = design["parameter"].values.tolist()
    rows = zip(design["parameter_values"].values.tolist(), design["seed"].values.tolist(), strict=True)
    values, judgements = [], []
    for done, (inputs, seed) in enumerate(rows, start=1):
        given, judgement = _called(
            simulator, dict(zip(names, inputs, strict=True)), int(seed, 16) >> 1, outputs
        )
        values.append(given)
        judgements.append(judgement)
        report(done)
    place = {"stream": block.stream, "block": block.block}
    return summary_of(design, outputs, np.array(values), judgements).assign_attrs(place)


def _called(
    simulator: Simulator, inputs: Mapping[str, float], seed: int, outputs: Sequence[Output]
) -> tuple[list[float], Judgement]:
    """The outputs of one run, and how it ended: what a call raises is the reason of that run alone."""
    nothing = [math.nan] * len(outputs)
    try:
        given = simulator(**inputs, seed=seed)
    except (Exception, SystemExit) as error:  # whatever someone else's simulator raises
        return nothing, (Status.UNFINISHED, f"{type(error).__name__}: {' '.join(str(error).split())}"[:200])
    if not isinstance(given, Mapping) or set(given) != {output.name for output in outputs}:
        told = ", ".join(map(str, given)) if isinstance(given, Mapping) else repr(given)[:60]
        wanted = ", ".join(output.name for output in outputs)
        raise ValueError(f"the simulator returned {told}; it must return a mapping with the keys {wanted}")
    values = [_number(output, given[output.name]) for output in outputs]
    return values, _judged(outputs, values)


def _number(output: Output, given: Any) -> float:
    if given is None:
        return math.nan
    try:
        return np.asarray(given, dtype=float).item()  # also of an array of one
    except (TypeError, ValueError):
        raise ValueError(
            f"the simulator returned {given!r:.60} for {output.name}, which is no number"
        ) from None


def _judged(outputs: Sequence[Output], values: Sequence[float]) -> Judgement:
    """Whether every output that there is can be one."""
    for output, value in zip(outputs, values, strict=True):
        if math.isinf(value):
            return Status.NOT_FINITE, f"{output.name} is {value:g}"
        if not math.isnan(value) and not output.suits(np.array(value)):
            return Status.UNUSABLE, f"{output.name} = {value:.6g} has no {output.transform}"
    return Status.OK, ""
