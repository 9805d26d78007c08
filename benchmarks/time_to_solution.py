"""Time to solution at equal energy error: our integrators against REBOUND's best, each tuned, on the same stars.

A Plummer sphere in equilibrium with Kroupa masses is followed for ten crossing times. Every solver is run at a
ladder of accuracies, and the CPU seconds at which it reaches max|dE/E| of 1e-4 and 1e-6 are read off by interpolation
in the logarithms. One energy function, softened, judges both sides every eighth of a unit of time (REBOUND's own
ignores the softening). One thread a run, so that two cores make two runs at a time on both sides: the ratio of
CPU seconds is the ratio with both cores busy. Compilation is not counted: it happens once for thousands of runs.

Every run made is kept in benchmarks/results/time_to_solution_runs.csv and not made again; the table holds what is
kept there, blank where nothing is. All of it takes a core some hours, nearly all of them REBOUND's at N = 1024 and
the small softening; parts are measured by naming them.

    python benchmarks/time_to_solution.py [--stars 256 1024] [--softenings 0.05 0.005] [--seeds 1 2 3 4]
                                          [--sides ours REBOUND] [--only "leapfrog 6"]
"""

import argparse
import csv
import math
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import rebound
from stopwatch import RESULTS, keep_to_one_core, publish

from nbody_emulator.simulation import integrate
from nbody_emulator.simulation.initial_conditions import InitialConditions, draw, potential_energy
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

TARGETS = (1e-4, 1e-6)
CROSSING_TIMES = 10.0
AUDITS_A_UNIT = 8
LONGEST_STEP = 1.0 / 16.0
"""Of our integrators, in N-body units of time."""
PATIENCE = 3.0
"""A run is given up once it has cost this many times the best of its side for the hardest target."""
RUNS = RESULTS / "time_to_solution_runs.csv"
COLUMNS = ("stars", "softening", "seed", "solver", "setting", "seconds", "error")


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
    """CPU seconds of a run and its max |dE/E|; infinite seconds for one that was given up."""

    seconds: float
    error: float


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
            return Outcome(math.inf, math.nan)
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
        follow(1e-3 * problem.times)  # compiles: as many times, and next to nothing to do
        begun = time.process_time()
        trajectory = follow(problem.times)
        seconds = time.process_time() - begun
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


class Notes:
    """Every run that was made, kept on disk, so that a benchmark that was stopped goes on where it was.

    A run is added as a line of its own, so that several processes may measure at once.
    """

    def __init__(self, path: Path):
        self.path = path
        self.runs = dict(self._read()) if path.exists() else {}

    def _read(self) -> Iterator[tuple[tuple[str, ...], Outcome]]:
        with self.path.open() as file:
            for row in csv.DictReader(file):
                yield (
                    tuple(row[name] for name in COLUMNS[:5]),
                    Outcome(float(row["seconds"]), float(row["error"])),
                )

    def outcome(self, solver: Solver, problem: Problem, setting: float, limit: float) -> Outcome:
        """The outcome noted, or else that of a run made now."""
        key = (*_case(problem), solver.name, f"{setting:.6g}")
        if key not in self.runs:
            self.runs[key] = solver.run(problem, setting, limit)
            self._add(key, self.runs[key])
        return self.runs[key]

    def outcomes(self, solver: Solver, problem: Problem) -> list[Outcome]:
        """What is noted of a solver on a problem, from its coarsest setting to its finest."""
        mine = {
            float(key[4]): run for key, run in self.runs.items() if key[:4] == (*_case(problem), solver.name)
        }
        return [
            mine[setting] for setting in sorted(mine, reverse=True) if math.isfinite(mine[setting].seconds)
        ]

    def _add(self, key: tuple[str, ...], outcome: Outcome) -> None:
        new = not self.path.exists()
        with self.path.open("a", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            if new:
                writer.writerow(COLUMNS)
            writer.writerow((*key, f"{outcome.seconds:.5g}", f"{outcome.error:.5g}"))
        print(*key, f"{outcome.seconds:.3g} s, error {outcome.error:.2g}", flush=True)


def _case(problem: Problem) -> tuple[str, str, str]:
    return str(problem.stars), str(problem.softening), str(problem.seed)


def measure(solver: Solver, problem: Problem, notes: Notes, limit: float) -> None:
    """Run a solver at ever finer settings, until the hardest target is met or a run costs more than the limit."""
    for finer in range(10):
        outcome = notes.outcome(solver, problem, solver.start * solver.finer**finer, limit)
        if outcome.error <= min(TARGETS) or not outcome.seconds <= limit:
            return


def seconds_to_reach(target: float, outcomes: list[Outcome]) -> float:
    """CPU seconds at which the error comes down to `target`, between runs by the logarithms; inf if it never does."""
    if outcomes and outcomes[0].error <= target:
        return outcomes[0].seconds  # the coarsest run is good enough already: an upper limit
    for coarse, fine in pairwise(outcomes):
        if fine.error <= target:
            share = math.log(coarse.error / target) / math.log(coarse.error / fine.error)
            return coarse.seconds * (fine.seconds / coarse.seconds) ** share
    return math.inf


def table(notes: Notes) -> list[dict[str, object]]:
    """A row a case and target: medians over the seeds noted, blank where there is none."""
    cases = sorted({key[:2] for key in notes.runs}, key=lambda case: (int(case[0]), -float(case[1])))
    return [
        _row(int(stars), float(softening), target, notes) for stars, softening in cases for target in TARGETS
    ]


def _row(stars: int, softening: float, target: float, notes: Notes) -> dict[str, object]:
    seeds = sorted({int(key[2]) for key in notes.runs if key[:2] == (str(stars), str(softening))})
    ours, theirs = (
        {
            seed: found
            for seed in seeds
            if (found := _best(solvers, Problem(stars, softening, seed), target, notes))
        }
        for solvers in SIDES.values()
    )
    ratios = [theirs[seed][0] / ours[seed][0] for seed in ours.keys() & theirs.keys()]
    return {
        "stars": stars,
        "softening [a]": softening,
        "max|dE/E|": target,
        **_side("ours", ours),
        **_side("REBOUND", theirs),
        "REBOUND over ours": statistics.median(ratios) if ratios else "",
        "lowest": min(ratios, default=""),
        "highest": max(ratios, default=""),
        "seeds of both": len(ratios),
    }


def _best(
    solvers: Iterable[Solver], problem: Problem, target: float, notes: Notes
) -> tuple[float, str] | None:
    """(CPU seconds, name) of the quickest of the solvers noted to reach the target."""
    reached = [(seconds_to_reach(target, notes.outcomes(solver, problem)), solver.name) for solver in solvers]
    return min((found for found in reached if math.isfinite(found[0])), default=None)


def _side(side: str, best: dict[int, tuple[float, str]]) -> dict[str, object]:
    seconds, names = ([found[index] for found in best.values()] for index in (0, 1))
    return {
        f"{side} [s]": statistics.median(seconds) if seconds else "",
        f"{side} by": Counter(names).most_common(1)[0][0].removeprefix(side).removeprefix("our ").strip()
        if names
        else "",
        f"{side} seeds": len(best),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stars", type=int, nargs="+", default=[256, 1024])
    parser.add_argument("--softenings", type=float, nargs="+", default=[0.05, 0.005])
    parser.add_argument(
        "--seeds", type=int, nargs="*", default=[1, 2, 3, 4], help="none: only the table is made"
    )
    parser.add_argument("--sides", choices=SIDES, nargs="+", default=list(SIDES))
    parser.add_argument("--only", default="", help="only solvers whose name has this in it")
    arguments = parser.parse_args()
    keep_to_one_core()
    notes = Notes(RUNS)
    cases = product(arguments.stars, arguments.softenings, arguments.seeds, arguments.sides)
    for stars, softening, seed, side in cases:
        problem = Problem(stars, softening, seed)
        for solver in (solver for solver in SIDES[side] if arguments.only in solver.name):
            best = _best(SIDES[side], problem, min(TARGETS), notes)
            measure(solver, problem, notes, PATIENCE * best[0] if best else math.inf)
    publish("time_to_solution", table(Notes(RUNS)))


if __name__ == "__main__":
    main()
