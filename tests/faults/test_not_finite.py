"""Simulations whose state overflows on the way: they are kept as rows with a reason, and the experiment ends well."""

from pathlib import Path

import pytest
from at_work import make_results
from finished_run import contents

from nbody_emulator.storage.netcdf import read

pytestmark = pytest.mark.faults

MODULE = "src/nbody_emulator/simulation/block.py"
PREPARED = "return prepare(parameters, block, *(int(row[name]) for name in PLACE if name in row))"
OVERFLOWING = f"""run = {PREPARED.removeprefix("return ")}
        if int(row["point"]) != 3:
            return run
        return run._replace(stars=run.stars._replace(masses=1e150 * run.stars.masses))"""
SAID = "the state is not finite"


def test_runs_that_are_not_finite_are_rows_with_a_reason(copy, finished, trying):
    with trying("simulations that return NaN", f"a flagged row of the dataset: {SAID}"):
        module = copy.root / MODULE
        edit(module, PREPARED, OVERFLOWING)
        make_results(copy)
        dataset = read(copy.root / "results/test/dataset.nc")
        overflowed = dataset["point"] == 3
        assert overflowed.any() and not dataset["usable"][overflowed].any()
        assert all(SAID in str(reason) for reason in dataset["reason"][overflowed].values)
        assert not any(SAID in str(reason) for reason in dataset["reason"][~overflowed].values)
        edit(module, OVERFLOWING, PREPARED)
        make_results(copy)
        assert contents(copy.root).items() >= contents(finished.repository.root).items()


def edit(module: Path, old: str, new: str) -> None:
    text = module.read_text()
    assert old in text
    module.write_text(text.replace(old, new))
