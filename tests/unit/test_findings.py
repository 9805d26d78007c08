"""What README.md, docs/findings.md and docs/inference.md say was found is what the published files say."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITER = runpy.run_path(str(ROOT / "workflow/findings.py"))


@pytest.mark.parametrize("place", WRITER["PLACES"], ids=lambda place: f"{place.document}, {place.experiment}")
def test_documents_say_what_was_published(place):
    document = (ROOT / place.document).read_text(encoding="utf-8")
    assert document == WRITER["with_findings"](document, place)
