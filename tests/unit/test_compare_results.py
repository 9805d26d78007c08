"""Two folders of results are the same, or it is said where they are not."""

import json
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from nbody_emulator.storage import netcdf

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[2] / "workflow/compare_results.py"))


def folder(path: Path, shift: float = 0.0, **changes) -> Path:
    """Results of one table, one dataset and one document, with numbers of 1 and -2."""
    (path / "tables").mkdir(parents=True)
    values = np.array([1.0, -2.0 + shift, np.nan])
    pd.DataFrame({"family": ["a", "b", "c"], "value": values} | changes).to_csv(
        path / "tables/t.csv", index=False
    )
    netcdf.write(
        xr.Dataset({"mean": ("row", values, {"long_name": "mean", "units": "1"})}), path / "predictions.nc"
    )
    document = {"recommended": "a", "scores": [1.0, None, -2.0 + shift]}
    (path / "metrics.json").write_text(json.dumps(document))
    (path / "timings.json").write_text(json.dumps({"seconds": np.random.default_rng().random()}))
    return path


def farthest(before: Path, after: Path) -> dict[str, float]:
    found = {}
    for each in SCRIPT["compare"](before, after):
        found[each.file] = max(found.get(each.file, 0.0), each.relative)
    return found


def test_the_same_are_the_same_whenever_they_were_made(tmp_path):
    found = farthest(folder(tmp_path / "one"), folder(tmp_path / "other"))
    assert found == {"tables/t.csv": 0.0, "predictions.nc": 0.0, "metrics.json": 0.0}


def test_a_number_that_moved_is_told_in_every_file_that_holds_it(tmp_path):
    found = farthest(folder(tmp_path / "one"), folder(tmp_path / "other", shift=2e-6))
    # Relative to the largest number, -2.
    assert list(found.values()) == pytest.approx([1e-6] * 3, rel=1e-3)


@pytest.mark.parametrize(
    "changes",
    [{"family": ["a", "b", "d"]}, {"value": [1.0, np.nan, -2.0]}, {"another": 1.0}],
    ids=["word", "gap", "column"],
)
def test_words_gaps_and_columns_count(tmp_path, changes):
    one, other = folder(tmp_path / "one"), folder(tmp_path / "other", **changes)
    assert farthest(one, other)["tables/t.csv"] == farthest(other, one)["tables/t.csv"] == np.inf


def test_what_stands_in_one_folder_alone_is_told(tmp_path):
    one, other = folder(tmp_path / "one"), folder(tmp_path / "other")
    (other / "tables/t.csv").unlink()
    assert farthest(one, other)["tables/t.csv"] == farthest(other, one)["tables/t.csv"] == np.inf
    with pytest.raises(ValueError, match="name a folder of results"):
        list(SCRIPT["compare"](one, tmp_path / "nowhere"))


def test_it_ends_by_what_it_found(tmp_path, capsys):
    one, other, moved = (
        folder(tmp_path / name, shift) for name, shift in (("a", 0.0), ("b", 0.0), ("c", 1e-3))
    )
    SCRIPT["main"]([str(one), str(other)])
    with pytest.raises(SystemExit, match="not the same"):
        SCRIPT["main"]([str(one), str(moved)])
    told = capsys.readouterr().out
    assert "DIFFERENT" in told and "/scores/2" in told
    SCRIPT["main"]([str(one), str(moved), "--relative", "0.01"])
