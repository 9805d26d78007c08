"""Write codemeta.json, for catalogues of software, from pyproject.toml and CITATION.cff; `make locks` calls it."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

TREE = Path(__file__).resolve().parents[1]
FILE = TREE / "codemeta.json"


def codemeta(project: dict[str, Any], citation: dict[str, Any]) -> dict[str, Any]:
    """What CodeMeta 3.0 has words for, of the table `project` of pyproject.toml and of CITATION.cff."""
    return {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": project["name"],
        "description": project["description"],
        "version": project["version"],
        "license": f"https://spdx.org/licenses/{project['license']}",
        "author": [{"@type": "Organization", "name": author["name"]} for author in citation["authors"]],
        "keywords": citation["keywords"],
        "programmingLanguage": "Python",
        "runtimePlatform": f"Python {project['requires-python']}",
        "operatingSystem": "Linux",
        "softwareRequirements": [requirement(each) for each in project["dependencies"]],
        "readme": project["readme"],
        "developmentStatus": "active",
    }


def requirement(stated: str) -> dict[str, str]:
    """A dependency as pyproject.toml states it, `name>=version`."""
    name, version = re.fullmatch(r"([A-Za-z0-9_.-]+)(.*)", stated).groups()
    return {"@type": "SoftwareApplication", "name": name, "version": version}


def text() -> str:
    """The file as it is to be."""
    project = tomllib.loads((TREE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((TREE / "CITATION.cff").read_text(encoding="utf-8"))
    return json.dumps(codemeta(project, citation), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
