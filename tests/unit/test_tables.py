"""Tables hold every run of every source, in order, with missing numbers missing and units converted."""

import numpy as np
import pytest
import xarray as xr

from nbody_emulator.design import draw_block
from nbody_emulator.quantities.quantity import Parameter
from nbody_emulator.quantities.tables import column_name, gather, parameter_columns, read_table
from nbody_emulator.settings.block import BlockDesign
from nbody_emulator.settings.rows import Reading
from nbody_emulator.storage import netcdf
from nbody_emulator.units import LENGTH_IN_PC

PARAMETERS = {
    "virial_ratio": {"minimum": 0.2, "maximum": 1.8, "scale": "linear"},
    "scale_radius": {"minimum": 0.5, "maximum": 2.0, "scale": "log"},
    "galactocentric_radius": 8.0,
}
OUTPUTS = {
    "sigma_v": {"statistic": "velocity_dispersion", "transform": "log", "time": 1.0},
    "f_bound": {"statistic": "bound_fraction", "transform": "logit", "time": 1.0},
    "r_h": {"statistic": "half_mass_radius", "transform": "log", "time": 0.5},
}
MEASURED = {"bound_fraction": "1", "velocity_dispersion": "pc Myr-1", "half_mass_radius": "pc"}
SEED = 3


def reading(sources, **changes) -> Reading:
    return Reading(**{"units": {}, "survival": {}, "outputs": OUTPUTS, "sources": sources} | changes)


def summary(stream: str, block: int, points: int, replicates: int, **changes) -> xr.Dataset:
    """A summary with made-up statistics at the fractions 0, 0.5 and 1; `changes` overwrite variables."""
    dataset = draw_block(
        BlockDesign(
            parameters=PARAMETERS,
            units={},
            seed=SEED,
            stream=stream,
            block=block,
            sampler="prior",
            points=points,
            replicates=replicates,
        )
    ).assign_attrs(fewest_stars=128)
    runs = points * replicates
    random = np.random.default_rng([block, points])
    for name, units in MEASURED.items():
        dataset[name] = (
            ("run", "time"),
            random.uniform(0.1, 0.9, (runs, 3)),
            {"units": units, "long_name": name},
        )
    bound = np.full((runs, 3), 100.0)
    dataset["bound_stars"] = (("run", "time"), bound, {"units": "1", "long_name": "number of bound stars"})
    dataset["status"] = ("run", np.zeros(runs, dtype=np.int8), {"units": "1", "long_name": "status"})
    dataset["energy_error"] = (
        "run",
        random.uniform(0, 1e-3, runs),
        {"units": "1", "long_name": "energy error"},
    )
    dataset["reason"] = ("run", np.array(["x" * (block + 1)] * runs), {"long_name": "reason"})
    for name, values in changes.items():
        dataset[name].values = np.asarray(values)
    return dataset.assign_coords(time=("time", [0.0, 0.5, 1.0], {"units": "1", "long_name": "fraction"}))


def source(name: str, role: str, block: int, stream: str = "train") -> dict:
    return {"set": name, "role": role, "block": block, "stream": stream}


@pytest.fixture
def files(tmp_path):
    """Two training blocks and a noise block with two replicates a point: (datasets, paths, sources)."""
    datasets = [summary("train", 0, 4, 1), summary("train", 1, 4, 1), summary("replicate", 0, 2, 2)]
    paths = [tmp_path / f"{index}.nc" for index in range(3)]
    for dataset, path in zip(datasets, paths, strict=True):
        netcdf.write(dataset, path)
    noise = source("noise", "noise", 0, stream="replicate")
    sources = [source("train", "training", 0), source("train", "training", 1), noise]
    return datasets, paths, sources


def rewritten(dataset: xr.Dataset, path, sources, **changes):
    netcdf.write(dataset, path)
    return read_table([path], reading(sources, **changes))


def test_rows_come_in_the_order_of_the_sources(files):
    datasets, paths, sources = files
    table = read_table(paths, reading(sources))
    assert len(table) == 12
    assert table.blocks.tolist() == [0] * 4 + [1] * 4 + [0] * 4
    assert table.role.tolist() == ["training"] * 8 + ["noise"] * 4
    assert table.groups.tolist() == [
        *(f"train/0/{point}" for point in range(4)),
        *(f"train/1/{point}" for point in range(4)),
        *(f"replicate/0/{point}" for point in (0, 0, 1, 1)),
    ]
    assert table.replicates.tolist() == [0] * 8 + [0, 1, 0, 1]
    errors = np.concatenate([dataset["energy_error"] for dataset in datasets])
    assert np.array_equal(table.energy_error, errors)


def test_the_order_of_reading_moves_rows_and_nothing_else(files):
    _, paths, sources = files
    table = read_table(paths, reading(sources))
    turned = read_table(paths[::-1], reading(sources[::-1]))
    back = np.r_[8:12, 4:8, 0:4]
    for name in (
        "inputs",
        "values",
        "targets",
        "groups",
        "blocks",
        "replicates",
        "role",
        "usable",
        "energy_error",
    ):
        assert np.array_equal(getattr(turned, name), getattr(table, name)[back]), name


def test_outputs_are_sorted_and_read_at_their_own_time(files):
    datasets, paths, sources = files
    table = read_table(paths, reading(sources))
    assert [output.name for output in table.outputs] == ["f_bound", "r_h", "sigma_v"]
    assert [output.unit for output in table.outputs] == ["1", "pc", "pc Myr-1"]
    expected = [
        np.concatenate([dataset[name][:, time] for dataset in datasets])
        for name, time in [("bound_fraction", 2), ("half_mass_radius", 1), ("velocity_dispersion", 2)]
    ]
    assert np.array_equal(table.values, np.stack(expected, axis=-1))
    stars = 128 * expected[0]
    # Half a star on either side, one star of average mass being 1 / N of the cluster.
    np.testing.assert_allclose(table.targets[:, 0], np.log((stars + 0.5) / (128 - stars + 0.5)), rtol=1e-12)
    assert np.array_equal(table.targets[:, 1:], np.log(table.values[:, 1:]))


def test_inputs_are_the_free_parameters(files):
    datasets, paths, sources = files
    table = read_table(paths, reading(sources))
    assert [parameter.name for parameter in table.parameters] == ["scale_radius", "virial_ratio"]
    expected = np.concatenate([dataset["parameter_values"][:, 1:] for dataset in datasets])
    assert np.array_equal(table.inputs, expected)


def test_values_are_in_the_units_of_the_experiment(files):
    _, paths, sources = files
    inside = read_table(paths, reading(sources))
    table = read_table(paths, reading(sources, units={"length": "AU", "time": "yr"}))
    assert [output.unit for output in table.outputs] == ["1", "AU", "AU yr-1"]
    per_parsec = 1.0 / LENGTH_IN_PC["AU"]
    # One parsec is 648000 / pi AU, and a year a millionth of a Myr.
    assert per_parsec == pytest.approx(648_000.0 / np.pi, rel=1e-14)
    np.testing.assert_allclose(table.values, inside.values * [1.0, per_parsec, per_parsec * 1e-6], rtol=1e-14)
    assert table.parameters[0].unit == "pc"  # as the summaries say


def test_an_output_that_does_not_exist_is_missing_alone(tmp_path):
    nothing_bound = np.full((4, 3), 0.5)
    nothing_bound[2, 1:] = np.nan
    dataset = summary("train", 0, 4, 1, half_mass_radius=nothing_bound)
    table = rewritten(dataset, tmp_path / "0.nc", [source("train", "training", 0)])
    missing = np.isnan(table.targets)
    assert missing.sum() == 1 and missing[2, 1]
    assert table.usable.all()


def test_flagged_runs_stay_as_rows_without_targets(tmp_path):
    dataset = summary("train", 0, 4, 1, status=np.array([0, 1, 2, 3], dtype=np.int8))
    table = rewritten(dataset, tmp_path / "0.nc", [source("train", "training", 0)])
    assert len(table) == 4
    assert table.usable.tolist() == [True, True, False, False]
    assert np.isnan(table.targets).all(axis=1).tolist() == [False, False, True, True]
    assert np.isfinite(table.values).all() and np.isfinite(table.inputs).all()


def test_selecting_rows_by_mask_and_by_index(files):
    _, paths, sources = files
    table = read_table(paths, reading(sources))
    noise = table.select(table.role == "noise")
    assert len(noise) == 4 and set(noise.role) == {"noise"}
    assert noise.outputs == table.outputs and noise.parameters == table.parameters
    picked = table.select(np.array([9, 0]))
    assert picked.groups.tolist() == ["replicate/0/0", "train/0/0"]
    assert np.array_equal(picked.targets, table.targets[[9, 0]])


def gathered(paths, sources, folder) -> xr.Dataset:
    netcdf.write_parts(gather(paths, reading(sources)), "run", folder / "dataset.nc")
    return netcdf.read(folder / "dataset.nc")


def test_the_gathered_dataset_says_where_every_run_comes_from(files, tmp_path):
    datasets, paths, sources = files
    runs = gathered(paths, sources, tmp_path)
    assert runs["set"].values.tolist() == ["train"] * 8 + ["noise"] * 4
    assert runs["parameter_values"].shape == (12, 3)
    assert np.array_equal(
        runs["bound_fraction"], np.concatenate([dataset["bound_fraction"] for dataset in datasets])
    )
    table = read_table(paths, reading(sources))
    assert np.array_equal(runs["target"], table.targets)
    assert np.array_equal(runs["output_values"], table.values)
    assert runs["usable"].dtype == bool
    assert runs["group"].values.tolist() == table.groups.tolist()


@pytest.mark.parametrize("blocks_at_once", [1, 2])
def test_how_many_blocks_are_in_memory_at_once_changes_nothing(files, tmp_path, monkeypatch, blocks_at_once):
    datasets, paths, sources = files
    datasets[2]["reason"].values[:] = "a longer reason than any before"
    netcdf.write(datasets[2], paths[2])
    whole, table = gathered(paths, sources, tmp_path), read_table(paths, reading(sources))
    monkeypatch.setattr("nbody_emulator.quantities.tables.BLOCKS_AT_ONCE", blocks_at_once)
    assert gathered(paths, sources, tmp_path).identical(whole)
    again = read_table(paths, reading(sources))
    assert all(np.array_equal(getattr(again, name), getattr(table, name)) for name in ("targets", "groups"))
    assert len(again) == len(table)


def test_blocks_are_read_as_they_are_written(files, monkeypatch):
    _, paths, sources = files
    read = []
    monkeypatch.setattr("nbody_emulator.quantities.tables.BLOCKS_AT_ONCE", 1)
    monkeypatch.setattr(
        netcdf, "read", lambda path, original=netcdf.read: (read.append(path), original(path))[1]
    )
    parts = gather(paths, reading(sources))
    assert not read
    assert [len(read) for _ in parts] == [1, 2, 3]


def test_a_dataset_gathered_twice_has_the_same_bytes(files, tmp_path, monkeypatch):
    _, paths, sources = files
    monkeypatch.setattr("nbody_emulator.quantities.tables.BLOCKS_AT_ONCE", 1)
    gathered(paths, sources, tmp_path)
    first = (tmp_path / "dataset.nc").read_bytes()
    gathered(paths, sources, tmp_path)
    assert (tmp_path / "dataset.nc").read_bytes() == first


def test_a_file_that_is_not_its_source_is_refused(files):
    _, paths, sources = files
    with pytest.raises(ValueError, match="holds block 0, not block 1"):
        read_table(paths[:1], reading([source("train", "training", 1)]))
    told = (
        r"0\.nc holds runs of the stream 'train', not of 'replicate', .* the set 'noise'; put the right file"
    )
    with pytest.raises(ValueError, match=told):
        read_table(paths[:1], reading([source("noise", "noise", 0, stream="replicate")]))
    with pytest.raises(ValueError):
        read_table(paths, reading(sources[:2]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"statistic": "half_mass_radius", "transform": "log", "time": 0.3}, "'r_h': no snapshot at 0.3"),
        (
            {"statistic": "ellipticity", "transform": "log", "time": 1.0},
            "'r_h': the summaries hold no 'ellipticity'",
        ),
        ({"statistic": "status", "transform": "log", "time": 1.0}, "'r_h': the summaries hold no 'status'"),
    ],
)
def test_an_output_that_cannot_be_read_is_named(files, change, message):
    _, paths, sources = files
    with pytest.raises(KeyError, match=message):
        read_table(paths, reading(sources, outputs=OUTPUTS | {"r_h": change}))


def test_a_time_written_with_six_digits_finds_its_snapshot(files):
    _, paths, sources = files
    near = {"statistic": "half_mass_radius", "transform": "log", "time": 1.0 - 9e-7}
    exact, found = (
        read_table(paths, reading(sources, outputs=OUTPUTS | {"r_h": r_h}))
        for r_h in (near | {"time": 1.0}, near)
    )
    np.testing.assert_array_equal(found.values, exact.values)


@pytest.mark.parametrize("blocks_at_once", [1, 32])
def test_summaries_on_other_times_do_not_mix(files, monkeypatch, blocks_at_once):
    datasets, paths, sources = files
    monkeypatch.setattr("nbody_emulator.quantities.tables.BLOCKS_AT_ONCE", blocks_at_once)
    netcdf.write(datasets[1].assign_coords(time=datasets[1]["time"].clip(0.1)), paths[1])
    with pytest.raises(ValueError):
        read_table(paths, reading(sources))


def test_columns_carry_their_units():
    parameters = [
        Parameter("scale_radius", "pc", 0.5, 2.0, "log"),
        Parameter("virial_ratio", "1", 0.2, 1.8, "linear"),
    ]
    assert parameter_columns(parameters) == ("scale_radius [pc]", "virial_ratio")
    assert column_name("galactocentric_radius", "kpc") == "galactocentric_radius [kpc]"
