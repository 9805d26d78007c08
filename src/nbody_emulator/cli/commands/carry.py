"""`nbody-emulator carry`, as the last step of `make carry`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from nbody_emulator.cli.experiments import Name, configuration_of, plans_of
from nbody_emulator.cli.telling import AsJson, Telling

Before = Annotated[
    Path | None,
    Parameter(
        help="A folder of results of the published code on this machine, where those published are of another."
    ),
]


def carry(experiment: Name = "laptop", *, before: Before = None, json: AsJson = False) -> int:
    """Publish what refactored code makes, with the evaluation that is published; after `run` (make carry)."""
    from nbody_emulator.cli.shipping import ship
    from nbody_emulator.store import published

    plans, telling = plans_of(configuration_of(experiment)), Telling(json)
    return telling.end(
        published.carry(plans, say=telling.say, before=before) or ship(plans[0], say=telling.say)
    )
