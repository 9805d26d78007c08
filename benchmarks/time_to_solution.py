"""Time to solution at equal energy error: our integrators against REBOUND's best, each tuned, on the same stars.

A Plummer sphere in equilibrium with Kroupa masses is followed for ten crossing times. Every solver is run at a
ladder of accuracies, and the CPU seconds at which it reaches max|dE/E| of 1e-4 and 1e-6 are read off by interpolation
in the logarithms. One energy function, softened, judges both sides every eighth of a unit of time (REBOUND's own
ignores the softening). One thread a run, so that two cores make two runs at a time on both sides: the ratio of
CPU seconds is the ratio with both cores busy. Compilation is not counted: it happens once for thousands of runs.

Every run made is kept in benchmarks/results/time_to_solution_runs.csv and not made again, one given up after --limit
CPU seconds only under a higher limit; the table holds what is kept there, blank where nothing is. All of it takes a
core some hours, nearly all of them REBOUND's at N = 1024 and the small softening; parts are measured by naming them.

    python benchmarks/time_to_solution.py [--stars 256 1024] [--softenings 0.05 0.005] [--seeds 1 2 3 4]
                                          [--sides ours REBOUND] [--only "leapfrog 6"] [--limit 900]
"""

import argparse
import csv
import math
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

from solvers import SIDES, Outcome, Problem, Solver
from stopwatch import RESULTS, keep_to_one_core, publish

STARS = (256, 1024)
SOFTENINGS = (0.05, 0.005)  # scale radii
TARGETS = (1e-4, 1e-6)
PATIENCE = 3.0
"""A solver is given up once a run of it costs this many times the best of its side for the hardest target."""
RUNS = RESULTS / "time_to_solution_runs.csv"
COLUMNS = ("stars", "softening", "seed", "solver", "setting", "seconds", "error")


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
        noted = self.runs.get(key)
        if noted is None or (noted.given_up and noted.seconds < limit):
            self.runs[key] = solver.run(problem, setting, limit)
            self._add(key, self.runs[key])
        return self.runs[key]

    def outcomes(self, solver: Solver, problem: Problem) -> list[Outcome]:
        """What is noted of a solver on a problem, from its coarsest setting to its finest."""
        mine = {
            float(key[4]): run for key, run in self.runs.items() if key[:4] == (*_case(problem), solver.name)
        }
        return [mine[setting] for setting in sorted(mine, reverse=True)]

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
        if outcome.error <= min(TARGETS) or outcome.seconds > limit:
            return


@dataclass(frozen=True)
class Best:
    """CPU seconds in which the quickest solver of a side reaches a target; a lower bound if it was given up before."""

    seconds: float
    solver: str
    reached: bool


def best(side: Iterable[Solver], problem: Problem, target: float, notes: Notes) -> Best | None:
    """Of the solvers noted, as if one that was given up reached the target just then; None if there is none."""
    noted = [(solver, notes.outcomes(solver, problem)) for solver in side]
    reached = [Best(seconds_to_reach(target, outcomes), solver.name, True) for solver, outcomes in noted]
    given_up = [
        Best(outcomes[-1].seconds, solver.name, False)
        for (solver, outcomes), found in zip(noted, reached, strict=True)
        if outcomes and outcomes[-1].given_up and math.isinf(found.seconds)
    ]
    possible = [found for found in (*reached, *given_up) if math.isfinite(found.seconds)]
    return min(possible, key=lambda found: found.seconds, default=None)


def seconds_to_reach(target: float, outcomes: list[Outcome]) -> float:
    """CPU seconds at which the error comes down to `target`; inf if it never does.

    Between the last run that misses it and the next by the logarithms, or those of a run that reaches it for less:
    a finer setting may be cheaper by luck. If the coarsest run is good enough already, its own, an upper limit.
    """
    outcomes = [run for run in outcomes if not run.given_up]
    reached = [run.seconds for run in outcomes if run.error <= target]
    crossings = [
        coarse.seconds
        * (fine.seconds / coarse.seconds)
        ** (math.log(coarse.error / target) / math.log(coarse.error / fine.error))
        for coarse, fine in pairwise(outcomes)
        if fine.error <= target < coarse.error
    ]
    return min(reached + crossings[:1], default=math.inf)


def table(notes: Notes) -> list[dict[str, object]]:
    """A row a case and target: medians over the seeds noted, blank where there is none."""
    return [_row(*case, notes) for case in product(STARS, SOFTENINGS, TARGETS)]


def _row(stars: int, softening: float, target: float, notes: Notes) -> dict[str, object]:
    seeds = sorted({int(key[2]) for key in notes.runs if key[:2] == (str(stars), str(softening))})
    ours, theirs = (
        {
            seed: found
            for seed in seeds
            if (found := best(side, Problem(stars, softening, seed), target, notes))
        }
        for side in SIDES.values()
    )
    both = ours.keys() & theirs.keys()
    ratios = [theirs[seed].seconds / ours[seed].seconds for seed in both]
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
        "of which at least": sum(not theirs[seed].reached for seed in both),
        "fewest REBOUND solvers run": min(
            (_tried(Problem(stars, softening, seed), notes) for seed in theirs), default=0
        ),
    }


def _tried(problem: Problem, notes: Notes) -> int:
    return sum(bool(notes.outcomes(solver, problem)) for solver in SIDES["REBOUND"])


def _side(side: str, found: dict[int, Best]) -> dict[str, object]:
    names = Counter(one.solver for one in found.values()).most_common(1)
    return {
        f"{side} [s]": statistics.median(one.seconds for one in found.values()) if found else "",
        f"{side} by": names[0][0].removeprefix("our ").removeprefix("REBOUND ") if names else "",
        f"{side} seeds": len(found),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stars", type=int, nargs="+", default=STARS)
    parser.add_argument("--softenings", type=float, nargs="+", default=SOFTENINGS)
    parser.add_argument(
        "--seeds", type=int, nargs="*", default=[1, 2, 3, 4], help="none: only the table is made"
    )
    parser.add_argument("--sides", choices=SIDES, nargs="+", default=list(SIDES))
    parser.add_argument("--only", default="", help="only solvers whose name has this in it")
    parser.add_argument(
        "--limit", type=float, default=math.inf, help="CPU seconds after which a run is given up"
    )
    arguments = parser.parse_args()
    keep_to_one_core()
    notes = Notes(RUNS)
    cases = product(arguments.stars, arguments.softenings, arguments.seeds, arguments.sides)
    for stars, softening, seed, side in cases:
        problem = Problem(stars, softening, seed)
        for solver in (solver for solver in SIDES[side] if arguments.only in solver.name):
            quickest = best(SIDES[side], problem, min(TARGETS), notes)
            stopping_limits = PATIENCE * quickest.seconds if quickest and quickest.reached else math.inf
            measure(solver, problem, notes, min(stopping_limits, arguments.limit))
    publish("time_to_solution", table(Notes(RUNS)))


if __name__ == "__main__":
    main()
