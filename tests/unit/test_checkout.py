"""A clone holds the bytes that were committed, whatever the person's git makes of line ends."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("setting", ["core.autocrlf=true", "core.eol=crlf"])
def test_no_line_end_is_changed_on_checkout(tmp_path, setting):
    clone = ["git", "clone", "--quiet", "--shared", "-c", setting, ROOT, tmp_path / "clone"]
    subprocess.run(clone, check=True)
    listing = subprocess.run(
        ["git", "ls-files", "--eol"], cwd=tmp_path / "clone", capture_output=True, text=True, check=True
    )
    # A line begins with the line ends in the index and in the working tree, as in `i/lf w/crlf`.
    ends = [line.split()[:2] for line in listing.stdout.splitlines()]
    assert ends and all(index.removeprefix("i/") == tree.removeprefix("w/") for index, tree in ends)
