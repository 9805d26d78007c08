"""What is known of every star of a block of runs before they begin, and what has happened to it by a given time."""

from collections.abc import Iterator, Sequence

import numpy as np

from nbody_emulator.extras import extra
from nbody_emulator.fates.fate import Fate
from nbody_emulator.fates.register import FATES
from nbody_emulator.fates.star_inputs import NAMES, STAR_INPUTS, star_inputs
from nbody_emulator.features.feature import Feature
from nbody_emulator.features.register import FEATURES
from nbody_emulator.features.start import Start, heaviest_first
from nbody_emulator.quantities.coordinates import covariate_coordinates
from nbody_emulator.quantities.quantity import SNAPSHOT_TOLERANCE
from nbody_emulator.quantities.run_status import USABLE
from nbody_emulator.settings.fates import FateReading
from nbody_emulator.summaries.snapshot import Snapshot

with extra("simulation"):
    import xarray as xr

CARRIED = ("parameter_values", "point", "replicate", "status")
"""Variables of the simulation that are repeated, so that a row is known by itself."""

PLACE = ("stream", "block")


def follow(simulation: xr.Dataset, reading: FateReading) -> xr.Dataset:
    """The stars of every run of a block, heaviest first.

    Args:
        simulation: `mass` (run, star) [Msun] at the start, 0 for an empty slot; `position` [pc] and `velocity`
            [pc Myr-1], both (run, time, star, axis); `softening` (run) [pc]; where stars merge `mass_at_time`
            (run, time, star) [Msun], 0 of who was swallowed; and the variables in `CARRIED`.

    Returns:
        `star_seen` (run, star, star_input), NaN where a star is without an input; `seen` (run, covariate), the
        features; `present` (run, star), 1 for stars; `happened` (run, star), 1 or 0, NaN where nobody knows: of empty
        slots, of stars that were swallowed, and in runs that failed their audit.

    Raises:
        KeyError: unknown fate or feature, a variable that the simulation lacks, or a time that is no snapshot's.
    """
    fate, methods = FATES.load(reading.fate), [FEATURES.load(name) for name in reading.features]
    runs, slots = simulation.sizes["run"], simulation.sizes["star"]
    star_seen = np.full((runs, slots, len(STAR_INPUTS)), np.nan)
    seen = np.full((runs, len(methods)), np.nan)
    present, happened = np.zeros((runs, slots), dtype=np.int8), np.full((runs, slots), np.nan)
    for run, found in enumerate(_runs(simulation, reading.time)):
        if found is not None:
            stars = slice(0, len(found.start.masses))
            star_seen[run, stars] = star_inputs(found.start)
            seen[run] = _features(found.start, methods)
            present[run, stars] = 1
            happened[run, stars] = found.happened(fate)
    stars_of = ("run", "star")
    return _carried(simulation, methods).assign(
        star_seen=(
            (*stars_of, "star_input"),
            star_seen,
            {"long_name": "what is known of a star before the run", "units": "1"},
        ),
        seen=(
            ("run", "covariate"),
            seen,
            {"long_name": "features of the cluster before the run", "units_by": "covariate_units"},
        ),
        present=(stars_of, present, {"long_name": "1 for a star, 0 for an empty slot", "units": "1"}),
        happened=(
            stars_of,
            happened,
            {"long_name": f"1 for a star that {fate.happening}, else 0", "units": "1"},
        ),
    )


class _Run:
    """One run: its stars, heaviest first, at the start and at the time asked for."""

    def __init__(self, masses: Sequence[np.ndarray], states: Sequence[np.ndarray], softening: float):
        """Args: masses (S,) and states (positions and velocities (S, 3)) at the start, then the same later."""
        first, positions, velocities = masses[0], states[0], states[1]
        order = heaviest_first(first, positions, velocities)
        self.start = Start(first, positions, velocities, softening)
        self._later = masses[1][order], states[2][order], states[3][order]
        self._softening = softening

    def happened(self, fate: Fate) -> np.ndarray:
        """(S,) 1 or 0; NaN of stars that are no more."""
        masses, positions, velocities = self._later
        there = masses > 0.0
        found = np.full(len(masses), np.nan)
        found[there] = fate.happened(
            Snapshot(masses[there], positions[there], velocities[there], self._softening)
        )
        return found


def _runs(simulation: xr.Dataset, time: float) -> Iterator[_Run | None]:
    """Every run; None of one that failed its audit."""
    ends = simulation.isel(time=[0, _snapshot(simulation, time)])
    mass = ends["mass"].transpose("run", "star").values
    later = (
        ends["mass_at_time"].isel(time=1).transpose("run", "star").values if "mass_at_time" in ends else mass
    )
    position, velocity = (
        ends[name].transpose("run", "time", "star", "axis").values for name in ("position", "velocity")
    )
    usable = np.isin(simulation["status"].values, USABLE)
    for run, softening in enumerate(ends["softening"].values):
        here = mass[run] > 0.0
        masses = mass[run, here], later[run, here]
        states = [each[run, moment, here] for moment in (0, 1) for each in (position, velocity)]
        yield _Run(masses, states, float(softening)) if usable[run] else None


def _snapshot(simulation: xr.Dataset, time: float) -> int:
    distances = np.abs(simulation["time"].values - time)
    if distances.min() > SNAPSHOT_TOLERANCE:
        raise KeyError(f"there is no snapshot at {time:g} of the duration")
    return int(np.argmin(distances))


def _features(start: Start, methods: Sequence[Feature]) -> np.ndarray:
    return np.array([float(method.measure(start)) for method in methods])


def _carried(simulation: xr.Dataset, methods: Sequence[Feature]) -> xr.Dataset:
    names = [each.long_name for each in STAR_INPUTS]
    return (
        simulation[list(CARRIED)]
        .drop_attrs(deep=False)
        .assign_coords(
            covariate_coordinates([method.covariate for method in methods])
            | {
                "star_input": ("star_input", list(NAMES), {"long_name": "what is known of a star"}),
                "star_input_meaning": ("star_input", names, {"long_name": "what it is"}),
            }
        )
        .assign_attrs(
            title="The stars of one block of runs, and what happened to them",
            **{key: simulation.attrs[key] for key in PLACE},
        )
    )
