"""What tables are made from: the dataset, the families' predictions, trials and records of fits."""

from collections.abc import Iterable
from dataclasses import dataclass

import xarray as xr

from nbody_emulator.netcdf import read


@dataclass(frozen=True)
class Sources:
    """The files one table is made from, in memory; a table is given only what it reads.

    Attributes:
        dataset: every run of every unsealed set, or None.
        predictions: one dataset a family, in any order, named by the attribute `family`.
        trials: predictions of many fits on the noise set; learning curves or ladders, never both.
        fittings: the network's training records, those of the folds in order, then that on all blocks.
    """

    dataset: xr.Dataset | None = None
    predictions: tuple[xr.Dataset, ...] = ()
    trials: tuple[xr.Dataset, ...] = ()
    fittings: tuple[xr.Dataset, ...] = ()


def read_sources(
    dataset: Iterable[str] | str = (),
    predictions: Iterable[str] = (),
    curves: Iterable[str] = (),
    ladders: Iterable[str] = (),
    fittings: Iterable[str] = (),
) -> Sources:
    """Read the files of each kind; kinds a table has no use for are simply not given."""
    paths = [dataset] if isinstance(dataset, str) else list(dataset)
    return Sources(
        dataset=read(paths[0]) if paths else None,
        predictions=tuple(map(read, predictions)),
        trials=tuple(map(read, [*curves, *ladders])),
        fittings=tuple(map(read, fittings)),
    )
