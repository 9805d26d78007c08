"""The configuration that docs/own_runs.md shows is accepted as it stands there, with its files."""

import re
from pathlib import Path

from nbody_emulator.cli.app import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/own_runs.md").read_text(encoding="utf-8")


def block_of(language: str) -> str:
    """The first of the page."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[0]


def test_what_can_be_copied_is_accepted_as_the_page_says(tmp_path, monkeypatch, capsys):
    for part in ("src", "workflow", "envs"):
        Path(tmp_path / part).symlink_to(ROOT / part)
    monkeypatch.chdir(tmp_path)
    exec(block_of("python"), {})
    Path("config").mkdir()
    Path("config/mine.yaml").write_text(block_of("yaml"))
    assert main(["validate", "config/mine.yaml"]) == 0
    assert f"```\n{capsys.readouterr().out.strip()}\n```" in PAGE
