"""What no key can say alone: whether the parts of a configuration fit each other.

Each check looks at one matter and raises `ConfigurationError` for the first thing wrong. It may rely on the
check of every key, on the defaults, and on the checks before it.
"""

from itertools import chain

from nbody_emulator.configuration.checks import alternatives, fits, inference, physics, points, sets
from nbody_emulator.configuration.experiment import Experiment


def check_consistency(experiment: Experiment) -> None:
    """Refuse the first contradiction in an experiment whose keys are all right."""
    for check in chain(*(room.CHECKS for room in (sets, physics, fits, points, inference, alternatives))):
        check(experiment)
