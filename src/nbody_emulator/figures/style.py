"""One look for all figures: text, lines, and a colour and marker for every family and every set of runs."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

import matplotlib
import matplotlib.style
import pandas as pd
import seaborn as sns

from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.marks import MARKS
from nbody_emulator.settings.figure_style import Style

if TYPE_CHECKING:
    from matplotlib.typing import (
        ColorType,
        LineStyleType,
        RcKeyType,  # matplotlib has it since 3.11 only
    )

FONT_SCALE = 0.88
"""seaborn's paper text is 9.6 points; at this scale its small text is 7, the smallest that journals still print."""

SMALLEST = 7.0
"""Points, of the numbers that stand beside symbols."""

SETTINGS: "dict[RcKeyType, Any]" = {
    # seaborn asks for Arial first, which not every machine has; this one comes with matplotlib.
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "mathtext.fontset": "dejavusans",
    "axes.spines.top": False,
    "axes.spines.right": False,
    # Small multiples need lighter frames than seaborn's single plots.
    "axes.linewidth": 0.8,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "xtick.major.width": 0.8,
    "ytick.major.width": 0.8,
    "xtick.minor.width": 0.5,
    "ytick.minor.width": 0.5,
    "axes.formatter.limits": (-3, 4),
    "axes.formatter.use_mathtext": True,
    "legend.frameon": False,
    "figure.constrained_layout.h_pad": 0.04,
    "figure.constrained_layout.w_pad": 0.04,
}

INK = "0.15"
FAINT = "0.6"
SHADES = ("#1f2a37", "#55657a", "#8c9bae", "#c6d0db")
"""Slate, from dark to light, for all that is no family: hues are of families alone, in every figure."""

FLOOR: dict[str, Any] = {"color": "0.35", "linestyle": (0, (4, 2)), "linewidth": 1.0}
"""The noise floor, in every figure that has one."""

FLOOR_BAND: dict[str, Any] = {"color": FLOOR["color"], "alpha": 0.15, "linewidth": 0}
"""Its standard error."""

MUTED: dict[str, Any] = {"color": "0.65", "linewidth": 0.7, "zorder": 1}
"""The look of the others there."""


@dataclass(frozen=True)
class Look:
    """How one family, or one set of runs, looks wherever it appears."""

    color: "ColorType"
    marker: str
    line: "LineStyleType" = "-"


ROLE_LOOKS = {
    "training": Look(SHADES[2], "o"),
    "observation": Look(SHADES[2], "v", (0, (1, 1))),
    "calibration": Look(SHADES[1], "s", (0, (4, 2))),
    "noise": Look(SHADES[0], "^"),
    "repeat": Look(SHADES[0], "D", (0, (1, 1))),
}
"""From the largest sets, usually, to the smallest, which are dark to be seen among the others."""

OTHER_ROLES = [
    Look(SHADES[shade], marker, (0, (4, 1, 1, 1)))
    for shade, marker in ((1, "P"), (2, "X"), (0, "*"), (1, "h"))
]


@contextmanager
def drawing(style: Style, font_scale: float = FONT_SCALE) -> Iterator[None]:
    """Draw in the look of `style` (`context`, `palette`, `width_inches`), whatever a matplotlibrc says."""
    with ExitStack() as looks:
        looks.enter_context(matplotlib.style.context("default", after_reset=True))
        looks.enter_context(sns.axes_style("ticks"))
        looks.enter_context(sns.plotting_context(style.context, font_scale=font_scale))
        looks.enter_context(matplotlib.rc_context(SETTINGS))
        yield


def palette(style: Style) -> list[tuple[float, float, float]]:
    """The ten colours of the style's palette."""
    return sns.color_palette(style.palette, 10)


def family_looks(names: Sequence[str], style: Style) -> dict[str, Look]:
    """The look of each family in `names`; those that are not registered share out the marks that none of these has."""
    marks = {name: FAMILIES.load(name).mark for name in FAMILIES.names if name in set(names)}
    free = [mark for mark in MARKS if mark not in marks.values()]
    strangers = [name for name in sorted(set(names)) if name not in marks]
    marks |= dict(zip(strangers, cycle(free), strict=False))
    return {name: Look(palette(style)[marks[name].color], marks[name].marker) for name in names}


def set_looks(table: pd.DataFrame) -> dict[str, Look]:
    """The look of each set of runs in `table`, by its role; training, usually the largest, comes first."""
    roles = dict(zip(table["set"], table["role"], strict=True))
    strangers = sorted(set(roles.values()) - set(ROLE_LOOKS))
    looks = ROLE_LOOKS | dict(zip(strangers, cycle(OTHER_ROLES), strict=False))
    names = sorted(roles, key=lambda name: (list(looks).index(roles[name]), name))
    return {name: looks[roles[name]] for name in names}
