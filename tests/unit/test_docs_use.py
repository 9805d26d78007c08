"""What `docs/use.md` shows first runs as it stands there, and its table of what is shipped is right."""

import re
from pathlib import Path

from nbody_emulator.emulators import shipped

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
