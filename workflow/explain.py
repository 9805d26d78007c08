"""`make explain`: which results the next run would make, and which keys (old -> new) are the cause.

Snakemake itself is asked which jobs would run, so that this cannot disagree with it: `explain.py <config.yaml>`.
"""

import contextlib
import io
import runpy
import sys
from collections.abc import Iterable
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
OWN_TREE = runpy.run_path(str(TREE / "src/nbody_emulator/running/own_tree.py"))
OWN_TREE["exit_if_foreign"](TREE)
OWN_TREE["exit_if_elsewhere"](TREE)

from snakemake.api import (
    ConfigSettings,
    DAGSettings,
    ExecutionSettings,
    OutputSettings,
    ResourceSettings,
    SnakemakeApi,
    StorageSettings,
)
from snakemake.cli import parse_args
from snakemake.settings.enums import Quietness

from nbody_emulator.plan.from_configuration import plan_of_file
from nbody_emulator.settings.error import ConfigurationError
from nbody_emulator.store.explain import explain
from nbody_emulator.store.history import history_path, read_history
from nbody_emulator.store.repair import set_aside


def files_to_make(config: Path, *, targets: Iterable[str] = (), **how) -> set[str]:
    """Every output of every job that would run; `how` are further settings of Snakemake's DAG, as `forcerun`."""
    files = []
    quiet = OutputSettings(quiet={Quietness.ALL})
    with contextlib.redirect_stderr(io.StringIO()), SnakemakeApi(quiet) as api:
        # The API knows no profiles: what they say is read as the command line reads it.
        _, arguments = parse_args(["--dry-run"])
        workflow = api.workflow(
            snakefile=Path("Snakefile"),
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=(config,)),
            storage_settings=StorageSettings(shared_fs_usage=arguments.shared_fs_usage),
        )
        dag = workflow.dag(
            DAGSettings(targets=frozenset(targets), rerun_triggers=arguments.rerun_triggers, **how)
        )
        dag.execute_workflow(
            executor="local",
            pseudo_executor="dryrun",
            execution_settings=ExecutionSettings(ignore_incomplete=arguments.ignore_incomplete),
            updated_files=files,
        )
    return set(map(str, files))


if __name__ == "__main__":
    config = Path(sys.argv[1])
    files = files_to_make(config)
    plan = plan_of_file(config, Path.cwd())
    waiting = [artifact for artifact in plan.artifacts if artifact.path() in files]
    try:
        history = read_history(history_path(plan.experiment))
    except ConfigurationError as error:
        sys.exit(str(error))
    print(*explain(waiting, history, set_aside(Path())), sep="\n")
    exports = len(files) - sum(path in files for artifact in waiting for path in artifact.paths)
    if files:
        print(f"{len(waiting)} results would be made" + (", and what is missing exported" if exports else ""))
    else:
        print("Nothing to be done")
