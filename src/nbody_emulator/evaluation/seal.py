"""The test set's seal: none of its design points may have been seen, under any name, by anything."""

from collections.abc import Iterable, Mapping, Sequence

import xarray as xr

from nbody_emulator.evaluation.rows import text_or_number
from nbody_emulator.identity.seen_points import SEALED_ROLE, Seen, fingerprints, seen_in
from nbody_emulator.storage.netcdf import read


def refuse_seen(sealed: xr.Dataset, unsealed: xr.Dataset, seen: Mapping[str, Seen]) -> None:
    """Check predictions of sealed rows against those of all others, and against what fits have seen.

    Args:
        sealed, unsealed: predictions, whose rows say where they come from.
        seen: what each fit has seen, by the name of its file.

    Raises:
        ValueError: a sealed design point is among the unsealed ones or was seen by a fit, by its name or by
            its parameters; a fit's record does not stand up; or a row's role is not what its side says.
    """
    roles, other_roles = set(text_or_number(sealed["role"])), set(text_or_number(unsealed["role"]))
    if roles != {SEALED_ROLE} or SEALED_ROLE in other_roles:
        raise ValueError(
            f"expected sealed rows on one side alone, found {sorted(roles)}, {sorted(other_roles)}"
        )
    points = _points(sealed)
    _refuse(_common(points, _points(unsealed)), "the rows of the open sets")
    for owner, record in seen.items():
        record.check(owner)
        _refuse(record.common(points), owner)


def refuse_judged(sealed: xr.Dataset, posteriors: xr.Dataset, path: str) -> None:
    """Raises ValueError if a sealed design point is among the open runs by which posteriors were widened or judged."""
    inputs = posteriors["input"].transpose("run", "parameter").values
    judged = fingerprints(text_or_number(posteriors["group"]), inputs)
    _refuse(_common(_points(sealed), judged), path)


def refuse_sealed_rows(dataset: xr.Dataset, path: str) -> None:
    """Raises ValueError if a row of an open dataset or of predictions is of the sealed role."""
    sealed = text_or_number(dataset["role"]) == SEALED_ROLE
    if sealed.any():
        group = text_or_number(dataset["group"])[sealed][0]
        raise ValueError(
            f"{path}: holds the sealed run {group}; the test set belongs to its evaluation alone"
        )


def read_seen(paths: Iterable[str]) -> dict[str, Seen]:
    """What the fits recorded in these files (fitting.nc, trial.nc) have seen, by file and number of the fit."""
    records = {path: seen_in(read(path), path) for path in paths}
    return {f"{path}, fit {number}": each for path in records for number, each in enumerate(records[path])}


def _points(predictions: xr.Dataset) -> dict[str, str]:
    inputs = predictions["input"].transpose("row", "parameter").values
    return fingerprints(text_or_number(predictions["group"]), inputs)


def _common(points: Mapping[str, str], others: Mapping[str, str]) -> list[str]:
    prints = set(others.values())
    return sorted(name for name, mark in points.items() if name in others or mark in prints)


def _refuse(common: Sequence[str], owner: str) -> None:
    if common:
        raise ValueError(
            f"the test set is not sealed: {len(common)} of its design points were seen, as {common[0]}, by {owner}"
        )
