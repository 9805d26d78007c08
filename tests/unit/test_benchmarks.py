"""The benchmarks as far as `make test` can afford them: what would else be found broken months later."""

import json
import subprocess
import sys
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from nbody_emulator.inference import Posterior
from nbody_emulator.quantities.quantity import Parameter

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import documents  # noqa: E402
import observed_runs  # noqa: E402
import page  # noqa: E402
import posterior_methods  # noqa: E402
from demands import METHODS, demands  # noqa: E402
from posterior_comparison import Reference, apart, told_apart  # noqa: E402

PARAMETERS = (Parameter("a", "1", 0.0, 1.0, "linear"), Parameter("b", "1", 0.0, 1.0, "linear"))


@pytest.mark.slow
def test_synthetic_blocks_are_gathered(tmp_path):
    command = [sys.executable, BENCHMARKS / "synthetic_blocks.py", "2", tmp_path]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert told["mb_written"] > 0.0 and (tmp_path / "dataset.nc").exists()


def test_the_page_of_speed_is_that_of_its_tables():
    assert page.page(page.read_all()) == page.PAGE.read_text()


@pytest.mark.parametrize("place", documents.PLACES, ids=lambda place: f"{place.document}, {place.name}")
def test_other_documents_show_what_was_measured(place):
    document = (documents.ROOT / place.document).read_text(encoding="utf-8")
    assert document == documents.with_measured(document, place)


def test_its_figure_is_drawn(tmp_path):
    page.draw(page.read_all(), tmp_path / "performance.svg")
    assert "Ten crossing times" in (tmp_path / "performance.svg").read_text()


def normal(center: float, width: float, points: int = 20_000) -> Posterior:
    """Equal weights on draws from a normal in the middle of the box."""
    fractions = center + width * np.random.default_rng(5).standard_normal((points, 2))
    return Posterior(PARAMETERS, fractions, np.full(points, 1 / points), np.zeros(points))


def test_posteriors_are_as_far_apart_as_they_were_put():
    known = Reference.of(normal(0.5, 0.1))
    told = apart([normal(0.5, 0.1), normal(0.53, 0.1), normal(0.5, 0.2)], [known] * 3)
    # The same normal scores: shifts and widths are exact but for the mean of the draws, 1 / 141 of a deviation.
    assert told["shift [sd], median"] == pytest.approx(0.0, abs=0.02)
    assert told["shift, largest"] == pytest.approx(0.3, abs=0.02)
    widths = [told[name] for name in ("width, lowest", "width over the table's, median", "width, highest")]
    assert widths == pytest.approx([1.0, 1.0, 2.0])


def test_draws_are_told_apart_where_they_differ():
    random = np.random.default_rng(7)
    draws, alike, shifted = (random.standard_normal((2000, 2)) + shift for shift in (0.0, 0.0, [2.0, 0.0]))
    # Of 4000 labels guessed: five errors of 1 / 126.
    assert told_apart(draws, alike) == pytest.approx(0.5, abs=0.04)
    # The best there is tells two normals, two deviations apart, in the 84 % that lie on their own side of the middle.
    assert told_apart(draws, shifted) == pytest.approx(0.841, abs=0.03)


def test_ways_take_turns_and_the_first_call_stands_apart():
    number = count()
    one, other = posterior_methods.in_turn([lambda: next(number)] * 3, [lambda: next(number)] * 3)
    assert one.found == [0, 2, 4] and other.found == [1, 3, 5]
    assert posterior_methods.Timed([], [9.0, 1.0, 3.0, 2.0], []).again == 2.0


def test_results_that_are_not_there_are_to_be_made(tmp_path):
    with pytest.raises(SystemExit, match="make results"):
        observed_runs.made(tmp_path / "network.eqx")


def test_every_method_is_asked_for_something_measured_or_not():
    measured, missing = (
        [
            demand
            for demand in demands(tables)
            if demand.what.startswith(tuple(what for what, _ in METHODS.values()))
        ]
        for tables in (page.read_all(), {name: [] for name in page.read_all()})
    )
    assert {demand.verdict for demand in missing} == {"not measured"}
    assert {demand.what for demand in measured} == {demand.what for demand in missing}
    assert "not measured" not in {demand.verdict for demand in measured}
