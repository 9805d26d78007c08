"""What the published experiment found, written into README.md and docs; `--check` only compares.

`make findings` after `make publish`: it first writes likelihood.json by
`python examples/posterior.py results/laptop results/published/laptop/likelihood.json`; a test holds the documents to
the published files.
"""

import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
OWN_TREE = runpy.run_path(str(TREE / "src/nbody_emulator/running/own_tree.py"))
OWN_TREE["exit_if_foreign"](TREE)

import pandas as pd

from nbody_emulator.evaluation.findings import Published, posteriors, sentences, tables
from nbody_emulator.storage.files import write_text

PUBLISHED = Path("results/published/laptop")
BEGIN = "<!-- findings: written by `python workflow/findings.py` from results/published/laptop -->\n"
END = "<!-- end of findings -->\n"
DOCUMENTS: dict[str, Callable[[Published], str]] = {
    "README.md": sentences,
    "docs/findings.md": tables,
    "docs/inference.md": posteriors,
}


def read_published(folder: Path) -> Published:
    """The published numbers in `folder`."""
    return Published(
        metrics=json.loads((folder / "metrics.json").read_text()),
        evaluation=json.loads((folder / "evaluation/evaluation.json").read_text()),
        comparison=pd.read_csv(folder / "tables/comparison.csv"),
        posteriors=json.loads((folder / "likelihood.json").read_text()),
    )


def with_findings(document: str, findings: str) -> str:
    """The document with what stands between its marks replaced."""
    before, rest = document.split(BEGIN)
    return before + BEGIN + findings + END + rest.split(END)[1]


if __name__ == "__main__":
    published = read_published(PUBLISHED)
    for name, told in DOCUMENTS.items():
        path = Path(name)
        document = path.read_text(encoding="utf-8")
        now = with_findings(document, told(published))
        if "--check" in sys.argv and now != document:
            sys.exit(f"{name} is not what {PUBLISHED} says; python workflow/findings.py writes it anew")
        write_text(path, now)
