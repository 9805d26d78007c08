"""A file of runs is read as it was meant, or refused in one line that names set, column, row and remedy."""

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet
import pytest
import xarray as xr
from own_files import KINDS, OUTPUTS, PARAMETERS, frame_of, read_file, write_frame

from nbody_emulator.settings.error import ConfigurationError
from nbody_emulator.settings.own_quantities import OwnOutput, OwnParameter

ROW = 7
"""Of the runs below, the one that is wrong; to a person it is row 9 of a CSV file, and 8 of the others."""


def place(kind: str, row: int = ROW) -> int:
    return row + (2 if kind == "csv" else 1)


def unsaid(path, *words, **how) -> list[str]:
    """Those of the words that the one line in which a file is refused has not."""
    with pytest.raises(ConfigurationError) as caught:
        read_file(path, **how)
    told = str(caught.value)
    assert told.startswith("sets.train") and len(told.splitlines()) == 1 and "; " in told
    return [word for word in words if word not in told]


def with_cell(column, value, row=ROW):
    frame = frame_of()
    frame[column] = frame[column].astype(object)
    frame.loc[row, column] = value
    return frame if isinstance(value, str) else frame.astype({column: float})


@pytest.fixture(params=KINDS)
def file(request, tmp_path):
    """A function that writes a frame as a file of each kind."""
    return lambda frame, name="runs": write_frame(frame, tmp_path / f"{name}.{request.param}")


CELLS = {
    "NaN in a parameter": ("spin", np.nan, ("parameter spin", "nan", "remove the run")),
    "inf in a parameter": ("mass", np.inf, ("parameter mass", "inf", "finite")),
    "outside the box": ("mass", 10001.0, ("parameter mass", "10001", "[100, 10000]", "parameters.mass")),
    "log of zero": ("lifetime", 0.0, ("output lifetime", "no logarithm", "outputs.lifetime.transform")),
    "log below zero": ("lifetime", -2.0, ("output lifetime", "-2 ", "leave the cell empty")),
    "logit above one": ("bound", 1.5, ("output bound", "1.5 has no logit", "outputs.bound.transform")),
    "inf in an output": ("shift", -np.inf, ("output shift", "-inf", "leave the cell empty")),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_that_cannot_be_a_runs_is_named(file, case):
    column, value, words = CELLS[case]
    path = file(with_cell(column, value))
    assert not unsaid(path, *words, f"row {place(path.suffix[1:])}")


@pytest.mark.parametrize("value", ["many", "1,5", "1.5e", "2024-01-31", "1_000", "0x10", "1 000", "yes"])
def test_a_word_in_a_number_column_is_named(file, value):
    path = file(with_cell("shift", value).astype({"shift": str}))
    assert not unsaid(
        path, "column 'shift'", f"{value!r} is no number", f"row {place(path.suffix[1:])}", "decimal point"
    )


@pytest.mark.parametrize("ends", [0.0, 1.0])
def test_a_whole_fraction_wants_a_resolution(file, ends):
    outputs = {**OUTPUTS, "bound": OwnOutput(transform="logit")}
    frame = frame_of()
    frame["bound"] = 0.5
    frame.loc[ROW, "bound"] = ends
    assert not unsaid(file(frame), "output bound", "outputs.bound.resolution", outputs=outputs)
    read_file(file(frame, "again"))


def test_an_empty_cell_of_an_output_stays_one(file):
    frame = frame_of()
    assert 0 < frame["lifetime"].isna().sum() < len(frame)
    found = read_file(file(frame))
    names = [output.name for output in found.outputs]
    assert np.array_equal(np.isnan(found.values[:, names.index("lifetime")]), frame["lifetime"].isna())
    assert not np.isnan(np.delete(found.values, names.index("lifetime"), axis=1)).any()


def test_an_output_that_no_run_has_is_refused(file):
    assert not unsaid(file(frame_of().assign(lifetime=np.nan)), "output lifetime", "empty in every row")


def test_a_column_that_is_missing_has_a_suggestion(file):
    assert not unsaid(
        file(frame_of().rename(columns={"lifetime": "life_time"})), "no column 'lifetime'", "'life_time'?"
    )


def test_one_parameter_and_one_output_are_enough(file):
    found = read_file(
        file(frame_of()), parameters={"mass": PARAMETERS["mass"]}, outputs={"shift": OUTPUTS["shift"]}
    )
    assert found.inputs.shape == found.values.shape == (40, 1)


def test_columns_may_be_called_otherwise(file):
    parameters = {**PARAMETERS, "spin": OwnParameter(minimum=-1.0, maximum=1.0, column="spin parameter")}
    renamed = read_file(file(frame_of().rename(columns={"spin": "spin parameter"})), parameters=parameters)
    assert renamed.digest == read_file(file(frame_of())).digest


# Design points


def replicated(frame):
    """Every run twice, but for its outputs, under the label of its design point."""
    again = frame.assign(shift=frame["shift"] + 1.0)
    return pd.concat([frame, again]).assign(design=[*range(len(frame))] * 2)


def test_replicates_are_told_by_a_label_or_by_equal_parameters(file):
    path = file(replicated(frame_of()))
    for found in (read_file(path, point="design"), read_file(path)):
        assert (
            found.most_replicates == 2 and found.points_in_blocks == (40,) and found.runs_in_blocks == (80,)
        )
        assert np.array_equal(found.points[:40], found.points[40:])


def test_runs_of_one_point_have_one_set_of_parameters(file):
    frame = replicated(frame_of()).reset_index(drop=True)
    frame.loc[47, "spin"] = 0.0
    path = file(frame)
    rows = [place(path.suffix[1:], row) for row in (7, 47)]
    assert not unsaid(path, "rows {} and {}".format(*rows), "one point, '7'", "another point", point="design")


def test_equal_parameters_are_of_one_point(file):
    frame = replicated(frame_of())
    frame["design"] = range(len(frame))
    path = file(frame)
    rows = [place(path.suffix[1:], row) for row in (0, 40)]
    assert not unsaid(
        path, "rows {} and {}".format(*rows), "two design points", "give them one", point="design"
    )


def test_a_run_that_stands_twice_is_refused_unless_it_is_said_to_be_a_replicate(file):
    frame = pd.concat([frame_of(), frame_of()[ROW : ROW + 1]]).assign(design=[*range(40), ROW])
    path = file(frame)
    rows = [place(path.suffix[1:], row) for row in (ROW, 40)]
    assert not unsaid(path, "rows {} and {} are the same run".format(*rows), "simulator.table.point")
    assert read_file(path, point="design").most_replicates == 2


def test_a_point_without_a_label_is_named(file):
    frame = frame_of().assign(design=["" if row == ROW else f"p{row}" for row in range(40)])
    path = file(frame)
    assert not unsaid(path, "column 'design'", f"row {place(path.suffix[1:])}", "empty", point="design")


# Blocks


def numbered(**changes):
    frame = frame_of().assign(part=[row % 4 for row in range(40)])
    for row, value in changes.items():
        frame = frame.astype({"part": float})
        frame.loc[int(row[1:]), "part"] = value
    return frame


@pytest.mark.parametrize("value", [4.0, -1.0, 1.5, np.nan])
def test_a_block_that_is_none_is_named(file, value):
    path = file(numbered(r7=value))
    assert not unsaid(
        path, "column 'part'", f"row {place(path.suffix[1:])}", "0 to 3", blocks=4, block="part"
    )


def test_a_point_is_in_one_block(file):
    frame = replicated(frame_of()).assign(
        part=[row % 4 for row in range(40)] + [(row + 1) % 4 for row in range(40)]
    )
    assert not unsaid(
        file(frame),
        "the design point '0' is in block 0 too",
        "one block",
        blocks=4,
        block="part",
        point="design",
    )


def test_a_block_without_runs_is_refused(file):
    assert not unsaid(
        file(numbered()), "block 4 of 5", "40 design points", "fewer blocks", blocks=5, block="part"
    )
    assert not unsaid(file(frame_of(3)), "of 100", "3 design points", blocks=100)


def test_a_column_says_which_block(file):
    found = read_file(file(numbered()), blocks=4, block="part")
    assert found.block.tolist() == [row % 4 for row in range(40)]
    # Sets that are not divided need no such column.
    assert read_file(file(frame_of(), "undivided"), block="part").runs_in_blocks == (40,)


# Metamorphic laws


def digests(frame, path, blocks=5):
    found = read_file(write_frame(frame, path), blocks=blocks)
    return [found.rows_of(block).digest for block in range(blocks)]


def test_the_kind_of_the_file_does_not_matter(tmp_path):
    found = {tuple(digests(frame_of(), tmp_path / f"runs.{kind}")) for kind in KINDS}
    assert len(found) == 1


def test_neither_the_order_of_columns_nor_other_columns_matter(file):
    frame = frame_of()
    path = file(frame)
    other = frame[frame.columns[::-1]].assign(remark="none", weight=np.nan)
    assert digests(other, path.with_stem("other")) == digests(frame, path)


def test_a_number_keeps_its_last_bit(tmp_path):
    frame = frame_of(500)
    frame["shift"] = np.random.default_rng(5).normal(size=500) * 10.0 ** np.linspace(-300, 300, 500)
    path = tmp_path / "runs.csv"
    rows = [",".join(map(repr, row)) for row in frame.to_numpy().tolist()]
    path.write_text("\n".join([",".join(frame.columns), *rows]))
    found = read_file(path)
    assert np.array_equal(found.inputs, frame[["mass", "spin"]])
    assert np.array_equal(found.values, frame[["bound", "lifetime", "shift"]], equal_nan=True)


def test_new_points_change_the_blocks_they_fall_into_and_no_other(file):
    old, new = frame_of(40), frame_of(3, seed=2)
    path = file(old)
    longer = path.with_stem("longer")
    before, after = digests(old, path), digests(pd.concat([old, new]), longer)
    blocks = [read_file(each, blocks=5).block for each in (path, longer)]
    assert np.array_equal(blocks[1][:40], blocks[0])
    hit = set(blocks[1][40:].tolist())
    assert {block for block in range(5) if before[block] != after[block]} == hit and 0 < len(hit) < 5


def test_a_changed_cell_changes_its_block_alone(file):
    frame = frame_of()
    path = file(frame)
    before = digests(frame, path)
    frame.loc[ROW, "shift"] = np.nextafter(frame.loc[ROW, "shift"], np.inf)
    after = digests(frame, path)
    block = read_file(path, blocks=5).block[ROW]
    assert [number for number in range(5) if before[number] != after[number]] == [block]


# What only one kind of file can have


def csv(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "runs.csv"
    path.write_bytes(text.encode(encoding))
    return path


HEADER = "mass,spin,bound,lifetime,shift\n"
GOOD = "200,0.5,0.5,10,1\n300,0.4,0.5,,2\n"

SAME = {
    "a mark of the byte order": ("\ufeff" + HEADER + GOOD),
    "lines of Windows": (HEADER + GOOD).replace("\n", "\r\n"),
    "empty lines": "\n" + HEADER + "\n" + GOOD + "\n\n,,,,\n",
    "quotes": '"mass","spin",bound,lifetime,shift\n"200","0.5",0.5,10,1\n300,0.4,0.5,"",2\n',
    "blanks": " mass, spin ,bound,lifetime,shift\n200 , 0.5,0.5,10,1\n300,0.4,0.5, ,2\n",
    "words for nothing": HEADER + GOOD.replace(",,", ",NaN,"),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_spellings_of_csv_that_mean_the_same(tmp_path, text):
    assert read_file(csv(tmp_path, text)).digest == read_file(csv(tmp_path, HEADER + GOOD)).digest


REFUSED = {
    "decimal commas": (HEADER + "200,5,0,5,0,5,10,1,1\n", ("row 2 has 9 cells", "the header 5")),
    "a comma at the end of every row": (HEADER + GOOD.replace("\n", ",\n"), ("row 2 has 6 cells",)),
    "a line that breaks off": (HEADER + GOOD + "400,0.3,0.", ("row 4 has 3 cells",)),
    "semicolons": ((HEADER + GOOD).replace(",", ";"), ("no column 'mass'",)),
    "two columns of one name": (
        "mass,spin,bound,lifetime,shift,spin\n1,1,1,1,1,1\n",
        ("'spin'", "rename one"),
    ),
    "no rows": (HEADER, ("holds no runs",)),
    "nothing": ("", ("holds no runs",)),
    "a quote that is not closed": (HEADER + '"200,0.5,0.5,10,1\n', ("cannot be read", "mend the file")),
    "a row behind empty lines": (HEADER + "\n\n200,0.5,0.5,ten,1\n", ("row 4", "'ten'")),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_csv_that_is_refused(tmp_path, text, words):
    assert not unsaid(csv(tmp_path, text), *words)


def test_other_letters_than_those_of_utf8_are_refused(tmp_path):
    assert not unsaid(
        csv(tmp_path, HEADER + GOOD + "300,0.4,0.5,ä,2\n", "latin-1"), "cannot be read", "utf-8"
    )


def test_a_file_that_is_not_there_and_one_of_no_kind(tmp_path):
    assert not unsaid(tmp_path / "runs.csv", "is not there", "folder")
    for name in ("runs.txt", "runs.csv.gz", "runs"):
        assert not unsaid(tmp_path / name, "is no table", ".csv, .parquet, .nc")
    assert read_file(write_frame(frame_of(), tmp_path / "runs.csv").rename(tmp_path / "runs.CSV")).blocks == 1


@pytest.mark.parametrize("kind", ["parquet", "nc"])
def test_a_file_that_is_not_what_it_says(tmp_path, kind):
    path = tmp_path / f"runs.{kind}"
    path.write_text(HEADER + GOOD)
    assert not unsaid(path, "cannot be read", "mend the file")


def test_two_columns_of_one_name_in_parquet(tmp_path):
    frame = frame_of()
    names = [*frame.columns, "spin"]
    table = pyarrow.table([*(frame[name] for name in frame.columns), frame["spin"]], names=names)
    pyarrow.parquet.write_table(table, tmp_path / "runs.parquet")
    assert not unsaid(tmp_path / "runs.parquet", "cannot be read", "spin")


def test_parquet_of_whole_numbers_that_may_be_missing_and_of_categories(tmp_path):
    frame = frame_of().round({"mass": 0, "shift": 0}) + 0.0  # -0.0 is no whole number
    frame.loc[ROW, "shift"] = np.nan
    typed = frame.astype({"mass": "Int64", "shift": "Int64", "bound": "category"})
    assert digests(typed, tmp_path / "typed.parquet") == digests(frame, tmp_path / "plain.parquet")


def test_truth_values_are_no_numbers(tmp_path):
    assert not unsaid(
        write_frame(frame_of().assign(shift=True), tmp_path / "runs.parquet"), "column 'shift'", "true"
    )


def netcdf(path, **units):
    columns = {
        name: ("run", column.to_numpy(), {"units": units[name]} if name in units else {})
        for name, column in frame_of().items()
    }
    xr.Dataset(columns).to_netcdf(path)
    return path


def test_units_of_netcdf_are_those_of_the_configuration(tmp_path):
    told = read_file(netcdf(tmp_path / "told.nc", mass="Msun", lifetime="Myr"))
    assert told.digest == read_file(netcdf(tmp_path / "untold.nc")).digest
    assert not unsaid(
        netcdf(tmp_path / "other.nc", lifetime="Gyr"), "column 'lifetime'", "'Gyr'", "'Myr'", "unit: Gyr"
    )


def test_netcdf_of_two_lengths_is_refused(tmp_path):
    columns = {name: ("run", column.to_numpy()) for name, column in frame_of().items()}
    xr.Dataset({**columns, "times": ("time", np.arange(3.0))}).to_netcdf(tmp_path / "runs.nc")
    assert not unsaid(tmp_path / "runs.nc", "2 lengths", "one dimension")
