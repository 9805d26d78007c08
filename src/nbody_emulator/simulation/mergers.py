"""Two bodies that touch become one: mass, momentum and centre of mass are kept, energy is given up.

A body's radius goes by its kind: a star, or from some mass on a black hole. The heavier of the two takes up the
other, whose slot is left empty and put where `padding` puts empty slots: at rest in the rotating frame, at a place
of its own along the orbit, where it meets nobody. `collisions` says who touches, and when. Tracers, stars without
mass, touch nobody and so never merge: they pass through.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.simulation.collisions import Contact, no_contact
from nbody_emulator.simulation.integrators.integrator import Settings
from nbody_emulator.simulation.padding import SPACING_PC
from nbody_emulator.simulation.shapes import (
    Count,
    EventNumbers,
    EventPositions,
    EventStars,
    Masses,
    MassesInTime,
    MergerCounts,
    Number,
    NumberLike,
    Radii,
    Vector,
    Vectors,
)
from nbody_emulator.simulation.system import State, System
from nbody_emulator.simulation.work import Work, no_work


class Mergers(NamedTuple):
    """When bodies merge: once they are closer than the sum of their two radii.

    Attributes:
        star_radius: of a body lighter than `black_hole_mass` [pc].
        black_hole_radius: of any other [pc].
        black_hole_mass: from which on a body is a black hole, also one that grew by mergers [Msun].
    """

    star_radius: NumberLike
    black_hole_radius: NumberLike = 0.0
    black_hole_mass: NumberLike = math.inf


class Events(NamedTuple):
    """Every merger in the order of time, with room for as many as there can be: E = N - 1.

    Attributes:
        times: (E,) [Myr], NaN where there was none.
        positions: (E, 3) of the new body [pc], in the rotating frame.
        survivors: (E,) number of the star that took the other up, -1 where there was none.
        absorbed: (E,) number of the star taken up.
        survivor_masses: (E,) before [Msun].
        absorbed_masses: (E,) before [Msun].
        energies: (E,) given up: Jacobi energy of all stars before, less that after [Msun pc^2 Myr^-2].
    """

    times: EventNumbers
    positions: EventPositions
    survivors: EventStars
    absorbed: EventStars
    survivor_masses: EventNumbers
    absorbed_masses: EventNumbers
    energies: EventNumbers


class Event(NamedTuple):
    """One merger, told as all of them are."""

    time: NumberLike
    position: Vector
    survivor: Count
    absorbed: Count
    survivor_mass: Number
    absorbed_mass: Number
    energy: NumberLike


class Merging(NamedTuple):
    """What a run in which bodies merge carries besides.

    Attributes:
        mergers: when they do.
        settings: the integrator's, which begins anew after each.
        contact: the next one known.
        so_far: how many there were.
        events: the record of them.
        work: done before the integrator last began.
        star_time: [Myr] that all stars together had been integrated for by then.
    """

    mergers: Mergers
    settings: Settings
    contact: Contact
    so_far: Count
    events: Events
    work: Work
    star_time: Number

    def after(self, event: Event, work: Work, star_time: Number) -> "Merging":
        """After one more merger; nothing is known yet of the next."""
        columns = zip(self.events, event, strict=True)
        events = Events(*(jnp.asarray(column).at[self.so_far].set(value) for column, value in columns))
        return Merging(self.mergers, self.settings, no_contact(), self.so_far + 1, events, work, star_time)

    def merged(self, masses: Masses) -> "Merged":
        """What to tell of a run whose stars have these masses (N,) now, T being 1."""
        return Merged(masses[None], self.so_far[None], self.events)


class Merged(NamedTuple):
    """What a trajectory tells of mergers: masses (T, N) [Msun] and the count (T,) at each time, and all events."""

    masses: MassesInTime
    counts: MergerCounts
    events: Events


def none_yet(mergers: Mergers, settings: Settings, stars: int) -> Merging:
    """Of a run of so many stars before its first merger."""
    events = jax.tree.map(jnp.asarray, no_events(stars))
    return Merging(mergers, settings, no_contact(), jnp.zeros((), int), events, no_work(), jnp.zeros(()))


def no_events(stars: int) -> Events:
    """An empty record for so many stars, in numpy arrays."""
    room = max(stars - 1, 1)  # JAX writes into no empty array, not even never
    unknown, nobody = np.full(room, np.nan), np.full(room, -1)
    return Events(unknown, np.full((room, 3), np.nan), nobody, nobody, unknown, unknown, unknown)


def radii(mergers: Mergers, masses: Masses) -> Radii:
    """The radii (N,) [pc] of bodies of masses (N,) [Msun]."""
    return jnp.where(masses >= mergers.black_hole_mass, mergers.black_hole_radius, mergers.star_radius)


def merge(system: System, state: State, contact: Contact) -> tuple[System, State, Event]:
    """The stars once the two of a contact are one, and what happened, its time and its energy not yet known."""
    masses = system.masses
    survivor, absorbed = _heavier_first(masses, contact)
    together = masses[survivor] + masses[absorbed]
    share = masses[absorbed] / together

    def joined(vectors: Vectors, left_behind: Vector) -> Vectors:
        own, other = vectors[:, survivor], vectors[:, absorbed]
        return vectors.at[:, survivor].set(own + share * (other - own)).at[:, absorbed].set(left_behind)

    aside = jnp.zeros(3).at[1].set(jnp.max(jnp.abs(state.positions)) + SPACING_PC)
    after = State(joined(state.positions, aside), joined(state.velocities, jnp.zeros(3)))
    pair = (survivor, absorbed, masses[survivor], masses[absorbed])
    event = Event(jnp.nan, after.positions[:, survivor], *pair, jnp.nan)
    masses = masses.at[survivor].set(together).at[absorbed].set(0.0)
    return system._replace(masses=masses, present=system.present.at[absorbed].set(False)), after, event


def _heavier_first(masses: Masses, contact: Contact) -> tuple[Count, Count]:
    """The numbers of the two, of equally heavy ones the lower first."""
    low, high = jnp.minimum(contact.first, contact.second), jnp.maximum(contact.first, contact.second)
    is_in_order = masses[low] >= masses[high]
    return jnp.where(is_in_order, low, high), jnp.where(is_in_order, high, low)


def of_first(stars: int, merged: Merged | None) -> Merged | None:
    """What a trajectory tells of the first so many stars, those after them being empty slots."""
    if merged is None:
        return None
    room = slice(stars - 1)
    events = {name: column[..., room] for name, column in merged.events._asdict().items()}
    events["positions"] = merged.events.positions[..., room, :]
    return Merged(merged.masses[..., :stars], merged.counts, Events(**events))
