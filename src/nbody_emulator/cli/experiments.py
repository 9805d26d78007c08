"""Experiments of a checkout: their files by name, their plans, and the Snakemake that runs them."""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

from cyclopts import Parameter

from nbody_emulator.running.own_tree import require_own_package
from nbody_emulator.settings.error import ConfigurationError, refuse, suggestion

if TYPE_CHECKING:
    from nbody_emulator.plan.plan import Plan

ROOT = Path()

Name = Annotated[
    str, Parameter(help="An experiment: the name of a file in config/ without .yaml, or a path of one.")
]
Cores = Annotated[str, Parameter(help="How many jobs may compute at a time: a number from 1 on, or all.")]


def configuration_of(experiment: str) -> Path:
    """The file of an experiment named by itself or by its file; this folder must be a checkout.

    Raises:
        ForeignPackageError: it is none, or another's code would run.
        ConfigurationError: there is no such experiment.
    """
    require_own_package(ROOT)
    if experiment.endswith((".yaml", ".yml")) or "/" in experiment:
        return Path(experiment)
    path = ROOT / "config" / f"{experiment}.yaml"
    if not path.is_file():
        names = sorted(each.stem for each in (ROOT / "config").glob("[!.]*.yaml"))
        refuse("experiment", f"there is no {path}", suggestion(experiment, names))
    return path


def plan_of_configuration(path: Path, sealed_stream: str = "development") -> "Plan":
    """The plan of the experiment in the file at `path`, for a stream of its test set.

    Raises:
        ConfigurationError: it cannot be run; the message names the file.
    """
    # Imported here, and below: the Makefile asks this before every run.
    from nbody_emulator.configuration.file import load
    from nbody_emulator.plan.from_configuration import plan_of

    try:
        return plan_of(load(path).changed(sealed_stream=sealed_stream), ROOT)
    except ConfigurationError as error:
        raise error if str(path) in str(error) else ConfigurationError(f"{path}: {error}") from None


def plans_of(path: Path) -> list["Plan"]:
    """With the test set's development stream, and with its release stream."""
    from nbody_emulator.store.garbage import SEALED_STREAMS

    return [plan_of_configuration(path, stream) for stream in SEALED_STREAMS]


def run_experiment(experiment: str, cores: str, options: Sequence[str] = ()) -> NoReturn:
    """Say what the experiment holds, and become its Snakemake.

    Raises:
        ConfigurationError: it cannot be run, or `cores` is no number of cores.
    """
    path = configuration_of(experiment)
    require_cores(cores)
    print(plan_of_configuration(path).in_words())
    become_snakemake(path, ["--cores", cores, *options])


def require_cores(cores: str) -> None:
    """Refuse what is no number of cores.

    Raises:
        ConfigurationError: it is neither a number from 1 on nor `all`.
    """
    if not re.fullmatch("all|[1-9][0-9]*", cores):
        refuse("--cores", f"{cores!r} is no number of cores", "write all, or a number from 1 on")


def become_snakemake(path: Path, options: Sequence[str]) -> NoReturn:
    """Become the Snakemake of the experiment at `path`, the only one at work in this folder.

    Signals, the exit code and all that is said are then its own.

    Raises:
        ModuleNotFoundError: Snakemake is not installed beside this Python.
    """
    snakemake = Path(sys.executable).with_name("snakemake")
    if not snakemake.exists():
        raise ModuleNotFoundError(
            "snakemake is not installed; `make install`, or pip install 'nbody-emulator[workflow]', brings it"
        )
    become(["workflow/alone.py", str(snakemake), "--configfile", str(path), *options])


def become(arguments: Sequence[str]) -> NoReturn:
    """Become this Python with other arguments."""
    sys.stdout.flush()
    # A locale without letters must not spoil what is read and said.
    os.execve(sys.executable, [sys.executable, *arguments], os.environ | {"PYTHONUTF8": "1"})
