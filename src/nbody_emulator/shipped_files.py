"""Where emulators lie that come with the package: written when their experiment is published, read by their names."""

import json
from pathlib import Path
from typing import Any

FOLDER = "shipped"
"""In the package, with a folder for each experiment."""

MANIFEST = "manifest.json"
"""In an experiment's folder: the family that is loaded by its name, and of each file the identity and the checksum."""


def manifest_in(folder: Path) -> dict[str, Any]:
    """What lies in an experiment's folder, as JSON has it; nothing where it is not there."""
    path = folder / MANIFEST
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"default": "", "files": {}}
