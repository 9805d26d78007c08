"""What docs/reference/files.md lists is what the files of a finished run hold."""

import re
from pathlib import Path

import pytest
import xarray as xr

from nbody_emulator.summaries.register import STATISTICS

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/files.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
VARIABLE = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
# Under their own names, as the page says: one variable a statistic, and the axis of one of them.
OF_STATISTICS = {STATISTICS.load(name).variable for name in STATISTICS.names} | {"mass_fraction"}


def listed() -> dict[str, set[str]]:
    """By section the variables of its table."""
    _, *parts = SECTION.split(PAGE)
    return {title: set(VARIABLE.findall(text)) for title, text in zip(parts[::2], parts[1::2], strict=True)}


@pytest.mark.parametrize(
    ("section", "place"),
    [
        ("`simulation.nc`", "store/simulations/*/simulation.nc"),
        ("`summary.nc`", "store/summaries/*/summary.nc"),
        ("`dataset.nc`", "test/dataset.nc"),
        ("`predictions.nc`", "test/predictions.nc"),
        ("`posteriors/<family>.nc`", "test/posteriors/*.nc"),
    ],
)
def test_the_page_of_files_lists_what_they_hold(finished, section, place):
    path = next(iter(sorted((finished.repository.root / "results").glob(place))))
    with xr.open_dataset(path, decode_times=False) as dataset:
        held = {str(name) for name in dataset.variables} - OF_STATISTICS
    tables = listed()
    shared = tables["Coordinates"]
    assert tables[section] == held - shared
