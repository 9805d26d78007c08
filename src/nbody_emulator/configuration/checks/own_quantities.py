"""Can parameters and outputs of another simulator be called and spread as they are said to be?"""

from nbody_emulator.configuration.checks.boxes import check_order
from nbody_emulator.configuration.own_experiment import OwnExperiment
from nbody_emulator.settings.error import refuse, shown

RESERVED = ("parameter", "parameter_values", "point", "reason", "replicate", "run", "seed", "status", "time")
"""What files of runs call something else."""


def check_names(experiment: OwnExperiment) -> None:
    """No output is called what the files of its runs call something else."""
    for name in experiment.outputs:
        if name in RESERVED:
            refuse(
                f"outputs.{name}", "files of runs call something else so", "choose another name, and a column"
            )


def check_boxes(experiment: OwnExperiment) -> None:
    """Every box has an inside, on its scale."""
    for name, box in sorted(experiment.parameters.items()):
        path = f"parameters.{name}.minimum"
        check_order(path, box.minimum, box.maximum, "remove the parameter")
        if box.scale == "log" and box.minimum <= 0.0:
            refuse(path, f"{shown(box.minimum)} has no logarithm", "raise it, or write scale: linear")


CHECKS = (check_names, check_boxes)
