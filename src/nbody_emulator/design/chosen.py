"""Points of a block that an earlier result has chosen."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from nbody_emulator.design.block import PlacedBlock
from nbody_emulator.quantities.quantity import free_parameters
from nbody_emulator.storage.netcdf import read


def chosen_points(paths: Iterable[str | Path], design: PlacedBlock) -> dict[str, np.ndarray] | None:
    """By name, the first values (points,) of each free parameter among the draws of the block's own observation.

    None where no path is given: the block's sampler draws its points itself.

    Raises:
        ValueError: there are fewer draws than points, or they are of other parameters or units.
    """
    found = [read(path) for path in paths]
    if not found:
        return None
    draws = found[0]["parameter_draw"].isel(observation=design.block)
    if draws.sizes["draw"] < design.points:
        raise ValueError(f"{draws.sizes['draw']} draws are too few for the {design.points} points of a block")
    wanted = {each.name: each.unit for each in free_parameters(design.varied.boxes, design.parameter_units)}
    given = dict(
        zip(draws["parameter"].values.tolist(), draws["parameter_units"].values.tolist(), strict=True)
    )
    if given != wanted:
        raise ValueError(f"draws are of {given}, and the block varies {wanted}")
    return {name: draws.sel(parameter=name).values[: design.points] for name in wanted}
