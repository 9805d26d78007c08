"""What tables are made from: datasets by the role in which a table reads them."""

from collections.abc import Iterable

import xarray as xr

from nbody_emulator.evaluation.rows import of_families
from nbody_emulator.evaluation.seal import refuse_sealed_rows
from nbody_emulator.identity.seen_points import seen_in
from nbody_emulator.storage.netcdf import read

Paths = Iterable[str] | str


class Sources(dict[str, tuple[xr.Dataset, ...]]):
    """The datasets one table is made from, in memory, by role; a table is given only what it reads.

    Predictions come one dataset a family, in any order, named by the attribute `family`; records of fits one dataset a
    fit: those of the folds in order, then that on all blocks.
    """

    def all(self, role: str) -> tuple[xr.Dataset, ...]:
        """Every dataset of a role; none where nothing was given."""
        return self.get(role, ())

    def one(self, role: str) -> xr.Dataset:
        """The dataset of a role that has one.

        Raises:
            ValueError: it has another number of them.
        """
        found = self.all(role)
        if len(found) != 1:
            raise ValueError(f"a table reads one {role}, not {len(found)}")
        return found[0]


def read_sources(**paths: Paths) -> Sources:
    """Read the files of each role; what a file holds decides how it is taken apart.

    Raises:
        ValueError: a file holds sealed runs, or the parts of a fit have not seen the same design points.
    """
    return Sources(
        {
            role: tuple(part for path in _listed(of_role) for part in _parts(read(path), path))
            for role, of_role in paths.items()
        }
    )


def _parts(dataset: xr.Dataset, path: str) -> tuple[xr.Dataset, ...]:
    if "role" in dataset:
        refuse_sealed_rows(dataset, path)
    else:
        # What has no rows of its own was fitted, and says to what. That is checked, and of no further use.
        seen_in(dataset, path)
        dataset = dataset.drop_dims(["seen_fit", "seen_point"])
    if "fold" in dataset.dims:
        return tuple(dataset.isel(fold=number) for number in range(dataset.sizes["fold"]))
    return of_families(dataset) if "family" in dataset.dims else (dataset,)


def _listed(paths: Paths) -> Iterable[str]:
    return [paths] if isinstance(paths, str) else paths
