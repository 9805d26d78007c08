"""A figure stays small however many runs it shows, and is the same picture after it was made small."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import figures_data
import pytest
from matplotlib.figure import Figure

from nbody_emulator.configuration.file import load
from nbody_emulator.figures.compact import compact
from nbody_emulator.figures.register import FIGURES
from nbody_emulator.figures.save import save

DEFAULT = Path(__file__).resolve().parents[2] / "config/laptop.yaml"

CLOUDS = ("design", "energy", "residuals", "training_history")

LARGEST = 250_000
"""Eleven figures have to fit into half of the 3 MB that an experiment may publish; most are far smaller."""


@pytest.fixture(scope="module")
def many_runs():
    """Three times the runs of the default experiment, and its families."""
    return figures_data.tables(size=3.0, folds=3, families=load(DEFAULT).families, only=CLOUDS)


@pytest.mark.parametrize("name", CLOUDS)
def test_clouds_of_runs_stay_small(name, many_runs, tmp_path):
    save(FIGURES.load(name).draw(many_runs[name], figures_data.STYLE), "words", tmp_path / "figure.svg")
    assert (tmp_path / "figure.svg").stat().st_size < LARGEST


NAME = re.compile(r"(?<![\w.-])[pm]([0-9a-f]{10}|\d+)(?=$|\))")
"""What is numbered anew: clips and markers."""


def shown(svg: str) -> list:
    """Every element with its attributes, numbers apart from words."""
    number = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
    elements = []
    for element in ElementTree.fromstring(svg).iter():
        for name, value in sorted(element.attrib.items()):
            if "base64" not in value:
                words = number.sub("#", " ".join(NAME.sub("#", value).split()))
                elements.append(
                    (element.tag, name, words, [float(each) for each in number.findall(NAME.sub("", value))])
                )
    return elements


def test_a_layout_that_differs_in_its_last_bits_gives_the_same_bytes(tmp_path):
    # As it does from one drawing to the next: the layout's solver sums in the order of addresses in memory.
    written = []
    for nudge in (0.0, 1e-14):
        axes = Figure().add_axes((0.1 + nudge, 0.1, 0.8 - nudge, 0.8))
        axes.plot([0, 1], [0, 1], marker="o")
        axes.scatter([0.2, 0.4], [0.3, 0.9], rasterized=True)
        save(axes.figure, "words", tmp_path / "figure.svg")
        written.append((tmp_path / "figure.svg").read_bytes())
    assert written[0] == written[1]


def test_made_small_it_is_the_same_picture(tmp_path):
    table = figures_data.tables(size=0.05, folds=2, only=["noise"])["noise"]
    figure = FIGURES.load("noise").draw(table, figures_data.STYLE)
    figure.savefig(tmp_path / "plain.svg", format="svg")
    plain = (tmp_path / "plain.svg").read_text()
    small = compact(plain)
    assert len(small) < 0.9 * len(plain)
    for before, after in zip(shown(plain), shown(small), strict=True):
        assert before[:3] == after[:3]
        # Half of the last of two digits, in points.
        assert after[3] == pytest.approx(before[3], abs=0.00501)
