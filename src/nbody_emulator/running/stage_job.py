"""What every job of a stage begins and ends with: its log, its typed settings, and the receipt that vouches for it."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from nbody_emulator.settings.section import Section
from nbody_emulator.storage.provenance import provenance
from nbody_emulator.storage.receipt import write_receipt

Settings = TypeVar("Settings", bound=Section)


class Job(Protocol):
    """What a workflow hands to a job: files by name and in order, the log first among logs."""

    input: Sequence[str]
    output: Any
    log: Sequence[str]
    params: Any


class StageJob:
    """One job at work.

    Attributes:
        specification: canonical JSON of all that decides its result.
    """

    def __init__(self, job: Job):
        sys.stderr = Path(job.log[0]).open("w", buffering=1)
        self.specification: str = job.params.specification
        self._job = job

    def settings(self, kind: type[Settings]) -> Settings:
        """What of the configuration it reads."""
        return kind.model_validate(json.loads(self.specification)["settings"])

    @property
    def origin(self) -> dict[str, Any]:
        """Attributes that say what made the result."""
        return provenance(self.specification)

    def finish(self) -> None:
        """Vouch for the files it has made, from those it has read."""
        receipt = self._job.output.receipt
        made = [path for path in self._job.output if path != receipt]
        write_receipt(receipt, self.specification, made, self._job.input)
