"""The figure of the noise taken apart says what is not measured, in its panels and in its sentence."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from nbody_emulator.figures.noise_parts import FIGURE
from nbody_emulator.settings.figure_style import Style

SHARES = {"noise": (1.0, 1.0), "chaos": (0.1, 0.2), "seen": (-0.02, 0.3), "rest": (0.92, 0.5)}


def table(unknown: tuple[str, ...]) -> pd.DataFrame:
    rows = [
        {"output": output, "part": part, "share": np.nan if part in unknown else share}
        for part, shares in SHARES.items()
        for output, share in zip(("f_bound", "r_h"), shares, strict=True)
    ]
    made = pd.DataFrame(rows)
    return made.assign(share_lower=made["share"] - 0.1, share_upper=made["share"] + 0.1)


@pytest.mark.parametrize(
    ("unknown", "told"),
    [
        ((), ("chaos is 10 to 20 %", "explains \u22122 to 30 %", "50 to 92 % is neither")),
        (("chaos", "rest"), ("explains \u22122 to 30 %", "chaos is not measured")),
        (("seen", "rest"), ("chaos is 10 to 20 %", "is not measured")),
        (("chaos", "seen", "rest"), ("no part is measured",)),
    ],
)
def test_what_is_not_measured_is_said(unknown, told):
    found = table(unknown)
    for words in told:
        assert words in FIGURE.finding(found)
    texts = [text.get_text() for text in FIGURE.draw(found, Style()).findobj(Text)]
    assert texts.count("not measured") == 2 * len(unknown)
    assert ("\u22120.02" in texts) == ("seen" not in unknown)
