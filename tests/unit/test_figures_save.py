"""A saved figure is whole, is SVG, and has the same bytes whoever saves it."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import figures_data
import pytest

from nbody_emulator.figures import panels
from nbody_emulator.figures.register import FIGURES
from nbody_emulator.figures.save import save

PROGRAM = "import sys, test_figures_save; test_figures_save.save_every_figure(sys.argv[1])"


def save_every_figure(folder: str | Path) -> None:
    tables = figures_data.tables(0.05, 2, ["f_bound"], ["mean", "network"], folds=2)
    for name in FIGURES.names:
        save(FIGURES.load(name)(tables[name], figures_data.STYLE), Path(folder) / f"{name}.svg")


def test_bytes_do_not_depend_on_the_process_or_on_anyone_s_settings(tmp_path, monkeypatch):
    monkeypatch.setattr(panels, "RASTERIZED_FROM", 10)
    settings = tmp_path / "matplotlibrc"
    settings.write_text("svg.fonttype: none\nsvg.hashsalt: mine\naxes.xmargin: 0.3\nlegend.handlelength: 6\n")
    path = os.pathsep.join([*map(str, Path(__file__).parents[:2]), os.environ.get("PYTHONPATH", "")])
    hostile = {
        "PYTHONPATH": path,
        "PYTHONHASHSEED": "2",
        "MATPLOTLIBRC": str(settings),
        "SOURCE_DATE_EPOCH": "1",
    }
    program = f"from nbody_emulator.figures import panels; panels.RASTERIZED_FROM = 10; {PROGRAM}"
    here, there = tmp_path / "here", tmp_path / "there"
    save_every_figure(here)
    subprocess.run([sys.executable, "-c", program, there], env=os.environ | hostile, check=True)
    for name in FIGURES.names:
        assert (here / f"{name}.svg").read_bytes() == (there / f"{name}.svg").read_bytes()


def test_a_saved_figure_is_svg_without_a_date_and_without_fonts(tmp_path):
    table = figures_data.tables(size=0.05)["comparison"]
    path = tmp_path / "figure.svg"
    save(FIGURES.load("comparison")(table, figures_data.STYLE), path)
    text = path.read_text()
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(text).iter()}
    assert "path" in tags and "text" not in tags and "date" not in tags
    assert [item.name for item in tmp_path.iterdir()] == ["figure.svg"]


def test_a_figure_that_cannot_be_drawn_leaves_no_file(tmp_path):
    table = figures_data.tables(size=0.05)["comparison"]
    figure = FIGURES.load("comparison")(table, figures_data.STYLE)
    figure.text(0.5, 0.5, r"$\unknowncommand$")
    with pytest.raises(ValueError, match="unknowncommand"):
        save(figure, tmp_path / "figure.svg")
    assert list(tmp_path.iterdir()) == []
