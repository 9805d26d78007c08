"""A block depends on its own place and nothing else, and comes with all a run needs to know."""

import numpy as np
import pytest

from nbody_emulator import netcdf
from nbody_emulator.design import draw_block
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


def values(**changes) -> np.ndarray:
    return draw_block(SPECIFICATION | changes)["parameter_values"].values


def test_parameters_are_sorted_with_their_units_and_fixed_ones_constant():
    block = draw_block(SPECIFICATION)
    assert block["parameter"].values.tolist() == ["galactocentric_radius", "scale_radius", "virial_ratio"]
    assert block["parameter_units"].values.tolist() == ["kpc", "pc", "1"]
    assert np.all(block["parameter_values"].sel(parameter="galactocentric_radius") == 8.0)
    assert draw_block(SPECIFICATION | {"parameters": dict(reversed(PARAMETERS.items()))}).identical(block)


def test_replicates_are_consecutive_rows_of_one_point():
    block = draw_block(SPECIFICATION)
    assert block["point"].values.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]
    assert block["replicate"].values.tolist() == [0, 1, 2] * 6
    points = block["parameter_values"].values.reshape(6, 3, 3)
    assert np.array_equal(points, np.repeat(points[:, :1], 3, axis=1))
    assert len(np.unique(points[:, 0, 1])) == 6


def test_more_replicates_leave_the_points_and_the_old_seeds_alone():
    few, many = draw_block(SPECIFICATION), draw_block(SPECIFICATION | {"replicates": 5})
    kept = many.isel(run=many["replicate"].values < 3)
    assert np.array_equal(kept["parameter_values"], few["parameter_values"])
    assert kept["seed"].values.tolist() == few["seed"].values.tolist()


def test_what_other_blocks_and_sets_hold_changes_nothing():
    # Everything else a specification of the whole experiment might carry is not read.
    assert draw_block(SPECIFICATION | {"blocks": 99, "role": "noise", "set": "other"}).identical(
        draw_block(SPECIFICATION)
    )


@pytest.mark.parametrize(
    "change", [{"seed": 8}, {"stream": "test"}, {"block": 3}, {"sampler": "prior"}], ids=str
)
def test_every_part_of_the_place_gives_another_draw(change):
    assert not np.any(values(**change)[:, 1:] == values()[:, 1:])


def test_a_wider_box_moves_points_but_keeps_their_fractions():
    wide = PARAMETERS | {"virial_ratio": {"minimum": 0.0, "maximum": 3.2, "scale": "linear"}}
    # Both boxes have the same fractions: (0.2 + 1.6 f) and 3.2 f, to rounding.
    np.testing.assert_allclose(values(parameters=wide)[:, 2], 2.0 * (values()[:, 2] - 0.2), rtol=1e-14)
    assert np.array_equal(values(parameters=wide)[:, 1], values()[:, 1])


def test_the_seed_names_the_stream_of_the_initial_conditions():
    block = draw_block(SPECIFICATION)
    expected = stream_digest(7, "initial-conditions", "train", 2, 1, 2)[:16]
    assert block["seed"].values[5] == expected
    seeds = [
        seed
        for stream in ("train", "replicate", "test")
        for index in range(4)
        for seed in draw_block(SPECIFICATION | {"stream": stream, "block": index})["seed"].values
    ]
    assert len(set(seeds)) == len(seeds) == 3 * 4 * 18


def test_an_unknown_sampler_or_parameter_is_named():
    with pytest.raises(KeyError, match="sobol"):
        draw_block(SPECIFICATION | {"sampler": "sobol"})
    with pytest.raises(KeyError, match="metallicity"):
        draw_block(SPECIFICATION | {"parameters": PARAMETERS | {"metallicity": 0.02}})


def test_a_block_can_be_written_and_read_back(tmp_path):
    block = draw_block(SPECIFICATION)
    netcdf.write(block, tmp_path / "design.nc")
    again = netcdf.read(tmp_path / "design.nc")
    assert again["parameter_values"].identical(block["parameter_values"])
    assert again["seed"].values.tolist() == block["seed"].values.tolist()
