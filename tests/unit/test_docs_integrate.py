"""What `docs/integrate.md` shows runs as it stands there."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "integrate.md"


def test_the_page_runs_from_top_to_bottom(capsys):
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)
    assert names["run"].positions.shape == (11, 48, 3) and names["run"].energy_error < 1e-4
    assert "Myr" in capsys.readouterr().out and names["with_tracers"].finished
