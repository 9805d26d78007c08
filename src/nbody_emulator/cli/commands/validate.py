"""`nbody-emulator validate`."""

from nbody_emulator.cli.experiments import Name, configuration_of, plan_of_configuration
from nbody_emulator.cli.telling import AsJson, Telling


def validate(experiment: Name = "laptop", *, json: AsJson = False) -> int:
    """Say whether a configuration can be run, and what it holds."""
    telling = Telling(json)
    telling.say(plan_of_configuration(configuration_of(experiment)).in_words())
    return telling.end()
