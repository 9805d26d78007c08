"""The NetCDF files of a finished run before the compliance checker, in an environment of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

UV = Path(sys.executable).with_name("uv")
# It takes every variable of this name for a clock; ours is a fraction of the duration.
NOT_OURS = "Coordinate variable 'time' should have standard_name='time'"

pytestmark = pytest.mark.dependencies


@pytest.fixture(scope="module")
def checker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checker")
    subprocess.run([UV, "--quiet", "venv", "--python", sys.executable, folder], check=True)
    subprocess.run(
        [UV, "--quiet", "pip", "install", "--python", folder, "compliance-checker>=6.1"], check=True
    )
    return folder / "bin/compliance-checker"


def test_the_compliance_checker_has_nothing_to_say(checker, finished):
    kinds = {path.name: path for path in (finished.repository.root / "results/store").rglob("*.nc")}
    assert len(kinds) == 7
    for path in kinds.values():
        done = subprocess.run(
            [checker, "--test", "cf:1.11", "--criteria", "strict", path], capture_output=True, text=True
        )
        assert "Compliance Checker Report" in done.stdout
        complaints = [line for line in done.stdout.splitlines() if line.startswith("* ")]
        assert not [line for line in complaints if NOT_OURS not in line], path.name
