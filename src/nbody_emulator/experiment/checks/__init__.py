"""What a schema cannot say: whether the parts of a configuration fit each other.

Each check looks at one matter and raises `ConfigurationError` for the first thing wrong. It may rely on the
schema, on the defaults, and on the checks before it.
"""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from nbody_emulator.experiment.checks import fits, physics, points, sets


def check_consistency(config: Mapping[str, Any]) -> None:
    """Refuse the first contradiction in a configuration that fits the schema."""
    for check in chain(sets.CHECKS, physics.CHECKS, fits.CHECKS, points.CHECKS):
        check(config)
