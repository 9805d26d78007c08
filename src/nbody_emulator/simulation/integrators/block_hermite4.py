"""Hermite's fourth-order scheme with a step of its own for every star: powers of two, so that stars meet.

Stars are kept in the order of their steps, the shortest first. All whose step ends at the next moment are then
the first so many: they alone are pulled and corrected, by all, the others being predicted; a few are corrected
again, by each other. How many there are decides which of a few shapes the work is done in. Source: Makino (1991),
PASJ 43, 859 (block steps).
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from nbody_emulator.simulation import jerk
from nbody_emulator.simulation.collisions import StepPrediction
from nbody_emulator.simulation.energy import Energy
from nbody_emulator.simulation.integrators import hermite
from nbody_emulator.simulation.integrators.hermite import Limits, Motion
from nbody_emulator.simulation.integrators.integrator import AbstractIntegrator, Given, Made, Settings
from nbody_emulator.simulation.jerk import AccelerationAndJerk
from nbody_emulator.simulation.shapes import Chosen, Count, Masses, Number, Present, StarNumbers, Times, Truth
from nbody_emulator.simulation.system import Outside, State, System, outside
from nbody_emulator.simulation.tiles import TILE
from nbody_emulator.simulation.work import Work, no_work

FEW = 8
"""So many stars and fewer that move at once, most often the two of a close pair, are corrected twice, the
second time for their pull on each other."""

SMALL_SHAPES = (16, 24, 32, 48, 64)
"""Numbers of stars worked on at once, above `FEW` and up to a tile. All are multiples of eight: others change bits."""


class Stars(NamedTuple):
    """All stars in the order of their steps.

    Attributes:
        number: (N,) where the star stands in the order it was given in.
        masses: (N,) [Msun].
        motion: of each at its own time.
        times: (N,) [Myr] when each star was moved last.
        steps: (N,) [Myr] to its next moment, infinite of an empty slot, which so comes last.
    """

    number: StarNumbers
    masses: Masses
    motion: Motion
    times: Times
    steps: Times

    @property
    def present(self) -> Present:
        """(N,) which are stars, not empty slots."""
        return jnp.isfinite(self.steps)


class IntegratorState(NamedTuple):
    """What is carried from step to step; `energy` is from when all stars last met.

    `present` slots hold a star, and move.
    """

    stars: Stars
    present: Count
    energy: Energy
    limits: Limits
    work: Work


@dataclass(frozen=True)
class BlockHermite4(AbstractIntegrator[IntegratorState]):
    """The integrator: one step of it moves the stars of one block."""

    refined = "accuracy"
    in_crossing_times = ("longest_step", "step_floor")
    padding = TILE

    @staticmethod
    def over_runs(one: Callable[[Given], Made], /) -> Callable[[Given], Made]:
        """One run after another: side by side, each would do the work of all shapes."""
        return partial(lax.map, one)

    def settings(self, accuracy: float, longest_step: float, step_floor: float = 0.0) -> Settings:
        """Aarseth's eta, and the longest and the shortest step [Myr]."""
        return {"limits": hermite.limits(accuracy, longest_step, step_floor)}

    def begin(self, system: System, state: State, limits: Limits) -> IntegratorState:
        limits = hermite.within_orbit(limits, system.tide.angular_speed)
        motion, wanted = hermite.first_motion(system, state, limits.accuracy)
        steps = jnp.where(system.present, hermite.first_step(wanted, limits), jnp.inf)
        number = jnp.arange(system.masses.size)
        stars = Stars(number, system.masses, motion, jnp.zeros_like(steps), steps)
        energy = hermite.energy(system, system.masses, motion)
        present = jnp.sum(system.present, dtype=jnp.int32)
        return IntegratorState(_in_order(stars, system.masses.size), present, energy, limits, no_work())

    def time(self, integrator_state: IntegratorState) -> Number:
        return integrator_state.stars.times[0]

    def next_time(self, integrator_state: IntegratorState) -> Number:
        return integrator_state.stars.times[0] + integrator_state.stars.steps[0]

    def advance(self, system: System, integrator_state: IntegratorState) -> IntegratorState:
        stars = integrator_state.stars
        now = self.next_time(integrator_state)
        ahead = hermite.predict(stars.motion, now - stars.times)
        more = _move_more_than(stars, now)
        move = partial(_move_first, system, outside(system), ahead, now)
        for fewer, shape in pairwise((0, *_shapes(stars.masses.size))):
            integrator_state = _once_if(more(fewer) & ~more(shape), partial(move, shape), integrator_state)
        energy = lax.cond(
            integrator_state.stars.times[integrator_state.present - 1] == now,
            _energy,
            lambda _, same: same.energy,
            system,
            integrator_state,
        )
        return integrator_state._replace(energy=energy)

    def at(self, system: System, integrator_state: IntegratorState, time: Number) -> tuple[State, Energy]:
        stars = integrator_state.stars
        ahead = hermite.predict(stars.motion, time - stars.times)
        pull = jerk.on_tiles(stars.masses.size, jerk.sources(stars.masses, *ahead), system.softening)
        motion = hermite.correct(outside(system), stars.motion, ahead, time - stars.times, pull)
        motion = hermite.masked(stars.present, motion, stars.motion)
        energy = hermite.energy(system, stars.masses, motion)
        as_given = (jnp.zeros_like(vectors).at[:, stars.number].set(vectors) for vectors in motion[:2])
        return State(*as_given), energy

    def predicted_step(self, system: System, integrator_state: IntegratorState) -> StepPrediction:
        stars, now = integrator_state.stars, self.time(integrator_state)
        positions, velocities = hermite.predict(stars.motion, now - stars.times)
        accelerations = stars.motion.accelerations + (now - stars.times) * stars.motion.jerks
        here = Motion(positions, velocities, accelerations, stars.motion.jerks)
        until = stars.times + stars.steps
        places = jnp.arange(1, stars.masses.size + 1)
        return StepPrediction(
            now=now,
            number=stars.number,
            masses=stars.masses,
            positions=positions,
            velocities=hermite.mean_velocities(here, jnp.where(stars.present, until - now, 0.0)),
            until=until,
            moved=jnp.max(jnp.where(stars.times == now, places, 0)),
        )


def _shapes(stars: int) -> tuple[int, ...]:
    """Numbers of stars that may be moved at once: few, a tile, and all."""
    return tuple(sorted({FEW, TILE, stars}))


def _energy(system: System, integrator_state: IntegratorState) -> Energy:
    stars = integrator_state.stars
    return hermite.energy(system, stars.masses, stars.motion)


def _move_more_than(stars: Stars, now: Number) -> Callable[[int], Truth]:
    """Whether more than so many stars move `now`: the one in that place does."""
    until = stars.times + stars.steps

    def more(count: int) -> Truth:
        return until[count] == now if count < until.size else jnp.zeros((), bool)

    return more


def _once_if(
    chosen: Truth, function: Callable[[IntegratorState], IntegratorState], integrator_state: IntegratorState
) -> IntegratorState:
    """What is carried, through `function` if chosen, in place: a conditional would copy it, which costs as much."""
    begin = (chosen, integrator_state)
    return lax.while_loop(
        lambda carry: carry[0], lambda carry: (jnp.zeros((), bool), function(carry[1])), begin
    )[1]


def _move_first(
    system: System, around: Outside, ahead: State, now: Number, stars: int, integrator_state: IntegratorState
) -> IntegratorState:
    """Move all stars whose step ends `now`, which are among the first `stars`."""
    first = jax.tree.map(lambda array: array[..., :stars], integrator_state.stars)
    moving = first.times + first.steps == now
    count = jnp.sum(moving, dtype=jnp.int32)
    there = State(*(vectors[:, :stars] for vectors in ahead))
    pull, executed = _pull(system, integrator_state, ahead, count, stars)
    motion = hermite.correct(around, first.motion, there, first.steps, pull)
    if stars == FEW:
        motion = _corrected_again(system, around, first, there, motion, pull, moving)
    wanted = hermite.wanted_step(around, first.motion, motion, first.steps, integrator_state.limits.accuracy)
    steps = hermite.next_step(wanted, first.steps, now, integrator_state.limits)
    moved = first._replace(
        motion=hermite.masked(moving, motion, first.motion),
        times=jnp.where(moving, now, first.times),
        steps=jnp.where(moving, steps, first.steps),
    )
    changed = jnp.any(moved.steps != first.steps)
    moved = lax.cond(changed, partial(_in_order, stars=stars), lambda same: same, moved)
    work = integrator_state.work.plus(
        star_steps=count,
        floor_hits=jnp.sum(moving & (wanted < integrator_state.limits.step_floor), dtype=jnp.int32),
        needed_pairs=count * integrator_state.present,
        executed_pairs=executed * integrator_state.stars.masses.size,
    )
    return integrator_state._replace(stars=_with_first(integrator_state.stars, moved), work=work)


def _corrected_again(
    system: System,
    around: Outside,
    first: Stars,
    ahead: State,
    motion: Motion,
    pull: AccelerationAndJerk,
    moving: Chosen,
) -> Motion:
    """The motion for where the first correction took the moving stars, as far as the first few pull each other.

    The pull of all others, mostly far away beside these, is left as it was on the predicted positions.
    """
    corrected = State(*hermite.masked(moving, motion, Motion(*ahead, *motion[2:]))[:2])
    before, after = (jerk.among(first.masses, *state, system.softening) for state in (ahead, corrected))
    pull = jax.tree.map(lambda all_stars, old, new: all_stars + (new - old), pull, before, after)
    return hermite.correct(around, first.motion, corrected, first.steps, pull)


def _pull(
    system: System, integrator_state: IntegratorState, ahead: State, count: Count, stars: int
) -> tuple[AccelerationAndJerk, Count]:
    """The pull on the first `stars`, right for the first `count`, and on how many it was worked out."""
    pulling = jerk.sources(integrator_state.stars.masses, *ahead)
    if stars == FEW:
        return jerk.on_first(FEW, pulling, system.softening), jnp.asarray(FEW)
    if stars > TILE:
        tiles = (count + TILE - 1) // TILE
        pull = jerk.on_tiles(count, pulling, system.softening)
        return jax.tree.map(lambda array: array[..., :stars], pull), tiles * TILE
    shape = jnp.sum(count > jnp.array(SMALL_SHAPES[:-1]), dtype=jnp.int32)
    branches = [partial(_padded_pull, stars=stars, few=few) for few in SMALL_SHAPES]
    return lax.switch(shape, branches, pulling, system.softening), jnp.array(SMALL_SHAPES, jnp.int32)[shape]


def _padded_pull(pulling: jerk.Sources, softening: Number, *, stars: int, few: int) -> AccelerationAndJerk:
    pull = jerk.on_first(few, pulling, softening)
    return jax.tree.map(lambda array: jnp.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, stars - few)]), pull)


def _with_first(everyone: Stars, first: Stars) -> Stars:
    """All stars, the first of them replaced."""
    return jax.tree.map(lambda old, new: old.at[..., : new.shape[-1]].set(new), everyone, first)


def _in_order(first: Stars, stars: int) -> Stars:
    """These stars in the order of their steps; those of one step stay in the order they have."""
    # A power of two is ordered by its bits, whose lower half is free for the place: sorting whole numbers, each
    # once, takes a tenth of the time of a stable sort of steps.
    key = lax.bitcast_convert_type(first.steps, jnp.int64) | jnp.arange(stars)
    order = jnp.sort(key, stable=False) & 0xFFFFFFFF
    return jax.tree.map(lambda array: array[..., order], first)
