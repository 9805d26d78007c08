"""How each exported file is made again: what it is, by what name, with what command, of which versions and where."""

from dataclasses import dataclass

from nbody_emulator.report import numbers
from nbody_emulator.report.finished import Finished


@dataclass(frozen=True)
class ExportedFile:
    """One file under its plain name."""

    name: str
    title: str
    identity: str
    sha256: str
    command: str


def exported_files(finished: Finished) -> list[ExportedFile]:
    """Those that `make results` left, and those of the test set if it was opened for these models."""
    titles = {entry.identity: title for title, entry in finished.history.items()}
    name = finished.experiment.experiment
    commands = {"": f"make results EXPERIMENT={name}", "evaluation/": f"make evaluate EXPERIMENT={name}"}
    stamps = {"": finished.files, "evaluation/": finished.evaluation_files}
    return [
        ExportedFile(
            name=folder + file,
            title=titles.get(made["identity"], numbers.NOT_KNOWN),
            identity=made["identity"],
            sha256=made["sha256"][:12],
            command=commands[folder],
        )
        for folder, files in stamps.items()
        for file, made in files.items()
    ]


def versions(finished: Finished) -> dict[str, str]:
    """Of every package that entered the identity of a result."""
    found: dict[str, str] = {}
    for entry in finished.history.values():
        found |= entry.specification["versions"]
    return found


def platform(finished: Finished) -> str:
    """Where the runs were made: on the same platform equal identities are equal bits."""
    import xarray as xr  # takes long

    with xr.open_dataset(finished.folder / "dataset.nc", engine="netcdf4", decode_times=False) as runs:
        return str(runs.attrs.get("platform", numbers.NOT_KNOWN))
