"""The emulator that a command is told to ask."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from nbody_emulator.cli.tables import check_there
from nbody_emulator.settings.error import refuse

if TYPE_CHECKING:
    from nbody_emulator.emulators.emulator import Emulator

DEFAULT_MODEL = "laptop"

Model = Annotated[
    str,
    Parameter(help="A file that holds an emulator (.eqx), or the name of one that comes with the package."),
]


def load(model: str) -> "Emulator":
    """The emulator of this name or in this file.

    Raises:
        ConfigurationError: there is no such file.
        ValueError: it holds no emulator.
    """
    from nbody_emulator.emulators import shipped
    from nbody_emulator.emulators.emulator import Emulator

    if model not in shipped.names() and ("/" in model or Path(model).suffix):
        check_there("model", Path(model))
    try:
        return Emulator.load(model)
    except FileNotFoundError:
        refuse(
            "model", f"there is no emulator {model!r}", "name a file: `make results` leaves some in results"
        )
