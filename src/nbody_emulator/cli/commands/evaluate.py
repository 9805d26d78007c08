"""`nbody-emulator evaluate`, as `make evaluate` and a part of `make release`."""

from typing import Annotated

from cyclopts import Parameter

from nbody_emulator.cli.experiments import Cores, Name, run_experiment

Release = Annotated[
    str | None,
    Parameter(
        help="A new version, such as 1.0.0, for which the release stream is opened in place of the other."
    ),
]


def evaluate(experiment: Name = "laptop", *, release: Release = None, cores: Cores = "all") -> None:
    """Open the sealed test set, once for each set of models; the ledger keeps it (make evaluate)."""
    run_experiment(experiment, cores, ["test_set", *_stream(release)])


def _stream(release: str | None) -> list[str]:
    if release is None:
        return []
    version = f"v{release.removeprefix('v')}" if release else ""
    return ["--config", "sealed_stream=release", f"release_version={version}"]
