"""`nbody-emulator report`, as the last step of `make report`."""

from nbody_emulator.cli.experiments import (
    ROOT,
    Name,
    become_snakemake,
    configuration_of,
    plan_of_configuration,
)

PROVENANCE = "provenance.html"


def report(experiment: Name = "laptop") -> None:
    """Write results/<experiment>/report.html, one page that argues with every figure; after `run` (make report)."""
    # Imported here: what draws and reads tables takes long.
    from nbody_emulator.configuration.file import load
    from nbody_emulator.report.page import write_report

    path = configuration_of(experiment)
    plan = plan_of_configuration(path)
    print(f"written: {write_report(load(path), plan, ROOT)}")
    become_snakemake(path, ["--report", f"results/{plan.experiment}/{PROVENANCE}"])
