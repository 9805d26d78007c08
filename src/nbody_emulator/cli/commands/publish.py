"""`nbody-emulator publish`, as the last step of `make publish` and `make release`."""

from typing import Annotated

from cyclopts import Parameter

from nbody_emulator.cli.experiments import Name, configuration_of, plan_of_configuration
from nbody_emulator.cli.telling import AsJson, Telling


def publish(
    experiment: Name = "laptop",
    *,
    release: Annotated[bool, Parameter(negative=(), help="With the release stream's scores.")] = False,
    json: AsJson = False,
) -> int:
    """Copy figures, tables and scores to results/published, small emulators into the package (make publish)."""
    from nbody_emulator.cli.shipping import ship
    from nbody_emulator.store import published

    plan = plan_of_configuration(configuration_of(experiment), "release" if release else "development")
    telling = Telling(json)
    return telling.end(published.publish(plan, say=telling.say) or ship(plan, say=telling.say))
