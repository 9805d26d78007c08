"""`nbody-emulator verify`, as `make verify`."""

from nbody_emulator.cli.experiments import Name, configuration_of, plans_of
from nbody_emulator.cli.telling import AsJson, Telling


def verify(experiment: Name = "laptop", *, json: AsJson = False) -> int:
    """Say, without running, whether what is published is what the present code would make (make verify)."""
    from nbody_emulator.store import published, shipped

    plan = published.published_plan(plans_of(configuration_of(experiment)))
    telling = Telling(json)
    return telling.end(
        max(published.verify(plan, say=telling.say), shipped.verify_shipped(plan, say=telling.say))
    )
