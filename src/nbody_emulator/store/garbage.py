"""`make gc`: results that no present experiment refers to, listed, and deleted only when told to."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.file import load
from nbody_emulator.plan.from_configuration import plan_of
from nbody_emulator.settings.error import ConfigurationError
from nbody_emulator.store.export import stamps
from nbody_emulator.store.history import history_path, read_history
from nbody_emulator.store.repair import ASIDE
from nbody_emulator.store.stored_results import StoredResult, stored_results

SEALED_STREAMS = ("development", "release")

Say = Callable[[str], None]


def collect_garbage(root: Path, say: Say, older_than_days: float | None = None) -> int:
    """List what nothing refers to, with its size, whose it was and when it was made. 0 unless a configuration is wrong.

    Present experiments are the files in config/ with their present code, and, for experiments whose file lies
    elsewhere, what they were made of last.

    Args:
        older_than_days: delete what is older; None deletes nothing.

    Raises:
        ConfigurationError: what an experiment refers to is not known: its file in config/ is wrong, or gone with
            its history.
    """
    experiments = [_load(path) for path in sorted((root / "config").glob("[!.]*.yaml"))]
    _refuse_forgotten(experiments, root)
    kept = set(_planned_identities(experiments, root)) | set(_remembered_elsewhere(experiments, root))
    garbage = [result for result in stored_results(root) if result.identity not in kept]
    for result in garbage:
        say(f"{result.folder.relative_to(root)}  {_megabytes([result])}, {result.made}")
    if older_than_days is not None:
        _delete_old(root, garbage, older_than_days, say)
    elif garbage:
        say(
            f"{len(garbage)} results, {_megabytes(garbage)}, that no experiment refers to; make gc DELETE=yes deletes "
            "those older than a week, DELETE=yes OLDER=0 all"
        )
    else:
        say("every stored result is referred to by an experiment")
    return 0


def _load(path: Path) -> Experiment:
    try:
        return load(path)
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{error} (in {path}; what it refers to is not known, so nothing is deleted; mend it or move it away)"
        ) from None


def _delete_old(root: Path, garbage: Iterable[StoredResult], days: float, say: Say) -> None:
    old = [result for result in garbage if result.age_days >= days]
    young = [result for result in garbage if result.age_days < days]
    size = _megabytes(old)
    _delete(root, old)
    say(f"{len(old)} results deleted, {size}")
    if young:
        say(
            f"{len(young)} kept, {_megabytes(young)}, for they are younger than {days:g} days; OLDER=0 takes them too"
        )


def _planned_identities(experiments: Iterable[Experiment], root: Path) -> Iterator[str]:
    for experiment in experiments:
        for stream in SEALED_STREAMS:
            plan = plan_of(experiment.changed(sealed_stream=stream), root)
            yield from (artifact.identity for artifact in plan.artifacts)


def _remembered_elsewhere(experiments: Iterable[Experiment], root: Path) -> Iterator[str]:
    """Identities that experiments without a file in config/ were made of last."""
    here = {experiment.experiment for experiment in experiments}
    for path in root.glob(history_path("*")):
        if path.parent.name not in here:
            yield from (remembered.identity for remembered in read_history(path).values())


def _refuse_forgotten(experiments: Iterable[Experiment], root: Path) -> None:
    """Refuse while there are exports of an experiment that has neither a configuration here nor a history."""
    here = {experiment.experiment for experiment in experiments}
    exported = {path.relative_to(root / "results").parts[0] for path in stamps(root)}
    for name in sorted(exported - here):
        if not read_history(root / history_path(name)):
            raise ConfigurationError(
                f"results/{name}: what it was made of is not known; put config/{name}.yaml back, or delete the folder"
            )


def _delete(root: Path, garbage: Iterable[StoredResult]) -> None:
    """Delete results, their logs, and whatever was set aside as damaged."""
    for result in garbage:
        shutil.rmtree(result.folder)
        for log in (root / "results/logs" / result.stage).glob(f"{result.identity}.*"):
            log.unlink()
    shutil.rmtree(root / ASIDE, ignore_errors=True)


def _megabytes(results: Iterable[StoredResult]) -> str:
    return f"{sum(result.bytes for result in results) / 1e6:.1f} MB"
