"""A goal is met or missed only where the error of what was measured leaves no doubt."""

import pytest

from nbody_emulator.report.verdicts import Verdict, ahead, at_most, near, regions, side, together, within

MET, MISSED, OPEN = Verdict.MET, Verdict.MISSED, Verdict.OPEN


def measured(value, error, lower=None, upper=None):
    return {"value": value, "standard_error": error, "lower": lower, "upper": upper}


@pytest.mark.parametrize(
    ("entry", "verdict"),
    [
        (measured(0.7, 0.1), MET),
        (measured(1.3, 0.1), MISSED),
        (measured(1.1, 0.1), OPEN),
        (measured(0.7, 0.1, 0.4, 1.01), OPEN),  # few folds: the interval is wider than two standard errors
        (measured(1.3, 0.1, 0.99, 1.6), OPEN),
        (measured(0.7, 0.5), OPEN),
        (measured(0.7, None), OPEN),
        (measured(0.7, float("nan")), OPEN),
        (measured(None, None), OPEN),
    ],
)
def test_a_number_whose_interval_holds_the_target_decides_nothing(entry, verdict):
    assert at_most(entry, 1.0) is verdict


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ([measured(0.90, 0.01)], MET),
        ([measured(0.90, 0.03)], OPEN),
        ([measured(0.85, 0.01)], MISSED),
        ([measured(0.97, 0.02)], MISSED),
        ([measured(0.90, 0.01), measured(0.875, 0.06)], OPEN),
        ([measured(0.90, 0.01), measured(0.95, 0.01)], MISSED),
        ([measured(0.90, None)], OPEN),
    ],
)
def test_a_coverage_is_reached_where_little_else_is_possible(entries, verdict):
    assert regions(entries, 0.90, 0.05) is verdict
    assert near(entries, 0.90, 0.05) is (verdict is MET)


def test_the_side_of_a_coverage_is_told_where_it_is_known():
    found = [side(measured(value, 0.01), 0.9) for value in (0.85, 0.91, 0.95)]
    assert [*found, side(measured(None, None), 0.9)] == [-1, 0, 1, 0]


def test_few_runs_inside_their_wide_bands_decide_nothing():
    inside, outside = ({"outside": count, "at_most": 4.0} for count in (4, 5))
    assert [within(inside, is_near=told) for told in (True, False)] == [MET, OPEN]
    assert [within(outside, is_near=told) for told in (True, False)] == [MISSED, MISSED]


def behind(**differences):
    return {
        family: {"difference": value, "difference_standard_error": error}
        for family, (value, error) in differences.items()
    }


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        (behind(network=(0.0, 0.0), linear=(0.05, 0.01), forest=(0.1, 0.01)), MET),
        (behind(network=(0.0, 0.0), linear=(0.05, 0.01), forest=(0.01, 0.01)), OPEN),
        (behind(network=(0.05, 0.01), linear=(0.0, 0.0), forest=(0.01, 0.1)), MISSED),
        (behind(network=(0.01, 0.01), linear=(0.0, 0.0), forest=(0.1, 0.01)), OPEN),
        (behind(network=(0.05, float("nan")), linear=(0.0, 0.0)), OPEN),
        (behind(network=(float("nan"), float("nan")), linear=(float("nan"), float("nan"))), OPEN),
    ],
)
def test_a_family_is_ahead_of_the_others_where_none_could_be_as_good(rows, verdict):
    assert ahead(rows, ["network"]) is verdict


def test_several_numbers_miss_a_target_if_one_does():
    assert [together(each) for each in ([MET, OPEN, MISSED], [MET, OPEN], [MET])] == [MISSED, OPEN, MET]
