"""`nbody-emulator simulate`: one cluster, watched while it runs."""

import sys
import time
from json import dumps as to_json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from cyclopts import Parameter

from nbody_emulator.cli.cluster_options import Numbers, block_of
from nbody_emulator.cli.tables import check_ending
from nbody_emulator.cli.telling import AsJson, Telling
from nbody_emulator.settings.block import BlockOfRuns

if TYPE_CHECKING:
    import xarray as xr

MergerRadius = Annotated[
    str | None, Parameter(help="Bodies merge within the sum of their radii [pc]; left out: they never do.")
]
BlackHoleRadius = Annotated[
    str | None, Parameter(help="Merger radius of black holes [pc], if they have another.")
]
BlackHoleMass = Annotated[str | None, Parameter(help="Mass [Msun] from which on a body is a black hole.")]
NOTHING_TYPED = Numbers()
SECONDS = {True: 0.5, False: 10.0}
"""Between two lines on how far the run is: in a terminal, where one overwrites the other, and elsewhere."""


def simulate(
    *,
    numbers: Annotated[Numbers, Parameter(name="*")] = NOTHING_TYPED,
    out: Annotated[Path, Parameter(help="The NetCDF file (.nc) of its states.")],
    profile: Annotated[str, Parameter(help="Density profile: plummer, king or uniform_sphere.")] = "plummer",
    mass_function: Annotated[str, Parameter(help="Stellar masses: kroupa, salpeter or equal.")] = "kroupa",
    galaxy: Annotated[
        str, Parameter(help="Galaxy around it: flat_curve, point_mass, or none.")
    ] = "flat_curve",
    star_radius: MergerRadius = None,
    black_hole_radius: BlackHoleRadius = None,
    black_hole_mass: BlackHoleMass = None,
    duration: Annotated[str, Parameter(help="How long it is followed, in Myr or another unit.")] = "50Myr",
    snapshots: Annotated[int, Parameter(help="States kept, start and end included; 2 to 10001.")] = 11,
    accuracy: Annotated[
        float, Parameter(help="Aarseth's eta, which chooses the steps; 1e-6 to 1. Halved until energy holds.")
    ] = 0.02,
    seed: Annotated[int, Parameter(help="Of the stars drawn: the same seed, the same cluster.")] = 536,
    json: AsJson = False,
) -> int:
    """Simulate one cluster; by default with what all of the experiment `laptop` have in common."""
    check_ending("--out", out, (".nc",))
    given = {
        "profile": profile,
        "mass_function": mass_function,
        "galaxy": galaxy,
        "star_radius": star_radius,
        "black_hole_radius": black_hole_radius,
        "black_hole_mass": black_hole_mass,
        "duration": duration,
        "snapshots": snapshots,
        "accuracy": accuracy,
        "seed": seed,
    }
    block = block_of(numbers, given)
    # Imported here: what is wrong is told before JAX is there.
    from nbody_emulator.design.block import draw_block
    from nbody_emulator.simulation.one_run import simulate_one
    from nbody_emulator.storage.netcdf import write

    with Progress(duration) as progress:
        dataset = simulate_one(draw_block(block), block, progress.report, progress.say)
    specification = to_json(block.written(), sort_keys=True)
    origin = {"description": block.description, "source": "nbody-emulator", "specification": specification}
    write(dataset.assign_attrs(origin), out)
    return _told(Telling(json), out, block, dataset)


def _told(telling: Telling, out: Path, block: BlockOfRuns, dataset: "xr.Dataset") -> int:
    """How the run ended; 0 if it counts as data."""
    from nbody_emulator.quantities.run_status import Status

    status = Status(int(dataset["status"][0]))
    reason = str(dataset["reason"].values[0])
    telling.say(
        f"{out}: {block.cluster.stars} stars to {float(dataset['age'][0, -1]):g} Myr; {status.word}: {reason}"
    )
    return telling.end(
        0 if status.is_usable else 1,
        out=str(out),
        status=status.word,
        reason=reason,
        energy_error=dataset["energy_error"].values[0],
        age=dataset["age"].values[0],
        parameters=block.parameters.given,
    )


class Progress:
    """Tells on stderr how far a run has come.

    Args:
        until: its end as it was typed.
    """

    def __init__(self, until: str):
        self._until = until
        self._terminal = sys.stderr.isatty()
        self._said = time.monotonic()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_) -> None:
        if self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def say(self, line: str) -> None:
        """One line that stays."""
        print(f"\r\x1b[K{line}" if self._terminal else line, file=sys.stderr, flush=True)

    def report(self, time_reached: np.ndarray, steps: np.ndarray, energy_error: np.ndarray) -> None:
        """As `integrate` tells of a run, some times a second."""
        if time.monotonic() - self._said < SECONDS[self._terminal]:
            return
        self._said = time.monotonic()
        line = f"{time_reached:.3g} Myr of {self._until}, {steps} steps, energy error {energy_error:.1e}"
        end = "" if self._terminal else "\n"
        print(f"\r\x1b[K{line}" if self._terminal else line, end=end, file=sys.stderr, flush=True)
