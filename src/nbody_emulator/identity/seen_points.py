"""The design points a fit has seen, by name and by fingerprint of their parameters, and what it must not have.

A fit consists of parts: the scaler, the tuning (which includes the variance of the residuals) and the model.
Each notes the design points of the rows it was handed; the record is kept in emulator.eqx, fitting.nc and trial.nc.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.identity.canonical import identity

if TYPE_CHECKING:
    import xarray as xr

PARTS = ("scaler", "tuning", "model")
"""Parts of a fit; the k-th is bit k of a point's mask."""

SEALED_ROLE = "sealed"
TRAINING_ROLE = "training"


def fingerprints(groups: Iterable[str], inputs: np.ndarray) -> dict[str, str]:
    """Design point -> fingerprint of its parameters (n, d): equal only if they are equal to the last bit.

    Raises:
        ValueError: one name stands for two design points.
    """
    found: dict[str, str] = {}
    for group, values in zip(map(str, groups), np.asarray(inputs, dtype=float).tolist(), strict=True):
        fingerprint = identity(values)
        if found.setdefault(group, fingerprint) != fingerprint:
            raise ValueError(f"the design point {group} has two sets of parameters")
    return found


@dataclass(frozen=True)
class Seen:
    """The design points of one fit.

    Attributes:
        points: (name, fingerprint, mask of the parts that saw it), sorted by name. Mask 0 is a point that was in
            the table but gave no output: the fit was given it, and must not be scored on it either.
        checksum: of `points`; an edited list does not fit it.
    """

    points: tuple[tuple[str, str, int], ...]
    checksum: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all points, sorted."""
        return tuple(name for name, _, _ in self.points)

    def check(self, owner: object) -> None:
        """Refuse a record that was edited, or parts that have not seen the same.

        Raises:
            ValueError: one line that names `owner`, a point and the remedy.
        """
        if self.checksum != identity(self.points):
            raise ValueError(f"{owner}: its list of seen design points was edited; make the file again")
        for name, _, mask in self.points:
            if mask not in (0, _mask(PARTS)):
                did = [part for part in PARTS if mask & _mask([part])]
                did_not = [part for part in PARTS if part not in did]
                raise ValueError(
                    f"{owner}: its {' and '.join(did)} saw the design point {name}, its "
                    f"{' and '.join(did_not)} did not; fit it again, every part on the same runs"
                )

    def common(self, points: Mapping[str, str]) -> list[str]:
        """Those of `points` (name -> fingerprint) that the fit was given, under whatever name; sorted."""
        names, prints = set(self.names), {fingerprint for _, fingerprint, _ in self.points}
        return sorted(name for name, mark in points.items() if name in names or mark in prints)


def record(given: Mapping[str, str], by_part: Mapping[str, Iterable[str]]) -> Seen:
    """The record of a fit to the points `given` (name -> fingerprint), of which each part saw some.

    Points that a part saw without their being given are in the record too.
    """
    parts = {part: set(map(str, by_part.get(part, ()))) for part in PARTS}
    names = sorted(set(given).union(*parts.values()))
    masks = {name: _mask(part for part in PARTS if name in parts[part]) for name in names}
    points = tuple((name, given.get(name, ""), masks[name]) for name in names)
    return Seen(points, identity(points))


def seen_variables(records: Sequence[Seen]) -> dict[str, "xr.DataArray"]:
    """Several fits' records as variables over (seen_fit, seen_point)."""
    import xarray as xr  # imported here: using an emulator does not need it

    prints = {name: mark for each in records for name, mark, _ in each.points}
    names = sorted(prints)
    masks = [{name: mask for name, _, mask in each.points} for each in records]
    array = np.array([[of_fit.get(name, -1) for name in names] for of_fit in masks], dtype=np.int8)
    attributes = {
        "units": "1",
        "long_name": "parts of the fit that saw the design point; 0 = given without outputs, -1 = not given",
        "flag_masks": np.array([_mask([part]) for part in PARTS], dtype=np.int8),
        "flag_meanings": " ".join(PARTS),
    }

    def text(dimension, values, long_name):
        return xr.DataArray(np.array(values, dtype=str), dims=dimension, attrs={"long_name": long_name})

    return {
        "seen": xr.DataArray(array, dims=("seen_fit", "seen_point"), attrs=attributes),
        "seen_name": text("seen_point", names, "design point as stream/block/point"),
        "seen_fingerprint": text("seen_point", [prints[name] for name in names], "of its parameters"),
        "seen_checksum": text("seen_fit", [each.checksum for each in records], "of the fit's seen points"),
    }


def seen_in(dataset: "xr.Dataset", owner: object) -> list[Seen]:
    """The records that `seen_variables` put into a dataset, checked.

    Raises:
        ValueError: there are none, or one does not stand up to `Seen.check`; the message names `owner`.
    """
    if "seen" not in dataset:
        raise ValueError(f"{owner}: it does not say which design points it has seen; make the file again")
    labels = [dataset[name].values.astype(str).tolist() for name in ("seen_name", "seen_fingerprint")]
    records = [
        Seen(tuple(entry for entry in zip(*labels, masks, strict=True) if entry[2] >= 0), str(checksum))
        for masks, checksum in zip(
            dataset["seen"].values.tolist(), dataset["seen_checksum"].values, strict=True
        )
    ]
    for each in records:
        each.check(owner)
    return records


def _mask(parts: Iterable[str]) -> int:
    return sum(1 << PARTS.index(part) for part in parts)
