"""Stars a classifier can be fitted to or scored on, read from the files of many blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.quantities.coordinates import covariates_in, parameters_in
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.settings.rows import Source
from nbody_emulator.storage import netcdf

with extra("simulation"):
    import xarray as xr


@dataclass(frozen=True, eq=False)
class StarRows:
    """n clusters with room for N stars each.

    Attributes:
        columns: the c parameters that vary, sorted by name, then the features.
        clusters: (n, c) these, in their own units.
        stars: (n, N, k) what is known of every star; NaN where it is without it, and in empty slots.
        present: (n, N) bool, True for stars.
        happened: (n, N) 1 or 0; NaN where nobody knows.
        groups: (n,) "stream/block/point": clusters of one group share their parameters, and no split parts them.
        replicates: (n,) index of the run at its design point.
        blocks: (n,) index of the block in its set.
        roles: (n,) what the run's set is for.
    """

    columns: tuple[Parameter, ...]
    clusters: np.ndarray
    stars: np.ndarray
    present: np.ndarray
    happened: np.ndarray
    groups: np.ndarray
    replicates: np.ndarray
    blocks: np.ndarray
    roles: np.ndarray

    def __len__(self) -> int:
        return len(self.groups)

    def select(self, rows: np.ndarray) -> "StarRows":
        """These clusters alone, by mask (n,) or by index."""
        arrays = {name: value[rows] for name, value in self.__dict__.items() if name != "columns"}
        return StarRows(self.columns, **arrays)

    @property
    def observed(self) -> np.ndarray:
        """(n, N) True where it is known what happened to a star."""
        return np.isfinite(self.happened)


def read_star_rows(paths: Sequence[str | Path], sources: Sequence[Source]) -> StarRows:
    """The stars of all blocks, in order, clusters of failed runs among them, of whose stars nothing is known.

    Raises:
        ValueError: files that do not fit together, or that are not of the block their source says.
    """
    return star_rows([netcdf.read(path) for path in paths], sources)


def star_rows(blocks: Sequence[xr.Dataset], sources: Sequence[Source]) -> StarRows:
    """As `read_star_rows`, of what `follow` has made."""
    parts = [_part(block, source) for block, source in zip(blocks, sources, strict=True)]
    columns = _columns(blocks[0])
    if any(_columns(block) != columns for block in blocks):
        raise ValueError("blocks do not fit together: stars of some are told by something else")
    slots = max(part["present"].shape[1] for part in parts)
    return StarRows(
        columns, **{name: np.concatenate([_filled(part, name, slots) for part in parts]) for name in parts[0]}
    )


_EMPTY = {"stars": np.nan, "present": False, "happened": np.nan}
"""What stands in slots of blocks whose largest cluster is smaller than that of others."""


def _columns(block: xr.Dataset) -> tuple[Parameter, ...]:
    return (*sorted(parameters_in(block), key=lambda each: each.name), *covariates_in(block))


def _part(block: xr.Dataset, source: Source) -> dict[str, np.ndarray]:
    stream, number = block.attrs["stream"], int(block.attrs["block"])
    if (stream, number) != (source.stream, source.block):
        raise ValueError(
            f"block {number} of the stream {stream!r} is not block {source.block} of {source.stream!r}, which is asked "
            f"for by the set {source.set!r}"
        )
    names = sorted(each.name for each in parameters_in(block))
    values = block["parameter_values"].sel(parameter=names).transpose("run", "parameter").values
    seen = block["seen"].transpose("run", "covariate").values
    runs = block.sizes["run"]
    return {
        "clusters": np.concatenate([values, seen], axis=1),
        "stars": block["star_seen"].transpose("run", "star", "star_input").values,
        "present": block["present"].transpose("run", "star").values.astype(bool),
        "happened": block["happened"].transpose("run", "star").values,
        "groups": np.array([f"{stream}/{number}/{int(point)}" for point in block["point"].values]),
        "replicates": block["replicate"].values.astype(int),
        "blocks": np.full(runs, number),
        "roles": np.full(runs, source.role),
    }


def _filled(part: dict[str, np.ndarray], name: str, slots: int) -> np.ndarray:
    array = part[name]
    if name not in _EMPTY or array.shape[1] == slots:
        return array
    room = [(0, 0), (0, slots - array.shape[1])] + [(0, 0)] * (array.ndim - 2)
    return np.pad(array, room, constant_values=_EMPTY[name])
