"""Can tasks be fitted: is each given something, to families that can take it?"""

from nbody_emulator.configuration.checks.names import check_length
from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
from nbody_emulator.configuration.tasks import tasks_of
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.features.register import FEATURES
from nbody_emulator.settings.error import refuse
from nbody_emulator.settings.task import PARAMETERS


def check_own_families(experiment: ClusterExperiment) -> None:
    """Families of stars are given stars."""
    for name, family in experiment.families.items():
        if family.takes_stars:
            problem = "its networks read single stars, and emulators of the parameters alone are given none"
            refuse(f"emulators.{name}", problem, f"name it under tasks, as tasks.stars.emulators.{name}")


def check_names(experiment: ClusterExperiment) -> None:
    """Tables and folders go by them."""
    for name in tasks_of(experiment):
        if name == PARAMETERS:
            problem = "the emulators of the parameters alone go by this name"
            refuse(f"tasks.{name}", problem, "choose another name, such as mass")
        check_length(f"tasks.{name}", name)


def check_distinct(experiment: ClusterExperiment) -> None:
    """No two are the same: their difference would be a name."""
    found: dict[str, str] = {}
    for name, task in tasks_of(experiment).items():
        given = task.given.changed(features=tuple(sorted(task.given.features)))
        same = found.setdefault(repr((given, task.emulators, task.tuning)), name)
        if same != name:
            refuse(f"tasks.{name}", f"the same as tasks.{same}", "change it, or remove it")


def check_slots(experiment: ClusterExperiment) -> None:
    """Every cluster has as many stars: there is one slot for each."""
    if "stars" not in experiment.parameters.boxes:
        return
    for name, task in tasks_of(experiment).items():
        if task.given.stars:
            problem = "networks read one slot a star, and parameters.stars varies"
            refuse(f"tasks.{name}.stars", problem, "give features alone, or take parameters.stars away")


def check_given(experiment: ClusterExperiment) -> None:
    """Each is given something, and has families that can take it."""
    for name, task in tasks_of(experiment).items():
        path, given, families = f"tasks.{name}", task.given, task.emulators.families
        if not given.features and not given.stars:
            refuse(path, "nothing is given beside the parameters", "add features, or stars: true")
        if not families:
            example = "deep_sets" if given.stars else "polynomial"
            refuse(f"{path}.emulators", "no family", f"add one, such as '{example}: {{}}'")
        for family, method in families.items():
            if given.stars != method.takes_stars:
                others = [each for each in FAMILIES.names if FAMILIES.load(each).takes_stars is given.stars]
                problem = (
                    "cannot read single stars" if given.stars else "reads single stars, and is given none"
                )
                remedy = f"take {others[0]} instead" if given.stars else "add stars: true, or remove it"
                refuse(f"{path}.emulators.{family}", problem, remedy)
            columns = [
                *experiment.free_parameters,
                *(FEATURES.load(each).covariate for each in given.features),
            ]
            unsuited = method.unsuited(columns, experiment.predicted)
            if unsuited and unsuited.path.startswith("emulators."):
                refuse(f"{path}.{unsuited.path}", unsuited.problem, unsuited.remedy)
            if unsuited:  # of an input that is no parameter of the configuration
                problem = f"its laws know parameters, and no {' or '.join(given.features)}"
                refuse(f"{path}.emulators.{family}", problem, "remove it")


CHECKS = (check_own_families, check_names, check_given, check_slots, check_distinct)
