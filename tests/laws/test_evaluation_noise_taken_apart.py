"""The noise taken apart: planted parts are found from runs, add up, and are not made up where nothing tells them."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from nbody_emulator.evaluation.noise_parts import make
from nbody_emulator.evaluation.sources import Sources
from nbody_emulator.quantities.coordinates import parameter_coordinates
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.settings.protocol import Protocol
from nbody_emulator.streams import generator

PROTOCOL = Protocol(seed=1, families=(), levels=())
PARAMETER = Parameter("a", "1", 0.5, 1.5, "linear")
SEEN, REST, CHAOS = 0.4, 0.2, 0.4
"""Variances of what the statistics tell, of the rest of the draw, and of chaos."""

POINTS, DRAWS, REPEATED, TIMES = 40, 4, 12, 3
EXPERIMENTS = 40


def runs(random, has_repeats=True, has_time=True) -> xr.Dataset:
    """Stars of which two positive statistics are seen at the start; the first tells, the second does not."""
    of_draw = [np.arange(POINTS).repeat(DRAWS)]
    of_draw += [POINTS + np.arange(REPEATED)] if has_repeats else []
    points = np.concatenate(of_draw)
    stars = random.standard_normal((3, len(points)))
    times = np.where(points < POINTS, 1, TIMES)
    runs = np.arange(len(points)).repeat(times)
    at = 0.5 + random.random(POINTS + REPEATED)
    told, rest, other = stars[:, runs]
    chaos = random.standard_normal(len(runs))
    target = 3.0 * at[points[runs]] + np.sqrt(SEEN) * told + np.sqrt(REST) * rest + np.sqrt(CHAOS) * chaos
    values = {
        "target": (("run", "output"), np.stack([target, other + chaos], axis=1)),
        "role": ("run", np.where(points[runs] < POINTS, "noise", "repeat")),
        "group": ("run", np.char.mod("point/%d", points[runs])),
        "replicate": ("run", runs - runs[np.searchsorted(points[runs], points[runs])]),
        "usable": ("run", np.ones(len(runs), dtype=bool)),
        "parameter_values": (("run", "parameter"), at[points[runs], None]),
    }
    if has_time:
        # Of clusters of any size: a statistic's spread is in proportion to it.
        size = np.exp(3.0 * at[points[runs]])
        starts = {
            "radius": size * np.exp(0.1 * told),
            "unrelated": size * np.exp(random.standard_normal(len(runs))),
        }
        later = {
            name: (("run", "time"), np.stack([start, 0.0 * start], axis=1)) for name, start in starts.items()
        }
        values |= later | {"age": (("run", "time"), np.stack([0 * target, 1 + 0 * target], axis=1))}
    coordinates = {**parameter_coordinates((PARAMETER,)), "output": ["told", "untold"]}
    return xr.Dataset(values, coordinates | ({"time": [0.0, 1.0]} if has_time else {}))


def taken_apart(dataset: xr.Dataset) -> pd.DataFrame:
    return make(Sources(dataset=(dataset,)), PROTOCOL).set_index(["output", "part"])


@pytest.fixture(scope="module")
def experiments() -> list[pd.DataFrame]:
    random = generator(1, "noise taken apart")
    return [taken_apart(runs(random)) for _ in range(EXPERIMENTS)]


@pytest.mark.parametrize(
    ("part", "truth"), [("noise", 1.0), ("chaos", CHAOS), ("seen", SEEN), ("rest", REST)]
)
def test_planted_parts_are_found_and_their_errors_are_honest(experiments, part, truth):
    for name, error in (("variance", "standard_error"), ("share", "share_standard_error")):
        if part == "noise" and name == "share":
            continue
        values, errors = (
            np.array([table.loc[("told", part), column] for table in experiments]) for column in (name, error)
        )
        # A line through 39 points knows its two slopes to 2 of 120 runs: that much of the noise is not seen.
        short = 0.02 if part in ("seen", "rest") else 0.0
        assert abs(values.mean() - truth) < 4 * values.std() / np.sqrt(EXPERIMENTS) + short
        # The scatter of 40 is known to 11 %: three of that.
        assert np.sqrt(np.mean(errors**2)) == pytest.approx(values.std(), rel=0.33)
    if part != "noise":
        held = [
            table.loc[("told", part), "share_lower"] <= truth <= table.loc[("told", part), "share_upper"]
            for table in experiments
        ]
        # Of 40 at 95 %, 33 or fewer are seen once in 300 times.
        assert np.sum(held) > 33


def test_the_parts_add_up_to_the_noise(experiments):
    for table in experiments[:5]:
        for output in ("told", "untold"):
            of_output = table.loc[output]
            for column in ("variance", "share"):
                parts = of_output.loc[["chaos", "seen", "rest"], column].sum()
                assert parts == pytest.approx(of_output.loc["noise", column], rel=1e-12)


def test_what_statistics_do_not_tell_is_not_seen(experiments):
    seen = np.array([table.loc[("untold", "seen"), "share"] for table in experiments])
    # Fitted without the point that is judged, chance loses more often than it gains.
    assert seen.mean() < 0.0 and (seen < 0.0).mean() > 0.6


def test_statistics_are_those_of_the_start():
    found = taken_apart(runs(generator(2, "noise taken apart")))
    assert set(found["features"]) == {"radius unrelated"}


@pytest.mark.parametrize(
    ("lacks", "unknown"),
    [
        ({"has_repeats": False}, {"chaos", "rest"}),
        ({"has_time": False}, {"seen", "rest"}),
        ({"has_repeats": False, "has_time": False}, {"chaos", "seen", "rest"}),
    ],
)
def test_a_part_that_is_not_measured_says_so(lacks, unknown):
    found = taken_apart(runs(generator(3, "noise taken apart"), **lacks)).loc["told"]
    missing = found[found["variance"].isna()]
    assert set(missing.index) == unknown and (missing["not_measured"] != "").all()
    known = found.drop(index=list(unknown))
    assert np.isfinite(known["share"]).all() and (known["not_measured"] == "").all()


def test_too_few_runs_fit_no_line():
    dataset = runs(generator(4, "noise taken apart"))
    few = dataset.isel(run=(dataset["role"].values == "repeat") | (np.arange(dataset.sizes["run"]) < 12))
    found = taken_apart(few).loc["told"]
    assert np.isfinite(found.loc["noise", "variance"]) and "few" in found.loc["seen", "not_measured"]
