"""Print, as JSON, every file that would be made for the given targets if nothing were there: their ancestor closure.

Run in a repository's root: `python closure.py config/test.yaml target...`.
"""

import json
import sys
from pathlib import Path

from snakemake.api import ConfigSettings, DAGSettings, OutputSettings, ResourceSettings, SnakemakeApi
from snakemake.settings.enums import Quietness


def closure(config: str, targets: list[str]) -> list[str]:
    files = []
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(
            snakefile=Path("Snakefile"),
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=(Path(config),)),
        )
        dag = workflow.dag(DAGSettings(targets=frozenset(targets), forceall=True))
        dag.execute_workflow(executor="local", pseudo_executor="dryrun", updated_files=files)
    return sorted(map(str, files))


if __name__ == "__main__":
    print("CLOSURE", json.dumps(closure(sys.argv[1], sys.argv[2:])))
