"""`nbody-emulator report`, as the last step of `make report`."""

from nbody_emulator.cli.experiments import Name, become_snakemake, configuration_of


def report(experiment: Name = "laptop") -> None:
    """Write results/<experiment>/report.html, one page with every figure; after `run` (make report)."""
    path = configuration_of(experiment)
    become_snakemake(path, ["--report", f"results/{path.stem}/report.html"])
