"""What is to be made in a copy of this repository, told by its plan alone: Snakemake is not started.

A job runs because the path of its result does not exist; that Snakemake holds to this is asked of it for edits of each
kind (`asking.py`). Here the plan is made by this checkout's code, in a tenth of the time.
"""

from pathlib import Path

from asking import Answer, titles_of

from nbody_emulator.plan.from_configuration import plan_of_file
from nbody_emulator.plan.stages import CALLS, EVIDENCES, FATES, IMPORTS, STARS, VIEWS
from nbody_emulator.store.export import results_export

NOT_OF_TEST = frozenset({CALLS, EVIDENCES, FATES, IMPORTS, STARS, VIEWS})
"""Stages that `test` asks nothing of: of other simulators, of several models, and of single stars."""


def missing(root: Path, results: Path, experiment: str = "test") -> Answer:
    """What the plan of the repository at `root` wants and the one at `results` has not."""
    plan = plan_of_file(root / f"config/{experiment}.yaml", root)
    wanted = [*plan.open_files, *results_export(plan).files]
    there_not = tuple(path for path in wanted if not (results / path).exists())
    return Answer(there_not, titles_of(plan.artifacts))


def path_of(title: str, root: Path, experiment: str = "test") -> str:
    """The first file of a result."""
    artifacts = plan_of_file(root / f"config/{experiment}.yaml", root).artifacts
    return next(artifact.path() for artifact in artifacts if artifact.title == title)
