"""The parts of the noise: planted ones are found without bias, and their intervals hold them as often as they say."""

import numpy as np
import pytest

from nbody_emulator.evaluation.pooled_noise import PooledNoise, pooled_noise, share_of
from nbody_emulator.streams import generator

REPEATS = 1500
CHAOS, STARS = 0.2, 0.8
NOISE_SET, REPEAT_SET = (60, 5), (24, 1, 6)
"""Points and draws of stars; points, draws and runs of each draw."""


def planted(
    random: np.random.Generator, spread: float, repeat_set=REPEAT_SET
) -> tuple[PooledNoise, PooledNoise]:
    """Noise and chaos measured once, where both change over the points by the factor exp(`spread` times a normal)."""

    def at_points(count: int) -> np.ndarray:
        return np.exp(0.5 * (spread * random.normal(size=count) - 0.5 * spread**2))

    points, draws = NOISE_SET
    level = at_points(points)[:, None]
    noise_runs = level * np.sqrt(STARS + CHAOS) * random.normal(size=(points, draws)) + random.normal(
        size=(points, 1)
    )
    noise = pooled_noise(noise_runs.ravel(), np.repeat(np.arange(points), draws))
    points, draws, times = repeat_set
    level = at_points(points)[:, None, None]
    of_stars = np.sqrt(STARS) * random.normal(size=(points, draws, 1))
    repeated = level * (of_stars + np.sqrt(CHAOS) * random.normal(size=repeat_set)) + random.normal(
        size=(points, 1, 1)
    )
    stars = np.repeat(np.arange(points * draws), times)
    return noise, pooled_noise(repeated.ravel(), stars, stars // draws)


@pytest.mark.parametrize(
    ("spread", "repeat_set", "least"),
    [
        # 95 % promised. 1500 trials know a share of 0.95 to 0.006: three of that.
        pytest.param(0.0, (24, 1, 6), 0.932, id="everywhere the same"),
        pytest.param(0.0, (8, 1, 6), 0.932, id="eight points"),
        pytest.param(0.0, (12, 3, 4), 0.932, id="several draws a point"),
        # Half of all points within a factor of 1.6: skewed, and the largest of few points are mostly missing.
        pytest.param(0.7, (24, 1, 6), 0.905, id="changing over the box"),
        pytest.param(0.7, (8, 1, 6), 0.87, id="changing over the box, eight points"),
    ],
)
def test_planted_parts_are_found_and_their_intervals_hold_them(spread, repeat_set, least):
    random = generator(1, "parts", str(spread), *repeat_set)
    found = [planted(random, spread, repeat_set) for _ in range(REPEATS)]
    chaos, stars = [each for _, each in found], [noise.less(each) for noise, each in found]
    shares = [share_of(each, noise) for noise, each in found]
    for parts, truth in ((chaos, CHAOS), (stars, STARS)):
        values = np.array([part.variance for part in parts])
        scatter = values.std()
        # Unbiased: the mean of 1500 within four of its errors.
        assert abs(values.mean() - truth) < 4 * scatter / np.sqrt(REPEATS)
        # The scatter of 1500 skewed numbers is known to some 5 %.
        assert np.sqrt(np.mean([part.standard_error**2 for part in parts])) == pytest.approx(
            scatter, rel=0.12
        )
        held = np.mean([part.interval[0] <= truth <= part.interval[1] for part in parts])
        assert least <= held < 0.98
    held = np.mean([share["lower"] <= CHAOS / (CHAOS + STARS) <= share["upper"] for share in shares])
    assert least <= held < 0.98
    values = np.array([share["value"] for share in shares])
    assert np.sqrt(np.mean([share["standard_error"] ** 2 for share in shares])) == pytest.approx(
        values.std(), rel=0.12
    )


def test_without_a_draw_of_stars_the_difference_is_negative_half_of_the_time():
    random = generator(2, "parts")
    found = []
    for _ in range(400):
        noise, chaos = (
            pooled_noise(random.normal(size=(20, 4)).ravel(), np.repeat(np.arange(20), 4)) for _ in "12"
        )
        found.append(noise.less(chaos).variance)
    # 400 coins: within four standard deviations, 0.025 each.
    assert abs(np.mean(np.array(found) < 0) - 0.5) < 0.1


def test_runs_of_one_draw_more_count_as_such_and_not_as_points():
    values, stars = np.array([0.0, 2.0, 5.0, 5.0, 1.0, 3.0, 5.0]), np.array([0, 0, 1, 1, 2, 2, 2])
    points = np.array(["a", "a", "a", "a", "b", "b", "b"])
    found = pooled_noise(values, stars, points)
    # Squares of 2, 0 and 8 with 1, 1 and 2 degrees of freedom; by point 2 with 2, and 8 with 2.
    assert found.variance == pytest.approx(10 / 4, rel=1e-14)
    assert found.degrees_of_freedom == 4
    moves = np.array([0.5 * (1 - 2.5), 0.5 * (4 - 2.5)])
    assert found.standard_error == pytest.approx(np.sqrt(2 * np.sum(moves**2)), rel=1e-14)


def test_no_chaos_at_all_is_a_share_of_nothing():
    noise = pooled_noise(np.array([0.0, 1.0, 2.0, 4.0]), np.array([0, 0, 1, 1]))
    still = pooled_noise(np.ones(6), np.repeat([0, 1], 3))
    found = share_of(still, noise)
    assert found["value"] == 0.0 and found["standard_error"] == 0.0
    assert np.isnan(share_of(noise, still)["value"])
