"""Runs of another simulator as the summary of a block: what fits, tables and figures read of any run."""

from collections.abc import Sequence

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.quantities.coordinates import parameter_coordinates
from nbody_emulator.quantities.file_of_runs import END, FileOfRuns
from nbody_emulator.quantities.placed_runs import placed_runs
from nbody_emulator.quantities.quantity import Output
from nbody_emulator.quantities.run_status import Status, status_flags

with extra("simulation"):
    import xarray as xr

TITLE = "Runs of another simulator"


def summary_of_rows(runs: FileOfRuns, stream: str, block: int) -> xr.Dataset:
    """One block of the runs of a file, under the number and the stream (the set's name) by which it is known."""
    point, replicate = _numbered(runs.points)
    place = {"stream": stream, "block": block}
    design = placed_runs(runs.inputs, point, replicate, parameter_coordinates(runs.parameters), place)
    status = [(Status.OK, "")] * len(runs.points)
    return summary_of(design, runs.outputs, runs.values, status)


def summary_of(
    design: xr.Dataset,
    outputs: Sequence[Output],
    values: np.ndarray,
    judgements: Sequence[tuple[Status, str]],
) -> xr.Dataset:
    """The summary of the runs of a design.

    Args:
        design: n runs with their parameters, as `draw_block` gives them.
        outputs: the q outputs.
        values: (n, q) in their units; NaN where one does not exist.
        judgements: how each run ended, and why.
    """
    measured = {
        output.statistic: (
            ("run", "time"),
            values[:, [index]],
            {"long_name": f"output {output.name} of the simulator", "units": output.unit},
        )
        for index, output in enumerate(outputs)
    }
    ended = {
        "status": (
            "run",
            np.array([int(status) for status, _ in judgements], dtype="int8"),
            {"long_name": "how the run ended", "units": "1", **status_flags()},
        ),
        "reason": (
            "run",
            np.array([reason for _, reason in judgements], dtype=object),
            {"long_name": "why it has this status"},
        ),
    }
    time = {"time": ("time", [END], {"long_name": "share of the run", "units": "1"})}
    return design.assign({**measured, **ended}).assign_coords(time).assign_attrs(title=TITLE)


def _numbered(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index of each run's design point, as they come, and of the run at its point."""
    index: dict[str, int] = {}
    runs: dict[str, int] = {}
    numbered = []
    for point in points.tolist():
        runs[point] = runs.get(point, -1) + 1
        numbered.append((index.setdefault(point, len(index)), runs[point]))
    return np.array([each for each, _ in numbered]), np.array([each for _, each in numbered])
