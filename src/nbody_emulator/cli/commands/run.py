"""`nbody-emulator run`, as `make results`."""

from nbody_emulator.cli.experiments import (
    Cores,
    Name,
    become_snakemake,
    configuration_of,
    plan_of_configuration,
)


def run(experiment: Name = "laptop", *, cores: Cores = "all") -> None:
    """Run an experiment, or what of it is missing (make results)."""
    path = configuration_of(experiment)
    print(plan_of_configuration(path).in_words())
    become_snakemake(path, [], cores)
