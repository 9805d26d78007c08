"""Can posteriors be judged: is there something to observe, and something to explain it by?"""

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.inference.likelihoods.register import JOINT
from nbody_emulator.settings.error import refuse, suggestion

FEWEST_POINTS = 512
"""That a table is made of."""

FEWEST_OBSERVED = 20
"""Runs that posteriors are judged on: of fewer, a region of 95 % is expected to miss less than one."""


def check_observation(experiment: Experiment) -> None:
    """Posteriors are judged on a set of their own, and such a set is there for nothing else."""
    players = experiment.names_of("observation")
    if experiment.inference is None:
        for name in players:
            remedy = "add the section inference, or write role: extra"
            refuse(f"sets.{name}.role", "there is no section inference that it could serve", remedy)
        return
    if not players:
        refuse("inference", "no set has the role observation", "add one set with role: observation")
    name = players[0]
    if experiment.most_replicates(name) > 1:
        problem = f"{experiment.most_replicates(name)} is too many"
        remedy = "posteriors are judged on independent runs; write 1 and more points instead"
        refuse(f"sets.{name}.replicates", problem, remedy)
    in_blocks = experiment.points_in_blocks(name)
    if sum(in_blocks) < FEWEST_OBSERVED:
        problem = f"{sum(in_blocks)} points in all blocks are too few to judge regions of 95 %"
        each = f", {-(-FEWEST_OBSERVED // len(in_blocks))} in each of {len(in_blocks)} blocks"
        remedy = f"take at least {FEWEST_OBSERVED}{each if len(in_blocks) > 1 else ''}"
        refuse(experiment.place_of_points(name), problem, remedy)


def check_points(experiment: Experiment) -> None:
    """Sobol points fill the box if they are so many."""
    if experiment.inference is None:
        return
    points = experiment.inference.points
    if points < FEWEST_POINTS:
        refuse("inference.points", f"{points} is too few", f"write at least {FEWEST_POINTS}")
    if points & (points - 1):
        refuse("inference.points", f"{points} is no power of two", f"write {1 << points.bit_length()}")


def check_families(experiment: Experiment) -> None:
    """Posteriors are those of emulators that are fitted."""
    if experiment.inference is None:
        return
    fitted = list(experiment.families)
    for place, name in enumerate(experiment.inference.families):
        if name not in fitted:
            remedy = f"add it to emulators, or {suggestion(name, fitted)}"
            refuse(f"inference.families[{place}]", f"{name!r} is not among the emulators", remedy)


def check_likelihoods(experiment: Experiment) -> None:
    """The one that is always judged need not be asked for."""
    if experiment.inference is not None and JOINT in experiment.inference.likelihoods:
        place = experiment.inference.likelihoods.index(JOINT)
        refuse(f"inference.likelihoods[{place}]", f"{JOINT!r} is always judged", "remove it")


def check_observed(experiment: Experiment) -> None:
    """What may be observed together are outputs, and slopes can be had to forecast what they tell."""
    if experiment.inference is None or not experiment.inference.observed:
        return
    outputs = [output.name for output in experiment.predicted]
    for name, chosen in experiment.inference.observed.items():
        for place, output in enumerate(chosen):
            if output not in outputs:
                path = f"inference.observed.{name}[{place}]"
                refuse(path, f"{output!r} is not among the outputs", suggestion(output, outputs))
    first = experiment.inference.families[0]
    if not FAMILIES.load(first).has_gradients:
        others = [name for name in experiment.families if FAMILIES.load(name).has_gradients]
        problem = f"{first!r} has no slopes, from which inference.observed forecasts"
        refuse("inference.families[0]", problem, f"put another first, such as {others[-1]}, or remove it")


def check_predictive(experiment: Experiment) -> None:
    """New runs at draws from posteriors want posteriors, and as many observed runs as they have blocks."""
    for name, run_set in sorted(experiment.sets_of_runs.items()):
        if run_set.role != "predictive":
            continue
        if experiment.inference is None:
            remedy = "add the section inference, or remove the set"
            refuse(f"sets.{name}.role", "there are no posteriors to draw from", remedy)
        runs = sum(experiment.points_in_blocks(experiment.set_of("observation")[0]))
        if run_set.blocks > runs:
            problem = f"{run_set.blocks} is above the {runs} runs of the role observation"
            refuse(f"sets.{name}.blocks", problem, f"write at most {runs}")


CHECKS = (
    check_observation,
    check_points,
    check_families,
    check_likelihoods,
    check_observed,
    check_predictive,
)
