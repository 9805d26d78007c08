"""What intervals and regions hold of sealed runs, by every treatment that unsealed runs have set."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import xarray as xr

from nbody_emulator.evaluation.estimate import Estimate
from nbody_emulator.evaluation.looks import Count, added, counts
from nbody_emulator.evaluation.losses import coverage_name
from nbody_emulator.evaluation.rows import (
    Rows,
    SomeRuns,
    SurvivingRuns,
    first_of_groups,
    outputs_of,
    rows_of,
    surviving_runs,
)
from nbody_emulator.evaluation.treatments import (
    REGION_TREATMENTS,
    TREATMENTS,
    Treated,
    Treatment,
)
from nbody_emulator.evaluation.whole_runs import region_name
from nbody_emulator.identity.seen_points import SEALED_ROLE
from nbody_emulator.settings.protocol import Protocol

ByRole = Callable[[str], SomeRuns]
"""One unsealed row a design point, of a role."""


def treated_coverage(
    rows: Rows, unsealed: xr.Dataset, output: str, protocol: Protocol
) -> dict[str, Estimate]:
    """Coverage in sealed `rows` of every treatment that is set by unsealed rows."""
    return _coverage(rows, _rows_by_role(unsealed, output), TREATMENTS, coverage_name, protocol)


def treated_regions(runs: SurvivingRuns, unsealed: xr.Dataset, protocol: Protocol) -> dict[str, Estimate]:
    """The same of joint regions of all outputs."""
    return _coverage(runs, _runs_by_role(unsealed), REGION_TREATMENTS, region_name, protocol)


def _coverage(
    rows: SomeRuns,
    by_role: ByRole[SomeRuns],
    treatments: Mapping[str, Treatment[SomeRuns]],
    named: Callable[[float], str],
    protocol: Protocol,
) -> dict[str, Estimate]:
    """By `<treatment>_<name at a level>`.

    Other runs would have set other intervals: their scatter is in the estimates.
    """
    found = {}
    for name, treatment in treatments.items():
        if treatment.set_by and len(rows):
            setting = by_role(treatment.set_by)
            treated, sealed = _treated(rows, setting, treatment, protocol.seed)
            covered = treated.covered(np.array(protocol.levels))[sealed].astype(float)
            for level, inside in zip(protocol.levels, covered.T, strict=True):
                elsewhere = treatment.variance(len(setting), level)
                found[f"{name}_{named(level)}"] = Estimate(inside.mean(), inside, elsewhere)
    return found


def _treated(
    rows: SomeRuns, setting: SomeRuns, treatment: Treatment[SomeRuns], seed: int
) -> tuple[Any, np.ndarray]:
    """Setting rows and sealed ones, these treated with all of those; and which are sealed (n,)."""
    treated = treatment.treat(setting.joined(rows), seed)
    return treated, treated.rows.role == SEALED_ROLE


def _rows_by_role(unsealed: xr.Dataset, output: str) -> ByRole[Rows]:
    return lambda role: first_of_groups(rows_of(unsealed, output, [role]))


def _runs_by_role(unsealed: xr.Dataset) -> ByRole[SurvivingRuns]:
    return lambda role: first_of_groups(surviving_runs(unsealed, [role]))


def bands_of(sealed: xr.Dataset, unsealed: xr.Dataset, protocol: Protocol) -> dict[str, dict[str, dict]]:
    """Treatment -> kind -> how many coverages of all outputs and levels are outside their bands.

    Of a point the first run, for runs of one point are not independent. Of conformal intervals the bands are exact.
    """
    levels = np.array(protocol.levels)
    every: dict[str, dict[str, list[Count]]] = {}
    for name, treated, chosen in _all_treated(sealed, unsealed, protocol.seed):
        for kind, count in counts(treated, levels, chosen).items():
            every.setdefault(name, {}).setdefault(kind, []).append(count)
    return {
        name: {kind: asdict(added(found)) for kind, found in kinds.items()} for name, kinds in every.items()
    }


def _all_treated(
    sealed: xr.Dataset, unsealed: xr.Dataset, seed: int
) -> Iterator[tuple[str, Treated, np.ndarray]]:
    """Every treatment of one sealed run a point, by name: of every output and of whole runs; which rows are sealed."""
    for output in outputs_of(sealed):
        rows = first_of_groups(rows_of(sealed, output, [SEALED_ROLE]))
        for name, treatment in _judged(TREATMENTS):
            setting = _rows_by_role(unsealed, output)(treatment.set_by or "calibration")
            yield name, *_treated(rows, setting, treatment, seed)
    runs = first_of_groups(surviving_runs(sealed, [SEALED_ROLE]))
    for name, joint in _judged(REGION_TREATMENTS):
        setting_runs = _runs_by_role(unsealed)(joint.set_by or "calibration")
        yield name, *_treated(runs, setting_runs, joint, seed)


def _judged(treatments: Mapping[str, Treatment[SomeRuns]]) -> Iterator[tuple[str, Treatment[SomeRuns]]]:
    return ((name, each) for name, each in treatments.items() if not each.is_out_of_fold)
