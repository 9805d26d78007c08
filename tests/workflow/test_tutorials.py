"""The tutorials run in a fresh kernel, and their pages say what came out."""

import re
from pathlib import Path

import pytest
from finished_run import ROOT
from tutorial_pages import FOLDER, NAMES, RERUNS, Block, blocks, executed, page_of

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
NEARNESS = {"rel": 0.2, "abs": 0.03}
MANY = 100
"""From here on whole numbers are draws that a chain is worth: last bits of another processor send it other ways."""
LARGEST_PICTURE = 100_000


def committed(name: str) -> str:
    return (ROOT / FOLDER / f"{name}.md").read_text(encoding="utf-8")


def check(name: str, made: list[Block]) -> None:
    """That the page of this name is that of these blocks, with pictures of some sort beside it.

    `make tutorials` writes it anew.
    """
    found = page_of(made).splitlines()
    expected = committed(name).splitlines()
    assert len(found) == len(expected)
    near = [line for block in made for line in [block.near] * len([*block.text.splitlines(), ""])]
    for told, written, may_be_near in zip(found, expected, near, strict=False):
        if may_be_near:
            assert_near(told, written)
        else:
            assert told == written
    pictures = {block.picture[0] for block in made if block.picture}
    assert pictures == {path.name for path in (ROOT / FOLDER).glob(f"{name}_*.png")}


def assert_near(told: str, written: str) -> None:
    assert NUMBER.sub("#", told).split() == NUMBER.sub("#", written).split()
    numbers = [[float(each) for each in NUMBER.findall(line)] for line in (told, written)]
    for found, expected in zip(*numbers, strict=True):
        if expected >= MANY and expected.is_integer():
            assert expected / 3 <= found <= 3 * expected
        else:
            assert found == pytest.approx(expected, **NEARNESS)


@pytest.mark.parametrize("name", sorted({*NAMES} - {RERUNS}))
def test_a_tutorial_says_what_comes_out(name, scratch):
    check(name, list(blocks(name, executed(name, scratch))))


def test_what_reruns_is_what_the_tutorial_says(copy):
    check(RERUNS, list(blocks(RERUNS, executed(RERUNS, copy))))


def test_every_tutorial_is_linked_and_small():
    folder = ROOT / FOLDER
    assert (
        {path.stem for path in folder.glob("*.py")} == {path.stem for path in folder.glob("*.md")} == {*NAMES}
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in NAMES if f"({FOLDER}/{name}.md)" not in readme]
    assert not [path.name for path in folder.glob("*.png") if path.stat().st_size > LARGEST_PICTURE]


LINK = re.compile(r"\]\(([\w./]+\.(?:md|png))\)")


@pytest.mark.parametrize("name", NAMES)
def test_links_of_the_pages_lead_somewhere(name):
    folder = ROOT / FOLDER
    assert not [link for link in LINK.findall(committed(name)) if not Path(folder / link).exists()]
