"""Planted learning curves: what is left to learn falls as a n^-b, and how many runs are enough is known."""

from functools import cache

import numpy as np
import pytest

from nbody_emulator.evaluation.power_law import FURTHEST, Law, Measured, doubling_law, excess_law
from nbody_emulator.streams import generator

BLOCKS, BLOCK, REPLICATES = 8, 80, 5
FEATURES = 6
"""Numbers a fit has to learn: its excess is a sum of so many squares."""

REPEATS = 80
STEP = 1.09
"""The grid of runs, with room for rounding; the true number may lie between two of its places."""

PLANTED = {"parametric": (40.0, 1.0), "slow": (3.0, 0.5), "steep": (120.0, 1.2)}
"""a and b, with a noise variance of one: 400, 900 and 368 runs until 10 % of it."""


def planted(amplitude: float, exponent: float, name: str, floor: float = 1.0, points: int = 60) -> Measured:
    """A curve of linear fits to 8, 4, 2 and 1 disjoint training sets, judged by repeated runs at the same points.

    A fit's error is a mean over its blocks, so that training sets share what their blocks share; the noise differs from
    point to point.
    """
    random = generator(5, "power law", name)
    features = random.normal(size=(points, FEATURES)) / np.sqrt(FEATURES)
    noise = np.sqrt(floor) * np.exp(0.3 * random.normal(size=points) - 0.09)
    target = noise[:, None] * random.normal(size=(points, REPLICATES))
    of_blocks = random.normal(size=(BLOCKS, FEATURES))
    variance = target.var(axis=1, ddof=1)
    values, sets, moves = [], [], []
    for blocks in (1, 2, 4, 8):
        runs = blocks * BLOCK
        learned = of_blocks.reshape(-1, blocks, FEATURES).sum(axis=1) / np.sqrt(blocks)
        mean = features @ learned.T * np.sqrt(amplitude * runs**-exponent)
        excess = np.mean((target[:, :, None] - mean[:, None, :]) ** 2, axis=1) - variance[:, None]
        values.append(excess.mean(axis=0))
        first = runs * np.arange(BLOCKS // blocks)
        sets.append(np.stack([first, first + runs], axis=1))
        moves.append((excess - excess.mean(axis=0)).mean(axis=1) / points)
    goal = 0.1 * (variance - variance.mean()) / points
    sizes = BLOCK * np.array([1.0, 2.0, 4.0, 8.0])
    return Measured(sizes, values, sets, np.stack([*moves, goal], axis=1), 0.1 * variance.mean())


def above_a_level(measured: Measured, gain: float) -> Measured:
    """The same curve on a level nobody knows, asked when doubling the runs gains less than so much."""
    moves = np.concatenate([measured.moves[:, :-1], np.zeros((len(measured.moves), 1))], axis=1)
    return measured._replace(values=[7.0 + each for each in measured.values], moves=moves, goal=gain)


@cache
def laws(name: str, doubling: bool) -> list[Law]:
    """Of many repetitions."""
    curves = [planted(*PLANTED[name], f"{name}/{repeat}") for repeat in range(REPEATS)]
    return [doubling_law(above_a_level(each, 0.1)) if doubling else excess_law(each) for each in curves]


def needed(name: str, doubling: bool) -> float:
    amplitude, exponent = PLANTED[name]
    per_doubling = 1 - 2**-exponent if doubling else 1.0
    return (amplitude * per_doubling / 0.1) ** (1 / exponent)


@pytest.mark.parametrize(
    ("name", "doubling"), [("parametric", False), ("slow", False), ("parametric", True), ("steep", True)]
)
def test_intervals_hold_the_planted_numbers_as_often_as_they_say(name, doubling):
    true, exponent = needed(name, doubling), PLANTED[name][1]
    of_runs = [law.lower / STEP <= true <= law.upper * STEP for law in laws(name, doubling)]
    of_exponent = [
        law.exponent_lower - 0.05 <= exponent <= law.exponent_upper + 0.05 for law in laws(name, doubling)
    ]
    # Three standard errors of 95 % in so many repetitions; ends of the grid, and answers without one, hold more.
    assert np.mean(of_runs) > 0.95 - 3 * np.sqrt(0.95 * 0.05 / REPEATS)
    assert np.mean(of_exponent) > 0.95 - 3 * np.sqrt(0.95 * 0.05 / REPEATS)
    # One per cent of what is a power law is said to be none, by errors that are estimates.
    assert np.mean([law.holds for law in laws(name, doubling)]) > 0.85


def test_intervals_are_no_formality():
    found, true = laws("parametric", False), needed("parametric", False)
    # With so few training sets and points a factor of five to either side is what can be known.
    assert np.median([law.lower for law in found]) > true / 8
    assert np.median([law.upper for law in found]) < true * 8


def test_the_scatter_between_training_sets_is_that_of_a_sum_of_squares():
    found = [law.scatter for law in laws("parametric", False)]
    # sqrt(2 / k) for k equal squares; the features' lengths differ from each other, which makes them fewer.
    assert np.median(found) == pytest.approx(np.sqrt(2 / FEATURES), rel=0.15)


def test_without_errors_the_law_comes_out_as_it_was_planted():
    measured = planted(40.0, 1.0, "exact")
    exact = measured._replace(
        values=[
            np.full(len(each), 40.0 / runs) + 1e-6 * (each - each.mean())
            for each, runs in zip(measured.values, measured.runs, strict=True)
        ],
        moves=1e-6 * measured.moves,
        goal=0.1,
    )
    for found, true in ((excess_law(exact), 400.0), (doubling_law(above_a_level(exact, 0.1)), 200.0)):
        assert true / STEP < found.needed < true * STEP
        assert found.exponent == pytest.approx(1.0, abs=0.051)
        assert true / STEP**2 < found.lower and found.upper < true * STEP**2


def test_answers_without_an_end_are_told_as_ends():
    # At 60 points the error of the excess is about half of the goal, and that it is reached would not be known.
    reached = excess_law(planted(0.01, 1.0, "reached", points=480))
    flat = planted(8.0, 0.0, "never")
    never = excess_law(flat._replace(values=[8.0 + 0.01 * (each - each.mean()) for each in flat.values]))
    assert reached.lower == 0 and reached.needed == BLOCK and reached.upper < 10 * BLOCK
    assert never.needed == FURTHEST and never.upper == np.inf and never.lower > 1000 * BLOCK


def test_a_single_training_set_of_each_size_bounds_nothing():
    measured = planted(40.0, 1.0, "single")
    alone = excess_law(
        measured._replace(
            values=[each[:1] for each in measured.values], sets=[each[:1] for each in measured.sets]
        )
    )
    assert (alone.lower, alone.upper) == (0, np.inf) and np.isnan(alone.scatter)


def test_too_few_points_for_their_covariance_bound_nothing():
    measured = planted(40.0, 1.0, "few")
    few = excess_law(measured._replace(moves=measured.moves[:7]))
    assert (few.lower, few.upper) == (0, np.inf)


def test_other_units_change_nothing():
    one, other = (excess_law(planted(40.0 * floor, 1.0, "units", floor)) for floor in (1.0, 1e-6))
    np.testing.assert_allclose(other[:6], one[:6], rtol=1e-9)
    # Of quadratic forms in numbers that differ by twelve powers of ten.
    np.testing.assert_allclose(1e6 * other.fitted, one.fitted, rtol=1e-6)
