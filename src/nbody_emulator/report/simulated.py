"""What was simulated: parameters with their box, outputs with their definitions, and the sets of runs."""

from dataclasses import dataclass

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.description import physics
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.function_experiment import FunctionExperiment
from nbody_emulator.configuration.table_experiment import TableExperiment
from nbody_emulator.emulators.descriptions import box_of
from nbody_emulator.quantities.quantity import Output
from nbody_emulator.report import numbers
from nbody_emulator.settings.file_set import FileSet
from nbody_emulator.settings.parameters import PARAMETERS
from nbody_emulator.settings.run_set import RunSet
from nbody_emulator.summaries.register import STATISTICS

CLUSTERS = "N-body simulations of star clusters"

ROLES = {
    "training": "emulators are fitted to it; its blocks are the folds",
    "noise": "what the parameters do not fix",
    "repeat": "chaos: the same stars, moved by their last bits",
    "calibration": "sets the widths of intervals and posteriors",
    "observation": "judges posteriors, and has set nothing",
    "predictive": "new runs at draws from posteriors",
    "sealed": "opened by make evaluate alone",
    "extra": "for nothing here",
}

TRANSFORMS = {"identity": "as it is", "log": "logarithm", "logit": "logit, of a fraction"}


@dataclass(frozen=True)
class ParameterRow:
    """A parameter: its range with the unit, how draws are spread over it, and what it means ("" where nobody said)."""

    name: str
    box: str
    scale: str
    meaning: str


@dataclass(frozen=True)
class OutputRow:
    """An output: its unit, what is measured, when, and by what transform it is fitted."""

    name: str
    unit: str
    meaning: str
    when: str
    transform: str


@dataclass(frozen=True)
class SetRow:
    """A set of runs: what it is for, where its points are from, and how many runs it has."""

    name: str
    role: str
    purpose: str
    points: str
    runs: str


@dataclass(frozen=True)
class Simulated:
    """What the runs of an experiment are of, in words and rows; `physics` is what does not vary, by key."""

    description: str
    physics: dict[str, str]
    parameters: list[ParameterRow]
    outputs: list[OutputRow]
    sets: list[SetRow]


def simulated(experiment: Experiment) -> Simulated:
    """All that a reader has to know of the runs."""
    is_cluster = isinstance(experiment, ClusterExperiment)
    return Simulated(
        description=CLUSTERS if is_cluster else _about(experiment),
        physics=physics(experiment) if isinstance(experiment, ClusterExperiment) else {},
        parameters=[
            ParameterRow(
                name=each.name,
                box=numbers.unit(box_of(each)),
                scale="uniform in the logarithm" if each.scale == "log" else "uniform",
                meaning=PARAMETERS[each.name].meaning if is_cluster else "",
            )
            for each in experiment.free_parameters
        ],
        outputs=[_output(each, experiment) for each in experiment.predicted],
        sets=[_set(name, each) for name, each in experiment.sets_of_runs.items()],
    )


def _about(experiment: Experiment) -> str:
    told = experiment.simulator.about if isinstance(experiment, FunctionExperiment | TableExperiment) else ""
    return told or "Runs of another simulator"


def _output(output: Output, experiment: Experiment) -> OutputRow:
    meaning, when = "", ""
    if isinstance(experiment, ClusterExperiment):
        meaning = STATISTICS.load(output.statistic).long_name
        when = "at the end" if output.time == 1.0 else f"at {output.time:g} of the duration"
    unit = "none" if output.unit == "1" else numbers.unit(output.unit)
    return OutputRow(output.name, unit, meaning, when, TRANSFORMS[output.transform])


def _set(name: str, given: RunSet | FileSet) -> SetRow:
    purpose = ROLES[given.role]
    if isinstance(given, FileSet):
        return SetRow(name, given.role, purpose, given.file, "those in the file")
    each = given.replicates * (given.perturbations or 1)
    points = f"{given.blocks} × {given.points}" if given.blocks > 1 else f"{given.points}"
    spread = f"{points} ({given.sampler.replace('_', ' ')})"
    return SetRow(name, given.role, purpose, spread, f"{given.blocks * given.runs} ({each} a point)")
