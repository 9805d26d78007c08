"""`nbody-emulator infer-folder`, as `make infer`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from nbody_emulator.cli.experiments import Cores, Name, configuration_of, run_experiment
from nbody_emulator.settings.error import refuse

OBSERVATIONS = Path("observations")

Family = Annotated[str, Parameter(help="The family of emulators by which it is inferred.")]


def infer_folder(
    experiment: Name = "laptop", *, family: Family = "gaussian_process", cores: Cores = "all"
) -> None:
    """Infer the clusters in observations/*.yaml by an experiment's emulators, into its results (make infer)."""
    path = configuration_of(experiment)
    seen = sorted(OBSERVATIONS.glob("*.yaml"))
    if not seen:
        refuse(
            f"{OBSERVATIONS}", f"there is no {OBSERVATIONS}/*.yaml", "copy examples/observation.yaml there"
        )
    wanted = [f"results/{path.stem}/inferred/{family}/{each.stem}.nc" for each in seen]
    run_experiment(experiment, cores, ["--rerun-triggers", "mtime", "input", "--", *wanted])
