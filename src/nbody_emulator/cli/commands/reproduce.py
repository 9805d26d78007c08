"""`nbody-emulator reproduce`, as `make reproduce`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from nbody_emulator.cli.experiments import ROOT, Cores, Name, configuration_of, require_cores
from nbody_emulator.cli.telling import AsJson, Telling
from nbody_emulator.settings.error import refuse

Folder = Annotated[
    Path | None,
    Parameter(
        help="A new folder to run it in, which is kept; by default a temporary one, kept if something differs."
    ),
]


def reproduce(
    experiment: Name = "laptop", *, folder: Folder = None, cores: Cores = "all", json: AsJson = False
) -> int:
    """Make what is published again in a fresh folder, of what is committed alone, and compare (make reproduce).

    Where it was published from the same platform every bit must be the same, elsewhere estimates within their standard
    errors (docs/commands.md); exit code 1 if not. Nothing of this checkout or of its results is used or changed.
    """
    from nbody_emulator.configuration.file import load
    from nbody_emulator.running.reproduction import Asked, made_again

    path = configuration_of(experiment)
    require_cores(cores)
    if path.resolve().parent != (ROOT / "config").resolve():
        refuse("experiment", f"{path} does not lie in config", "put it there, publish it and commit both")
    if folder and folder.resolve().is_relative_to(ROOT.resolve()):
        refuse("--folder", f"{folder} lies in this checkout", "name a new one outside of it")
    if folder and folder.exists():
        refuse("--folder", f"{folder} is there already", "name a new one")
    telling = Telling(json)
    asked = Asked(path.stem, load(path).experiment, cores, quietly=json)
    facts = made_again(ROOT.resolve(), asked, folder, telling.say)
    return telling.end(0 if facts["reproduced"] else 1, **facts)
