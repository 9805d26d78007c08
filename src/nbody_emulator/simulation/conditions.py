"""One row of a design turned into what a run needs: lengths in pc, times in Myr, stars drawn."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple, cast

import numpy as np

from nbody_emulator import streams
from nbody_emulator.settings import cluster as sections
from nbody_emulator.settings.block import Simulation
from nbody_emulator.settings.duration import Duration
from nbody_emulator.simulation.mergers import Mergers
from nbody_emulator.simulation.padding import SLOTS, Slots, padded
from nbody_emulator.simulation.perturbation import moved_by_last_bit
from nbody_emulator.simulation.register import GALAXIES, GIVEN_STARS
from nbody_emulator.simulation.shapes import TimeColumn
from nbody_emulator.simulation.stars import InitialConditions, draw
from nbody_emulator.simulation.tide import ISOLATED, Tide
from nbody_emulator.units import GRAVITATIONAL_CONSTANT, LENGTH_IN_PC, TIME_IN_MYR


class Conditions(NamedTuple):
    """A run before it is run.

    Attributes:
        stars: masses, positions and velocities at the start, in slots of which some may be empty.
        times: (T,) [Myr] at which the state is kept.
        softening: [pc].
        tide: of the galaxy around it.
        crossing_time: sqrt(a^3 / (G M)) [Myr] of scale radius a and total mass M.
        mergers: when bodies become one; None if they never do.
    """

    stars: Slots
    times: TimeColumn
    softening: float
    tide: Tide
    crossing_time: float
    mergers: Mergers | None

    @property
    def crossing_times(self) -> float:
        """The run's length in crossing times, to which its cost is proportional."""
        return float(self.times[-1] / self.crossing_time)

    @property
    def finite(self) -> bool:
        """Whether every number of it is finite."""
        numbers = (*self.stars, self.times, self.softening, *self.tide, self.crossing_time)
        return all(np.all(np.isfinite(number)) for number in numbers)


def prepare(
    parameters: dict[str, float], block: Simulation, point: int, replicate: int, perturbation: int = 0
) -> Conditions:
    """Draw the run of these parameters (in the configuration's units), or choose its file, from its own random stream.

    Where the number of stars is a parameter, the run is padded to a fixed size. Perturbations from 1 on are of the
    same stars, each moved by the last bit from a stream of its own; 0 leaves them as drawn.
    """
    cluster = block.cluster.with_parameters(parameters)
    length_in_pc, time_in_myr = LENGTH_IN_PC[block.units.length], TIME_IN_MYR[block.units.time]
    place = (block.stream, block.block, point, replicate)
    tide = _tide(cluster.tide, parameters)
    generator = streams.generator(block.seed, "initial-conditions", *place)
    start = (
        _drawn
        if cluster.initial_conditions is None
        else partial(_given, cluster.initial_conditions, replicate)
    )
    stars, scale_radius, softening = start(cluster, parameters, length_in_pc, generator)
    if perturbation:
        coins = streams.generator(block.seed, "perturbation", *place, perturbation)
        stars = moved_by_last_bit(stars, coins)
    crossing_time = np.sqrt(scale_radius**3 / (GRAVITATIONAL_CONSTANT * np.sum(stars.masses)))
    return Conditions(
        stars=padded(stars, tide, SLOTS if "stars" in parameters else 1),
        times=_duration(block.duration, crossing_time, time_in_myr) * snapshot_fractions(block.snapshots),
        softening=softening,
        tide=tide,
        crossing_time=float(crossing_time),
        mergers=_mergers(cluster.mergers, length_in_pc),
    )


Start = tuple[InitialConditions, float, float]
"""Stars, scale radius [pc] and softening [pc]."""


def _drawn(
    cluster: sections.CompleteCluster,
    parameters: Mapping[str, float],
    length_in_pc: float,
    generator: np.random.Generator,
) -> Start:
    scale_radius = parameters["scale_radius"] * length_in_pc
    softening = _softening(cluster, scale_radius, length_in_pc)
    drawn = draw(
        cluster,
        scale_radius=scale_radius,
        virial_ratio=parameters["virial_ratio"],
        softening=softening,
        generator=generator,
    )
    return drawn, scale_radius, softening


def _given(
    given: sections.GivenStars,
    replicate: int,
    cluster: sections.CompleteCluster,
    parameters: Mapping[str, float],
    length_in_pc: float,
    generator: np.random.Generator,
) -> Start:
    """Of one of the files; rescaled by what is among the parameters."""
    chosen = GIVEN_STARS.load("files").chosen(given, generator)
    placed = chosen.placed(parameters.get("scale_radius", 0.0) * length_in_pc)
    cluster = cluster.changed(stars=len(placed.stars.masses))
    softening = _softening(cluster, placed.scale_radius, length_in_pc)
    moving = placed.moving(parameters.get("virial_ratio", 0.0), softening)
    # Later runs of the same file would be the first one again: what differs between them is chaos.
    stars = moved_by_last_bit(moving.stars, generator) if replicate else moving.stars
    return stars, placed.scale_radius, softening


def snapshot_fractions(snapshots: int) -> TimeColumn:
    """The kept times (T,) as fractions of the duration, from 0 to 1."""
    return np.linspace(0.0, 1.0, snapshots)


def _softening(cluster: sections.CompleteCluster, scale_radius: float, length_in_pc: float) -> float:
    """Plummer softening [pc]: a fixed length, or a fraction of the mean spacing a / N^(1/3)."""
    softening = cluster.softening
    if softening.length is not None:
        return softening.length * length_in_pc
    return cast(float, softening.spacing_fraction) * scale_radius / cluster.stars ** (1.0 / 3.0)


def _mergers(section: sections.Mergers | None, length_in_pc: float) -> Mergers | None:
    """The configuration's radii in pc; without black holes every body is a star."""
    if section is None:
        return None
    given = section.written()
    lengths = {name: value * length_in_pc for name, value in given.items() if name.endswith("radius")}
    return Mergers(**{**given, **lengths})


def _duration(duration: Duration, crossing_time: float, time_in_myr: float) -> float:
    """Duration [Myr]: a fixed time, or a number of crossing times."""
    if duration.time is not None:
        return duration.time * time_in_myr
    return cast(float, duration.crossing_times) * crossing_time


def _tide(galaxy: sections.Tide | None, parameters: dict[str, float]) -> Tide:
    """The tide of the configuration's galaxy; none without a galaxy."""
    if galaxy is None:
        return ISOLATED
    orbit = parameters["galactocentric_radius"] * LENGTH_IN_PC["kpc"]
    return galaxy.method(GALAXIES).tide(orbit)
