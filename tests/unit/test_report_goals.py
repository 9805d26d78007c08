"""What the report says of the published results: no goal is decided that the errors leave open."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from nbody_emulator.report import numbers
from nbody_emulator.report.finished import Finished
from nbody_emulator.report.goals import MARGIN, best_network, goals, joint_region
from nbody_emulator.report.verdicts import Verdict, ends

PUBLISHED = Path(__file__).parents[2] / "results" / "published"
JUDGED = sorted(path.parent.parent.name for path in PUBLISHED.glob("*/evaluation/evaluation.json"))


class Opened(Finished):
    """Published files, which have no stamp beside them: they are of each other, as their manifest has it."""

    @property
    def evaluation(self):
        return json.loads((self.folder / "evaluation" / "evaluation.json").read_text())


@pytest.fixture(params=JUDGED)
def finished(request) -> Opened:
    experiment = SimpleNamespace(calibration=SimpleNamespace(levels=[0.68, 0.90, 0.95]))
    return Opened(experiment, PUBLISHED / request.param, PUBLISHED.parents[1], models="")


def test_joint_regions_are_met_where_their_interval_is_near_the_level_and_missed_where_it_is_beside(finished):
    found = {goal.claim: goal for goal in goals(finished)}["Joint regions of 90 % hold 90 %"]
    region = joint_region(finished)
    low, high = ends(region)
    if found.verdict is Verdict.MET:
        assert 0.90 - MARGIN < low <= 0.90 <= high < 0.90 + MARGIN
    if low <= 0.90 <= high and high - low > 2 * MARGIN:
        assert found.verdict is not Verdict.MET
    assert numbers.percent(region) in found.measured


def test_a_network_that_may_be_as_good_as_the_best_decides_nothing(finished):
    rows = {row["family"]: row for row in finished.comparison}
    network = best_network(finished)
    found = {goal.claim: goal for goal in goals(finished)}
    if network is not None and rows[network]["difference"] > 0:
        behind = rows[network]["difference"] > 2 * rows[network]["difference_standard_error"]
        verdict = found["A neural network is worth its cost"].verdict
        assert verdict is (Verdict.MISSED if behind else Verdict.OPEN)
