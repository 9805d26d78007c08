"""The documentation site has every page and every public object; what it says of files is what they hold."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
HOOK = runpy.run_path(str(ROOT / "workflow/documentation.py"))
NAV = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
BESIDE = ["README.md", *HOOK["BROUGHT"]]
SHOWN = re.compile(r"^::: nbody_emulator\.(\S+)$", re.MULTILINE)
OFFERED = re.compile(r"^from nbody_emulator\.(\S+) import (\w+) as \w+$", re.MULTILINE)


def pages(entry) -> Iterator[str]:
    """Every page below an entry of the navigation."""
    if isinstance(entry, str):
        yield entry
    else:
        for part in entry.values() if isinstance(entry, dict) else entry:
            yield from pages(part)


def test_every_page_has_one_place_in_the_navigation():
    written = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    assert sorted(pages(NAV)) == sorted([*written, *HOOK["BROUGHT"].values()])


def test_every_public_object_is_in_the_reference():
    faces = (ROOT / "src/nbody_emulator").rglob("__init__.pyi")
    offered = {".".join(each) for face in faces for each in OFFERED.findall(face.read_text())}
    shown = {name for page in (DOCS / "reference").glob("*.md") for name in SHOWN.findall(page.read_text())}
    assert len(offered) > 25
    assert offered <= shown


@pytest.mark.parametrize("document", BESIDE)
def test_links_of_documents_beside_the_pages_lead_to_files(document):
    """What is in docs the build of the site checks."""
    path = ROOT / document
    found = HOOK["links"](path.read_text(encoding="utf-8"))
    assert found
    assert not [link for link in found if not (path.parent / link).exists()]


def test_code_is_no_link_and_links_out_of_the_pages_lead_to_copies():
    text = "[a](../config/README.md#every-key) `[b](c.md)`\n\n```\n[d](e.md)\n```\n[f](g.md)\n"
    assert HOOK["links"](text) == ["../config/README.md", "g.md"]
    assert HOOK["place_of"](HOOK["resolved"]("tutorials/a.md", "../../config/README.md")) == (
        "reference/configuration.md"
    )
    assert HOOK["place_of"](HOOK["resolved"]("findings.md", "../examples/epidemic.py")) == (
        "repository/examples/epidemic.py"
    )
    assert (
        HOOK["place_of"](HOOK["resolved"]("reference/configuration.md", "../docs/own_runs.md"))
        == "own_runs.md"
    )
