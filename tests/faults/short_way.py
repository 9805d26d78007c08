"""A run that needs little: some results, one of nearly each kind, are missing from a finished one."""

import shutil

from finished_run import Repository

from nbody_emulator.plan.artifact import Artifact
from nbody_emulator.plan.from_configuration import plan_of_file

BLOCK = "simulations of runs repeated at half the step"
SHORT_WAY = (
    BLOCK,
    "summaries of runs repeated at half the step",
    "the repeated runs",
    "table of half_step",
    "figure of half_step",
    "the metrics",
)
"""Titles of results, each made from one before it; little else is made from them."""


def forget(repository: Repository, titles: tuple[str, ...]) -> None:
    """Delete these results and everything under plain names."""
    for title in titles:
        shutil.rmtree(repository.root / artifact(repository, title).folder)
    shutil.rmtree(repository.root / "results/test")


def artifact(repository: Repository, title: str) -> Artifact:
    """The result of the experiment that a person knows by this title."""
    plan = plan_of_file(repository.root / "config/test.yaml", repository.root)
    return next(item for item in plan.artifacts if item.title == title)
