"""A block depends on its own place and nothing else, and comes with all a run needs to know."""

import numpy as np
import pytest

from nbody_emulator.design import draw_block
from nbody_emulator.settings.block import BlockDesign
from nbody_emulator.storage import netcdf
from nbody_emulator.streams import stream_digest

PARAMETERS = {
    "virial_ratio": {"minimum": 0.2, "maximum": 1.8, "scale": "linear"},
    "scale_radius": {"minimum": 0.5, "maximum": 2.0, "scale": "log"},
    "galactocentric_radius": 8.0,
}
SPECIFICATION = {
    "parameters": PARAMETERS,
    "units": {"length": "pc", "time": "Myr"},
    "seed": 7,
    "stream": "train",
    "block": 2,
    "sampler": "latin_hypercube",
    "points": 6,
    "replicates": 3,
}


def draw(changes=()):
    return draw_block(BlockDesign(**SPECIFICATION | dict(changes)))


def values(**changes) -> np.ndarray:
    return draw(changes)["parameter_values"].values


def test_parameters_are_sorted_with_their_units_and_fixed_ones_constant():
    block = draw()
    assert block["parameter"].values.tolist() == ["galactocentric_radius", "scale_radius", "virial_ratio"]
    assert block["parameter_units"].values.tolist() == ["kpc", "pc", "1"]
    assert np.all(block["parameter_values"].sel(parameter="galactocentric_radius") == 8.0)
    assert draw({"parameters": dict(reversed(PARAMETERS.items()))}).identical(block)


def test_replicates_are_consecutive_rows_of_one_point():
    block = draw()
    assert block["point"].values.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]
    assert block["replicate"].values.tolist() == [0, 1, 2] * 6
    points = block["parameter_values"].values.reshape(6, 3, 3)
    assert np.array_equal(points, np.repeat(points[:, :1], 3, axis=1))
    assert len(np.unique(points[:, 0, 1])) == 6


def test_more_replicates_leave_the_points_and_the_old_seeds_alone():
    few, many = draw(), draw({"replicates": 5})
    kept = many.isel(run=many["replicate"].values < 3)
    assert np.array_equal(kept["parameter_values"], few["parameter_values"])
    assert kept["seed"].values.tolist() == few["seed"].values.tolist()


def test_perturbations_are_consecutive_rows_of_the_same_stars_and_leave_all_else_alone():
    once, often = draw(), draw({"perturbations": 4})
    assert "perturbation" not in once
    assert often["perturbation"].values.tolist() == [1, 2, 3, 4] * 18
    for number in (1, 4):
        kept = often.isel(run=often["perturbation"].values == number)
        assert kept.drop_vars("perturbation").identical(once)
    more = draw({"perturbations": 7})
    assert more.isel(run=more["perturbation"].values <= 4).identical(often)


@pytest.mark.parametrize(
    "change", [{"seed": 8}, {"stream": "test"}, {"block": 3}, {"sampler": "prior"}], ids=str
)
def test_every_part_of_the_place_gives_another_draw(change):
    assert not np.any(values(**change)[:, 1:] == values()[:, 1:])


def test_a_wider_box_moves_points_but_keeps_their_fractions():
    wide = PARAMETERS | {"virial_ratio": {"minimum": 0.1, "maximum": 1.9, "scale": "linear"}}
    # Both boxes have the same fractions: (0.2 + 1.6 f) and (0.1 + 1.8 f), to rounding.
    expected = 0.1 + 1.125 * (values()[:, 2] - 0.2)
    np.testing.assert_allclose(values(parameters=wide)[:, 2], expected, rtol=1e-14)
    assert np.array_equal(values(parameters=wide)[:, 1], values()[:, 1])


def test_the_seed_names_the_stream_of_the_initial_conditions():
    block = draw()
    expected = stream_digest(7, "initial-conditions", "train", 2, 1, 2)[:16]
    assert block["seed"].values[5] == expected
    seeds = [
        seed
        for stream in ("train", "replicate", "test")
        for index in range(4)
        for seed in draw({"stream": stream, "block": index})["seed"].values
    ]
    assert len(set(seeds)) == len(seeds) == 3 * 4 * 18


def test_an_unknown_sampler_or_parameter_is_named():
    with pytest.raises(KeyError, match="sobol"):
        draw({"sampler": "sobol"})
    with pytest.raises(ValueError, match="metallicity"):
        draw({"parameters": PARAMETERS | {"metallicity": 0.02}})


def test_a_block_can_be_written_and_read_back(tmp_path):
    block = draw()
    netcdf.write(block, tmp_path / "design.nc")
    again = netcdf.read(tmp_path / "design.nc")
    assert again["parameter_values"].identical(block["parameter_values"])
    assert again["seed"].values.tolist() == block["seed"].values.tolist()
