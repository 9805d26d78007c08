"""What `docs/use.md` shows first runs as it stands there, and its table of what is shipped is right."""

import re
from pathlib import Path

import pytest

from nbody_emulator.configuration.file import load
from nbody_emulator.emulators import Emulator, shipped
from nbody_emulator.summaries.register import STATISTICS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/use.md").read_text(encoding="utf-8")


def test_a_first_prediction_takes_five_lines(capsys):
    first = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    assert len([line for line in first.splitlines() if line.strip()]) <= 5
    names = {}
    exec(compile(first, "docs/use.md", "exec"), names)
    printed = capsys.readouterr().out
    assert str(names["prediction"]["sigma_v"].median) in printed
    low, high = names["prediction"]["sigma_v"].interval(0.9)
    assert low < names["prediction"]["sigma_v"].median < high


def test_the_page_names_all_that_is_shipped():
    table = PAGE[PAGE.index("| name | is | MB |") : PAGE.index("The Gaussian processes are not shipped")]
    assert set(re.findall(r"`([a-z_]+(?:/[a-z_]+)?)`", table)) == set(shipped.names())


@pytest.mark.parametrize("document", ["docs/use.md", "config/README.md"])
@pytest.mark.parametrize("name", [name for name in shipped.names() if "/" not in name])
def test_outputs_are_defined_as_the_code_measures_them(name, document):
    page = (ROOT / document).read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", page, re.MULTILINE))
    for output in load(ROOT / "config" / f"{name}.yaml").predicted:
        measured = STATISTICS.load(output.statistic)
        assert rows[output.name].startswith(measured.long_name.removesuffix(")"))
        assert output.time == 1.0


def test_the_page_names_the_outputs_of_all_that_is_shipped():
    table = PAGE[PAGE.index("| output | is | unit |") : PAGE.index("[Defined exactly]")]
    told = re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", table, re.MULTILINE)
    for name in shipped.names():
        assert [(each.name, each.unit) for each in Emulator.load(name).outputs] == told
