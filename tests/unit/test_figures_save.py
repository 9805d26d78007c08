"""A saved figure is whole, tells who cannot see it what it shows, and has the same bytes whoever saves it."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import figures_data
import pytest
from PIL import Image

from nbody_emulator.figures import panels
from nbody_emulator.figures.register import FIGURES, table_of
from nbody_emulator.figures.save import FORMATS, save

PROGRAM = "import sys, test_figures_save; test_figures_save.save_every_figure(sys.argv[1])"

IN_ALL_FORMATS = ("design", "comparison", "recovered")
"""A cloud that is an image inside, bars and numbers, and contours: what formats may write in one way or another."""

XMLNS = "{http://www.w3.org/2000/svg}"


def files_of(folder: Path, name: str) -> list[Path]:
    """Every figure as SVG, for its bytes depend on the figure; other formats for the few that differ in kind."""
    return [folder / f"{name}{suffix}" for suffix in FORMATS if suffix == ".svg" or name in IN_ALL_FORMATS]


def save_every_figure(folder: str | Path) -> None:
    tables = figures_data.tables(0.05, 2, ["f_bound"], ["mean", "network"], folds=2)
    for name in FIGURES.names:
        figure, table = FIGURES.load(name), tables[table_of(name)]
        save(figure.draw(table, figures_data.STYLE), figure.alternative(table), *files_of(Path(folder), name))


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Every figure, saved here; clouds of few dots are images, so that there are some."""
    folder = tmp_path_factory.mktemp("saved")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(panels, "RASTERIZED_FROM", 10)
        save_every_figure(folder)
    return folder


def test_bytes_do_not_depend_on_the_process_or_on_anyone_s_settings(saved, tmp_path):
    settings = tmp_path / "matplotlibrc"
    settings.write_text(
        "svg.fonttype: path\nsvg.hashsalt: mine\npdf.fonttype: 3\npdf.compression: 0\nsavefig.dpi: 50\n"
        "axes.xmargin: 0.3\nlegend.handlelength: 6\nfigure.constrained_layout.use: True\n"
    )
    path = os.pathsep.join([*map(str, Path(__file__).parents[:2]), os.environ.get("PYTHONPATH", "")])
    hostile = {
        "PYTHONPATH": path,
        "PYTHONHASHSEED": "2",
        "MATPLOTLIBRC": str(settings),
        "SOURCE_DATE_EPOCH": "1",
    }
    program = f"from nbody_emulator.figures import panels; panels.RASTERIZED_FROM = 10; {PROGRAM}"
    there = tmp_path / "there"
    subprocess.run([sys.executable, "-c", program, there], env=os.environ | hostile, check=True)
    for name in FIGURES.names:
        for path in files_of(saved, name):
            assert path.read_bytes() == (there / path.name).read_bytes(), path.name


def test_saved_twice_it_has_the_same_bytes(tmp_path):
    table = figures_data.tables(families=["mean", "network"], only=["comparison"])["comparison"]
    figure = FIGURES.load("comparison").draw(table, figures_data.STYLE)
    once, twice = ([tmp_path / f"{word}{suffix}" for suffix in FORMATS] for word in ("once", "twice"))
    save(figure, "words", *once)
    save(figure, "words", *twice)
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in twice]


@pytest.mark.parametrize("name", FIGURES.names)
def test_svg_is_one_picture_with_words_and_without_a_date(name, saved):
    root = ElementTree.parse(saved / f"{name}.svg").getroot()
    title, description = (root.find(f"{XMLNS}{tag}") for tag in ("title", "desc"))
    assert root.get("role") == "img"
    assert title.text.endswith(".") and description.text == f"{title.text} {FIGURES.load(name).shows}"
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert "text" in tags and "date" not in tags


@pytest.mark.parametrize("name", IN_ALL_FORMATS)
def test_pdf_has_its_fonts_inside_and_no_date(name, saved):
    data = (saved / f"{name}.pdf").read_bytes()
    assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")
    # Of every font that is used the file itself, as TrueType.
    assert b"/FontFile2" in data and b"/FontFile3" not in data and b"/Type3" not in data
    assert len(re.findall(rb"/Subtype /CIDFontType2|/Subtype /TrueType", data)) >= 1
    assert b"/CreationDate" not in data and b"/ModDate" not in data and b"/Title" in data


@pytest.mark.parametrize("name", IN_ALL_FORMATS)
def test_png_has_words_and_the_width_of_a_slide(name, saved):
    with Image.open(saved / f"{name}.png") as image:
        assert image.width == 300 * figures_data.STYLE.width_inches
        title, description = image.text["Title"], image.text["Description"]
    assert title.endswith(".") and description == f"{title} {FIGURES.load(name).shows}"


def test_a_figure_that_cannot_be_drawn_leaves_no_file(tmp_path):
    table = figures_data.tables(families=["mean", "network"], only=["comparison"])["comparison"]
    figure = FIGURES.load("comparison").draw(table, figures_data.STYLE)
    figure.text(0.5, 0.5, r"$\unknowncommand$")
    with pytest.raises(ValueError, match="unknowncommand"):
        save(figure, "words", *(tmp_path / f"figure{suffix}" for suffix in FORMATS))
    assert list(tmp_path.iterdir()) == []
