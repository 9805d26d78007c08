"""A NetCDF file whose header is damaged is named by the run that reads it, and made again by the next."""

from pathlib import Path

import pytest
from at_work import KEPT, Run, make_results
from finished_run import contents, differing
from short_way import BLOCK, SHORT_WAY, artifact, forget

pytestmark = pytest.mark.faults

SAID = "simulation.nc is damaged: its bytes are not those that were written"


def test_a_damaged_header_is_named_and_mended(copy, finished, trying):
    with trying("a corrupted NetCDF header", f"{SAID}; {KEPT}"):
        damaged = artifact(copy, BLOCK)
        forget(copy, SHORT_WAY[1:])
        damage_header(copy.root / damaged.path())
        run = Run(copy)
        output = run.end()
        assert run.process.returncode != 0
        assert f"{damaged.folder}: {SAID}" in output and KEPT in output, output[-5000:]
        make_results(copy)
        assert not differing(contents(copy.root), contents(finished.repository.root))


def damage_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(16))
