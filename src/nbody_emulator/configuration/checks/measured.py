"""Are the outputs of clusters measured, at times that are stored?"""

from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.quantities.quantity import SNAPSHOT_TOLERANCE
from nbody_emulator.settings.error import refuse, shown
from nbody_emulator.summaries.register import STATISTICS


def check_outputs(experiment: ClusterExperiment) -> None:
    """Every output is measured, and its transform suits it."""
    for name, output in sorted(experiment.outputs.items()):
        path, statistic, transform = f"outputs.{name}", output.statistic, output.transform
        if statistic not in experiment.statistics:
            refuse(f"{path}.statistic", f"{statistic!r} is not measured", "add it to statistics")
        if transform == "logit" and not STATISTICS.load(statistic).is_fraction:
            refuse(
                f"{path}.transform", f"{statistic} is no fraction, as 'logit' needs", "write log or identity"
            )
        if transform == "log" and STATISTICS.load(statistic).can_be_zero:
            is_fraction = STATISTICS.load(statistic).is_fraction
            remedy = "write logit or identity" if is_fraction else "write identity"
            refuse(f"{path}.transform", f"{statistic} can be 0, which has no 'log'", remedy)


def check_output_times(experiment: ClusterExperiment) -> None:
    """Every output is read at a snapshot."""
    for name, output in sorted(experiment.outputs.items()):
        check_snapshot(experiment, f"outputs.{name}.time", output.time)


def check_snapshot(experiment: ClusterExperiment, path: str, time: float) -> None:
    """There is a snapshot at this fraction of the duration, and it is not the first.

    Raises:
        ConfigurationError: there is none; it names the key at `path`.
    """
    intervals = experiment.snapshots - 1
    nearest = max(1, round(time * intervals)) / intervals
    if abs(time - nearest) > SNAPSHOT_TOLERANCE:
        refuse(path, f"{shown(time)} is between snapshots", f"write {nearest:.6f} or change snapshots")


CHECKS = (check_outputs, check_output_times)
