"""One look for all figures: text, lines, and a colour and marker for every family and every set of runs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

import matplotlib
import matplotlib.style
import pandas as pd
import seaborn as sns

from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.marks import MARKS, Mark
from nbody_emulator.settings.figure_style import Style

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType  # matplotlib has it since 3.11 only

FONT_SCALE = 0.85
"""seaborn's paper text is 9.6 points; at this scale the smallest is 7, which journals still print."""

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

    color: tuple[float, float, float]
    marker: str


ROLE_MARKS = {
    "training": Mark(0, "o"),
    "noise": Mark(3, "^"),
    "repeat": Mark(4, "D"),
    "calibration": Mark(2, "s"),
    "observation": Mark(5, "v"),
}


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
    registered = [name for name in FAMILIES.names if name in set(names)]
    return _looks(names, {name: FAMILIES.load(name).mark for name in registered}, style)


def set_looks(table: pd.DataFrame, style: Style) -> dict[str, Look]:
    """The look of each set of runs in `table`, by its role; training, usually the largest, comes first."""
    roles = dict(zip(table["set"], table["role"], strict=True))
    looks = _looks(set(roles.values()), ROLE_MARKS, style)
    order = [*ROLE_MARKS, *sorted(roles.values())]
    names = sorted(roles, key=lambda name: (order.index(roles[name]), name))
    return {name: looks[roles[name]] for name in names}


def _looks(names: Iterable[str], marks: Mapping[str, Mark], style: Style) -> dict[str, Look]:
    colors, free = palette(style), [mark for mark in MARKS if mark not in marks.values()]
    strangers = sorted(set(names) - set(marks))
    found = {**marks, **dict(zip(strangers, cycle(free), strict=False))}
    return {name: Look(colors[found[name].color], found[name].marker) for name in names}
