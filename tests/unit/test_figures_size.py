"""A figure stays small however many runs it shows, and is the same picture after it was made small."""

import re
import xml.etree.ElementTree as ElementTree

import figures_data
import pytest

from nbody_emulator.figures.compact import compact
from nbody_emulator.figures.register import FIGURES
from nbody_emulator.figures.save import save

LARGEST = 250_000
"""Eleven figures have to fit into half of the 3 MB that an experiment may publish; most are far smaller."""


@pytest.fixture(scope="module")
def many_runs():
    """Three times the runs of the default experiment."""
    return figures_data.tables(size=3.0, folds=3)


@pytest.mark.parametrize("name", ["design", "energy", "residuals", "training_history"])
def test_clouds_of_runs_stay_small(name, many_runs, tmp_path):
    save(FIGURES.load(name)(many_runs[name], figures_data.STYLE), tmp_path / "figure.svg")
    assert (tmp_path / "figure.svg").stat().st_size < LARGEST


def shown(svg: str) -> list:
    """Every element with its attributes, numbers apart from words."""
    number = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
    elements = []
    for element in ElementTree.fromstring(svg).iter():
        for name, value in sorted(element.attrib.items()):
            if "base64" not in value:
                words = number.sub("#", " ".join(value.split()))
                elements.append((element.tag, name, words, [float(each) for each in number.findall(value)]))
    return elements


def test_made_small_it_is_the_same_picture(tmp_path):
    table = figures_data.tables(size=0.05, folds=2)["noise"]
    figure = FIGURES.load("noise")(table, figures_data.STYLE)
    figure.savefig(tmp_path / "plain.svg", format="svg")
    plain = (tmp_path / "plain.svg").read_text()
    small = compact(plain)
    assert len(small) < 0.9 * len(plain)
    for before, after in zip(shown(plain), shown(small), strict=True):
        assert before[:3] == after[:3]
        # Half of the last of two digits, in points.
        assert after[3] == pytest.approx(before[3], abs=0.00501)
