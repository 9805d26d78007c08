"""Which two bodies touch next, seen from the moment that stars were moved.

Over the step ahead of it a body is taken to go straight, at its mean velocity there. Two such bodies touch when
their distance falls to the sum of their radii, which is the root of a quadratic: a passage is seen however short
it is against the step. Those closer already touch at once. A pair is looked at whenever one of the two was moved,
ahead to the end of the step of either, whichever comes first, so that no moment is left out.

Guaranteed: two bodies closer than their radii at the end of a step of either merge there. In between, the true
path bends off the straight one by up to a h^2 / 8 (mean velocities, relative acceleration a, step h): nothing for
the leapfrog without a tide, which goes straight itself; about accuracy / 8 of the distance for Hermite's steps,
where h^2 is about accuracy distance / a. Passages shallower than that may be missed, or taken for contacts.
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from typing import NamedTuple, cast

import jax.numpy as jnp
from jax import Array, lax

from nbody_emulator.simulation.shapes import (
    Count,
    Masses,
    Number,
    Pairs,
    Positions,
    Radii,
    StarNumbers,
    Times,
    Vectors,
    Velocities,
)

ROWS = 8
"""Stars looked at together where few were moved."""


class StepPrediction(NamedTuple):
    """The paths of all stars over the step ahead, in any order.

    Attributes:
        now: the moment [Myr] on the integrator's clock.
        number: (N,) where the star stands in the order it was given in.
        masses: (N,) [Msun].
        positions: (3, N) [pc] now.
        velocities: (3, N) [pc/Myr], the mean ones over the rest of its step, in the rotating frame.
        until: (N,) when its step ends.
        moved: the first so many were moved just now; None says that always all are.
    """

    now: Number
    number: StarNumbers
    masses: Masses
    positions: Positions
    velocities: Velocities
    until: Times
    moved: Count | None


class Contact(NamedTuple):
    """Two stars, numbered as they were given, and the time [Myr] they touch on that clock; infinite if none do."""

    time: Number
    first: Count
    second: Count


def no_contact() -> Contact:
    """No two stars touch."""
    nobody = jnp.zeros((), int)
    return Contact(jnp.full((), jnp.inf), nobody, nobody)


def soonest(one: Contact, other: Contact) -> Contact:
    """The contact that comes first."""
    return Contact(*(jnp.where(one.time <= other.time, *pair) for pair in zip(one, other, strict=True)))


def first_collision(predicted_step: StepPrediction, radii: Radii) -> Contact:
    """The first contact of a star that was moved just now with any other; radii (N,) [pc] in its order.

    Tracers and empty slots, which have no mass, touch nobody, nor do two without radius.
    """
    paths = _paths(predicted_step, radii)
    first = jnp.argmin(_first_intervals(paths, predicted_step.moved))
    intervals = _intervals(_rows(paths, first, 1), paths)[:, 0]
    second = jnp.argmin(intervals)
    return Contact(
        predicted_step.now + intervals[second], predicted_step.number[first], predicted_step.number[second]
    )


class _Paths(NamedTuple):
    """Straight paths: where, how fast, for how long [Myr], how large (minus infinity without mass), and whose."""

    positions: Positions
    velocities: Velocities
    ahead: Times
    radii: Radii
    number: StarNumbers


def _paths(predicted_step: StepPrediction, radii: Radii) -> _Paths:
    radii = jnp.where(predicted_step.masses > 0.0, radii, -jnp.inf)
    ahead = predicted_step.until - predicted_step.now
    return _Paths(predicted_step.positions, predicted_step.velocities, ahead, radii, predicted_step.number)


def _rows(paths: _Paths, first: Count, rows: int) -> _Paths:
    """The paths of `rows` stars from the first on, or of the last ones if they are fewer."""
    return _Paths(*(lax.dynamic_slice_in_dim(array, first, rows, -1) for array in paths))


def _first_intervals(paths: _Paths, moved: Count | None) -> Times:
    """How long (N,) [Myr] until each of the moved stars touches another; infinite for the rest."""
    if moved is None:
        return _soonest(paths, paths)
    stars = paths.radii.size
    rows = min(ROWS, stars)

    def some(carry: tuple[Count, Times]) -> tuple[Count, Times]:
        first, intervals = carry
        found = _soonest(_rows(paths, first, rows), paths)
        return first + rows, lax.dynamic_update_slice_in_dim(intervals, found, first, -1)

    begin = (jnp.zeros_like(moved), jnp.full(stars, jnp.inf))
    return lax.while_loop(lambda carry: carry[0] < moved, some, begin)[1]


def _soonest(some: _Paths, everyone: _Paths) -> Times:
    """How long (K,) [Myr] until each of K stars touches any of N; infinite where none does.

    Contacts are rare: pairs are asked first whether they touch, which takes neither roots nor quotients.
    """
    never = jnp.full(some.radii.size, jnp.inf)
    return lax.cond(
        jnp.any(_touch(some, everyone, _pairs(some, everyone))),
        lambda: jnp.min(_intervals(some, everyone), axis=0),
        lambda: never,
    )


class _Pairs(NamedTuple):
    """Of each pair (N, K), at the distance d and the relative velocity u, seen for a time h.

    Attributes:
        beyond: d^2 less the square of their radii's sum.
        approach: -d . u.
        speed: u^2.
        ahead: h.
    """

    beyond: Pairs
    approach: Pairs
    speed: Pairs
    ahead: Pairs

    @property
    def root(self) -> Pairs:
        """Negative where the two straight lines never come close enough."""
        return self.approach**2 - self.speed * self.beyond


def _pairs(some: _Paths, everyone: _Paths) -> _Pairs:
    def gaps(others: Vectors, own: Vectors) -> list[Pairs]:
        return [row[:, None] - other[None, :] for row, other in zip(others, own, strict=True)]

    places = gaps(everyone.positions, some.positions)
    speeds = gaps(everyone.velocities, some.velocities)
    beyond = _dot(places, places) - (everyone.radii[:, None] + some.radii[None, :]) ** 2
    ahead = jnp.minimum(everyone.ahead[:, None], some.ahead[None, :])
    return _Pairs(beyond, -_dot(places, speeds), _dot(speeds, speeds), ahead)


def _touch(some: _Paths, everyone: _Paths, pairs: _Pairs) -> Array:
    """Whether they do (N, K): now, at the end of the time seen, or where they are closest in between."""
    beyond, approach, speed, ahead = pairs
    at_the_end = beyond - ahead * (2.0 * approach - ahead * speed) <= 0.0
    between = (approach > 0.0) & (approach <= ahead * speed) & (pairs.root >= 0.0)
    are_bodies = everyone.radii[:, None] + some.radii[None, :] > 0.0
    are_two = everyone.number[:, None] != some.number[None, :]
    return are_bodies & are_two & ((beyond <= 0.0) | at_the_end | between)


def _intervals(some: _Paths, everyone: _Paths) -> Pairs:
    """How long (N, K) [Myr] until each of K stars touches each of N; infinite where they do not."""
    pairs = _pairs(some, everyone)
    # The smaller root of |d + u interval| = radii, written so that nothing cancels.
    meets = (pairs.approach > 0.0) & (pairs.root >= 0.0)
    interval = pairs.beyond / jnp.where(meets, pairs.approach + jnp.sqrt(jnp.maximum(pairs.root, 0.0)), 1.0)
    interval = jnp.where(pairs.beyond <= 0.0, 0.0, jnp.where(meets, interval, jnp.inf))
    return jnp.where(_touch(some, everyone, pairs) & (interval <= pairs.ahead), interval, jnp.inf)


def _dot(these: list[Pairs], those: list[Pairs]) -> Pairs:
    return cast(Pairs, sum(one * other for one, other in zip(these, those, strict=True)))
