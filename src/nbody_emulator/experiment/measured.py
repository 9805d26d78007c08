"""The run's own numbers, for captions that quote them."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any


class Measured:
    """metrics.json, read when a caption first asks for a number (by then the run is over)."""

    def __init__(self, path: str):
        self.path = path

    def __getitem__(self, key: str) -> Any:
        return self._metrics[key]

    @cached_property
    def _metrics(self) -> dict[str, Any]:
        return json.loads(Path(self.path).read_text())
