"""`nbody-emulator run`, as `make results`."""

from nbody_emulator.cli.experiments import Cores, Name, run_experiment


def run(experiment: Name = "laptop", *, cores: Cores = "all") -> None:
    """Run an experiment, or what of it is missing (make results)."""
    run_experiment(experiment, cores)
