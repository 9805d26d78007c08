"""Can the fates of single stars be studied: is each seen at a snapshot, and told by more than one classifier?"""

from nbody_emulator.configuration.checks.measured import check_snapshot
from nbody_emulator.configuration.checks.names import check_length
from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.fates import fates_of
from nbody_emulator.fates.classifiers.register import CLASSIFIERS
from nbody_emulator.settings.error import refuse


def check_names(experiment: ClusterExperiment) -> None:
    """Tables and folders go by them."""
    for name in fates_of(experiment):
        check_length(f"fates.{name}", name)


def check_times(experiment: ClusterExperiment) -> None:
    """Every fate is looked for at a snapshot."""
    for name, study in fates_of(experiment).items():
        check_snapshot(experiment, f"fates.{name}.time", study.asked.time)


def check_classifiers(experiment: ClusterExperiment) -> None:
    """Each is compared with one that tells no star from another."""
    references = [name for name in CLASSIFIERS.names if CLASSIFIERS.load(name).is_reference]
    for name, study in fates_of(experiment).items():
        path = f"fates.{name}.classifiers"
        for reference in references:
            if reference not in study.classifiers:
                problem = "there is none that tells no star from another, which all have to beat"
                refuse(f"{path}.{reference}", problem, f"add '{reference}: {{}}'")
        if len(study.classifiers) == len(references):
            refuse(path, "there is none to beat that", "add one, such as 'logistic: {}'")


def check_distinct(experiment: ClusterExperiment) -> None:
    """No two studies are the same."""
    found: dict[str, str] = {}
    for name, study in fates_of(experiment).items():
        same = found.setdefault(repr((study.asked, dict(study.classifiers))), name)
        if same != name:
            refuse(f"fates.{name}", f"the same as fates.{same}", "change it, or remove it")


CHECKS = (check_names, check_times, check_classifiers, check_distinct)
