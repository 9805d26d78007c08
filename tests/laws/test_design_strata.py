"""Samplers fill the box as they promise: one point a stratum, or independent and uniform."""

import numpy as np
import pytest
from scipy import stats

from nbody_emulator.design import draw_block
from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.quantities.quantity import free_parameters
from nbody_emulator.settings.block import BlockDesign

DRAWN = [name for name in SAMPLERS.names if not SAMPLERS.load(name).chosen_by]
"""Those whose points are drawn at random."""

PARAMETERS = {
    "galactocentric_radius": {"minimum": 1.0, "maximum": 10.0, "scale": "log"},
    "scale_radius": {"minimum": 0.5, "maximum": 2.0, "scale": "log"},
    "virial_ratio": {"minimum": 0.2, "maximum": 1.8, "scale": "linear"},
}


def fractions(sampler: str, points: int, block: int = 0) -> np.ndarray:
    """Design points (points, 3) as fractions of the box, on each parameter's scale."""
    design = BlockDesign(
        parameters=PARAMETERS,
        units={},
        seed=1,
        stream="train",
        block=block,
        sampler=sampler,
        points=points,
        replicates=1,
    )
    values = draw_block(design)["parameter_values"].values
    free = free_parameters(design.varied.boxes, design.parameter_units)
    return np.stack([free[k].to_unit_interval(values[:, k]) for k in range(3)], axis=-1)


@pytest.mark.parametrize("points", [1, 2, 80])
@pytest.mark.parametrize("block", [0, 1, 7])
def test_a_latin_hypercube_has_one_point_in_every_stratum_of_every_axis(points, block):
    strata = np.floor(fractions("latin_hypercube", points, block) * points).astype(int)
    assert np.array_equal(np.sort(strata, axis=0), np.tile(np.arange(points)[:, None], (1, 3)))


def test_prior_points_fall_where_they_like():
    strata = np.floor(fractions("prior", 80) * 80).astype(int)
    # 80 independent points leave 80 (1 - 1/80)^80 = 29 strata empty, give or take 3.
    for axis in strata.T:
        assert 15 < 80 - len(np.unique(axis)) < 43


@pytest.mark.parametrize("sampler", DRAWN)
def test_every_parameter_is_uniform_on_its_scale(sampler):
    for axis in fractions(sampler, 2000).T:
        assert stats.kstest(axis, "uniform").pvalue > 1e-3


@pytest.mark.parametrize("sampler", DRAWN)
def test_axes_and_blocks_are_uncorrelated(sampler):
    blocks = np.concatenate([fractions(sampler, 1000, block) for block in range(2)], axis=1)
    correlations = np.corrcoef(blocks.T)[np.triu_indices(6, 1)]
    # Independent axes scatter by 1 / sqrt(1000) about zero; four of these.
    assert np.max(np.abs(correlations)) < 4.0 / np.sqrt(1000)


@pytest.mark.parametrize("sampler", DRAWN)
def test_samples_have_the_shape_asked_for_and_stay_below_one(sampler):
    for points, dimensions in [(1, 1), (5, 1), (3, 7)]:
        sample = SAMPLERS.load(sampler)().sample(points, dimensions, np.random.default_rng(0))
        assert sample.shape == (points, dimensions)
        assert np.all((sample >= 0.0) & (sample < 1.0))


def test_a_latin_hypercube_averages_smooth_functions_better():
    # Stein (1987): the variance of the mean of an additive function falls from 1/n to 1/n^3.
    means = {
        sampler: [fractions(sampler, 50, block).sum(axis=1).mean() for block in range(30)]
        for sampler in ("prior", "latin_hypercube")
    }
    assert np.std(means["latin_hypercube"]) < 0.1 * np.std(means["prior"])
