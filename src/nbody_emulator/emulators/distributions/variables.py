"""Distributions of many rows as variables of a dataset, and back: each array under its path, with its axes' names.

Paths are joined by underscores, as the CF conventions want names to be.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from nbody_emulator.emulators.distributions.distribution import AbstractDistribution
from nbody_emulator.emulators.distributions.register import DISTRIBUTIONS

if TYPE_CHECKING:
    import xarray as xr

CLASSES = "distribution"
"""Attribute with the class at each path, as JSON."""


def variables_of(
    distribution: AbstractDistribution, leading: tuple[str, ...] = ("row",)
) -> dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, str]]]:
    """Its arrays as variables over the axes `leading` and their own."""
    return {
        f"{CLASSES}_{path.replace('.', '_')}": (
            (*leading, *dimensions),
            np.asarray(array),
            {"long_name": f"{path} of the predicted distribution", "units": "1"},
        )
        for path, dimensions, array in _arrays(distribution)
    }


def classes_of(distribution: AbstractDistribution) -> str:
    """What has to be kept beside its arrays to build it again: the class at each path, as JSON."""
    return json.dumps(dict(_classes(distribution)), sort_keys=True)


def distribution_in(dataset: "xr.Dataset") -> AbstractDistribution:
    """The distribution whose variables and classes the dataset holds."""
    return _built(json.loads(dataset.attrs[CLASSES]), dataset, "")


def _arrays(distribution, path="", leading=()) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    for name, value in _fields(distribution):
        if isinstance(value, AbstractDistribution):
            yield from _arrays(value, f"{path}{name}.", (*leading, "component"))
        else:
            yield f"{path}{name}", (*leading, *distribution.dimensions[name]), value


def _classes(distribution, path="") -> Iterator[tuple[str, str]]:
    yield path, type(distribution).__name__
    for name, value in _fields(distribution):
        if isinstance(value, AbstractDistribution):
            yield from _classes(value, f"{path}{name}.")


def _fields(distribution) -> Iterator[tuple[str, Any]]:
    return ((field.name, getattr(distribution, field.name)) for field in fields(distribution))


def _built(classes: Mapping[str, str], dataset: "xr.Dataset", path: str) -> AbstractDistribution:
    kind = DISTRIBUTIONS.load(classes[path])
    parts = {}
    for field in fields(kind):
        inner = f"{path}{field.name}"
        parts[field.name] = (
            _built(classes, dataset, f"{inner}.")
            if f"{inner}." in classes
            else dataset[f"{CLASSES}_{inner.replace('.', '_')}"].values
        )
    return kind(**parts)
