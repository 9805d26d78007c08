"""What tables are made from: the dataset, the families' predictions, trials and records of fits."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import xarray as xr

from nbody_emulator.evaluation.rows import of_families
from nbody_emulator.evaluation.seal import refuse_sealed_rows
from nbody_emulator.netcdf import read
from nbody_emulator.seen import seen_in

Paths = Iterable[str] | str


@dataclass(frozen=True)
class Sources:
    """The files one table is made from, in memory; a table is given only what it reads.

    Attributes:
        dataset: every run of every unsealed set, or None.
        repeated: the runs that were repeated at half the step parameter, or None.
        predictions: one dataset a family, in any order, named by the attribute `family`.
        curves: predictions of fits to training sets of several sizes, for the noise set's runs.
        ladders: predictions of fits of several complexities, for the same runs.
        fittings: the network's training records, those of the folds in order, then that on all blocks.
    """

    dataset: xr.Dataset | None = None
    repeated: xr.Dataset | None = None
    predictions: tuple[xr.Dataset, ...] = ()
    curves: tuple[xr.Dataset, ...] = ()
    ladders: tuple[xr.Dataset, ...] = ()
    fittings: tuple[xr.Dataset, ...] = ()


def read_sources(
    dataset: Paths = (),
    repeated: Paths = (),
    predictions: Paths = (),
    curves: Paths = (),
    ladders: Paths = (),
    fittings: Paths = (),
) -> Sources:
    """Read the files of each kind; kinds a table has no use for are simply not given.

    Raises:
        ValueError: more than one dataset is given, a file holds sealed runs, or the parts of a fit have not
            seen the same design points.
    """
    return Sources(
        dataset=_read_one(dataset),
        repeated=_read_one(repeated),
        predictions=tuple(chain.from_iterable(map(of_families, _read_all(predictions)))),
        curves=_read_fitted(curves),
        ladders=_read_fitted(ladders),
        fittings=tuple(chain.from_iterable(map(_by_fold, _read_fitted(fittings)))),
    )


def _read_one(paths: Paths) -> xr.Dataset | None:
    datasets = _read_all(paths)
    if len(datasets) > 1:
        raise ValueError(f"an experiment has one dataset of a kind, not {len(datasets)}")
    return datasets[0] if datasets else None


def _read_all(paths: Paths) -> tuple[xr.Dataset, ...]:
    return tuple(_read_open(path) for path in _listed(paths))


def _read_open(path: str) -> xr.Dataset:
    dataset = read(path)
    refuse_sealed_rows(dataset, path)
    return dataset


def _read_fitted(paths: Paths) -> tuple[xr.Dataset, ...]:
    return tuple(_without_record(read(path), path) for path in _listed(paths))


def _without_record(dataset: xr.Dataset, path: str) -> xr.Dataset:
    """The dataset without its list of seen points, which has been checked and is of no further use."""
    seen_in(dataset, path)
    return dataset.drop_dims(["seen_fit", "seen_point"])


def _by_fold(record: xr.Dataset) -> Iterable[xr.Dataset]:
    return (record.isel(fold=number) for number in range(record.sizes["fold"]))


def _listed(paths: Paths) -> Iterable[str]:
    return [paths] if isinstance(paths, str) else paths
