"""The solvers that `time_to_solution.py` compares, and the cluster they follow: ours and REBOUND's."""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import rebound

from nbody_emulator.simulation import integrate
from nbody_emulator.simulation.initial_conditions import InitialConditions, draw, potential_energy
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

CROSSING_TIMES = 10.0
AUDITS_A_UNIT = 8
LONGEST_STEP = 1.0 / AUDITS_A_UNIT
"""Of our integrators, in N-body units of time."""


@dataclass(frozen=True)
class Problem:
    """A cluster to be followed: number of stars, softening in scale radii, and the seed of its stars."""

    stars: int
    softening: float
    seed: int

    @property
    def cluster(self) -> InitialConditions:
        settings = {
            "stars": self.stars,
            "profile": "plummer",
            "masses": {"function": "kroupa", "minimum": 0.08, "maximum": 50.0},
        }
        generator = np.random.default_rng(self.seed)
        return draw(
            settings, scale_radius=1.0, virial_ratio=1.0, softening=self.softening, generator=generator
        )

    @property
    def unit(self) -> float:
        """The N-body unit of time [Myr], (r_v^3 / GM)^(1/2) with the Plummer sphere's virial radius 16 a / 3 pi."""
        virial_radius = 16.0 / (3.0 * math.pi)
        return math.sqrt(virial_radius**3 / (GRAVITATIONAL_CONSTANT * np.sum(self.cluster.masses)))

    @property
    def times(self) -> np.ndarray:
        """Audited times [Myr]: a crossing time is 2 sqrt(2) units."""
        units = CROSSING_TIMES * 2.0 * math.sqrt(2.0)
        return self.unit / AUDITS_A_UNIT * np.arange(math.ceil(units * AUDITS_A_UNIT) + 1)


@dataclass(frozen=True)
class Outcome:
    """CPU seconds of a run and its max |dE/E|, which is infinite for one that was given up after those seconds."""

    seconds: float
    error: float

    @property
    def given_up(self) -> bool:
        return math.isinf(self.error)


@dataclass(frozen=True)
class Solver:
    """A solver at all its accuracies.

    Attributes:
        name: what the table calls it.
        run: (problem, setting, limit on CPU seconds) -> outcome.
        start: setting of the first run.
        finer: factor on the setting for a more accurate run.
    """

    name: str
    run: Callable[[Problem, float, float], Outcome]
    start: float
    finer: float


def largest_error(problem: Problem, states: Iterable[tuple[np.ndarray, np.ndarray]]) -> float:
    """max|dE/E| of states (positions and velocities, (N, 3) each), the first of which is the start."""
    masses = problem.cluster.masses
    energies = np.array([_energy(masses, *state, problem.softening) for state in states])
    return float(np.max(np.abs(energies / energies[0] - 1.0)))


def _energy(masses: np.ndarray, positions: np.ndarray, velocities: np.ndarray, softening: float) -> float:
    kinetic = 0.5 * np.sum(masses[:, None] * velocities**2)
    return kinetic + potential_energy(masses, positions, softening)


def rebound_leapfrog(order: int, start: float) -> Solver:
    """REBOUND's leapfrog; the setting is its step in N-body units."""

    def run(problem: Problem, setting: float, limit: float) -> Outcome:
        simulation = _simulation(problem, "leapfrog")
        simulation.integrator.order = order
        simulation.dt = setting * problem.unit
        return _followed(problem, simulation, limit)

    return Solver(f"REBOUND leapfrog {order}", run, start, 0.5)


def rebound_ias15() -> Solver:
    """REBOUND's IAS15; the setting is its tolerance epsilon."""

    def run(problem: Problem, setting: float, limit: float) -> Outcome:
        simulation = _simulation(problem, "ias15")
        simulation.integrator.epsilon = setting
        simulation.dt = 1e-3 * problem.unit
        return _followed(problem, simulation, limit)

    return Solver("REBOUND IAS15", run, 1e-2, 1e-2)


def _simulation(problem: Problem, integrator: str) -> rebound.Simulation:
    simulation = rebound.Simulation()
    simulation.G, simulation.softening = GRAVITATIONAL_CONSTANT, problem.softening
    simulation.gravity, simulation.integrator = "basic", integrator
    for mass, (x, y, z), (u, v, w) in zip(*problem.cluster, strict=True):
        simulation.add(m=mass, x=x, y=y, z=z, vx=u, vy=v, vz=w)
    return simulation


def _followed(problem: Problem, simulation: rebound.Simulation, limit: float) -> Outcome:
    seconds, states = 0.0, []
    for moment in problem.times:
        begun = time.process_time()
        # The state is looked at after the step that passes the moment, so that looking changes no step.
        simulation.integrate(moment, exact_finish_time=0)
        seconds += time.process_time() - begun
        if seconds > limit:
            return Outcome(seconds, math.inf)
        states.append(_state(simulation))
    return Outcome(seconds, largest_error(problem, states))


def _state(simulation: rebound.Simulation) -> tuple[np.ndarray, np.ndarray]:
    positions, velocities = np.zeros((simulation.N, 3)), np.zeros((simulation.N, 3))
    simulation.serialize_particle_data(xyz=positions, vxvyvz=velocities)
    return positions, velocities


def our(integrator: str, start: float) -> Solver:
    """One of our integrators; the setting is Aarseth's accuracy eta."""

    def run(problem: Problem, setting: float, limit: float) -> Outcome:
        follow = partial(
            integrate,
            *problem.cluster,
            softening=problem.softening,
            integrator=integrator,
            accuracy=setting,
            longest_step=LONGEST_STEP * problem.unit,
        )
        ends = problem.times[[0, -1]]
        follow(1e-3 * ends)  # compiles: as many times, and next to nothing to do
        begun = time.process_time()
        follow(ends)
        seconds = time.process_time() - begun
        # The same run again, to the bit, but looked at on the way.
        trajectory = follow(problem.times)
        states = zip(trajectory.positions, trajectory.velocities, strict=True)
        return Outcome(seconds, largest_error(problem, states))

    return Solver(f"our {integrator}", run, start, 0.5)


# The likely best of each side come first, so that patience with the others is short.
OURS = (our("block_hermite4", 0.32), our("hermite4", 0.32))
RIVALS = (
    rebound_leapfrog(6, 0.04),
    rebound_leapfrog(4, 0.02),
    rebound_leapfrog(8, 0.08),
    rebound_leapfrog(2, 0.01),
    rebound_ias15(),
)
SIDES = {"ours": OURS, "REBOUND": RIVALS}
