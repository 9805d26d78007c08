"""What README.md, docs/findings.md and docs/inference.md say was found is what the published files say."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITER = runpy.run_path(str(ROOT / "workflow/findings.py"))


@pytest.mark.parametrize("name", sorted(WRITER["DOCUMENTS"]))
def test_documents_say_what_was_published(name):
    published = WRITER["read_published"](ROOT / WRITER["PUBLISHED"])
    document = (ROOT / name).read_text(encoding="utf-8")
    assert document == WRITER["with_findings"](document, WRITER["DOCUMENTS"][name](published))
