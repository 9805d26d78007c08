"""One look for all figures: text, lines, and a colour and marker for every family and every set of runs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle

import matplotlib
import matplotlib.style
import pandas as pd
import seaborn as sns

FONT_SCALE = 0.85
"""seaborn's paper text is 9.6 points; at this scale the smallest is 7, which journals still print."""

SETTINGS = {
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
FLOOR = {"color": "0.35", "linestyle": (0, (4, 2)), "linewidth": 1.0}
"""The noise floor, in every figure that has one."""

FLOOR_BAND = {"color": FLOOR["color"], "alpha": 0.15, "linewidth": 0}
"""Its standard error."""

BASELINE = "mean"
"""The family that predicts nothing: far off the others, it would rule the axes if it were let."""

PROMINENT = ("linear", "gaussian_process", "network")
"""Where all families would hide one another these stand for them: the straight line, the smooth one, the network."""

MUTED = {"color": "0.65", "linewidth": 0.7, "zorder": 1}
"""The look of the others there."""


@dataclass(frozen=True)
class Mark:
    """How one family, or one set of runs, looks wherever it appears."""

    color: tuple[float, float, float]
    marker: str


# Places in seaborn's ten-colour palettes, which agree from one to the next: blue, orange, green, red,
# purple, brown, pink, grey, yellow, cyan. Markers tell families apart without any colour.
FAMILY_PLACES = {
    "mean": (7, "s"),
    "linear": (1, "D"),
    "neighbours": (2, "v"),
    "gaussian_process": (4, "^"),
    "forest": (5, "P"),
    "network": (0, "o"),
    "polynomial": (3, "X"),
}
ROLE_PLACES = {"training": (0, "o"), "noise": (3, "^"), "calibration": (2, "s")}
SPARE_PLACES = ((9, "h"), (8, "<"), (6, ">"), (3, "*"), (7, "p"))


@contextmanager
def drawing(style: Mapping, font_scale: float = FONT_SCALE) -> Iterator[None]:
    """Draw in the look of `style` (`context`, `palette`, `width_inches`), whatever a matplotlibrc says."""
    with ExitStack() as looks:
        looks.enter_context(matplotlib.style.context("default", after_reset=True))
        looks.enter_context(sns.axes_style("ticks"))
        looks.enter_context(sns.plotting_context(style["context"], font_scale=font_scale))
        looks.enter_context(matplotlib.rc_context(SETTINGS))
        yield


def palette(style: Mapping) -> list[tuple[float, float, float]]:
    """The ten colours of the style's palette."""
    return sns.color_palette(style["palette"], 10)


def family_marks(names: Sequence[str], style: Mapping) -> dict[str, Mark]:
    """The mark of each family in `names`; families unknown here share out the spare ones by name."""
    return _marks(names, FAMILY_PLACES, style)


def set_marks(table: pd.DataFrame, style: Mapping) -> dict[str, Mark]:
    """The mark of each set of runs in `table`, by its role; training, usually the largest, comes first."""
    roles = dict(zip(table["set"], table["role"], strict=True))
    marks = _marks(set(roles.values()), ROLE_PLACES, style)
    order = [*ROLE_PLACES, *sorted(roles.values())]
    names = sorted(roles, key=lambda name: (order.index(roles[name]), name))
    return {name: marks[roles[name]] for name in names}


def _marks(names, places, style) -> dict[str, Mark]:
    colors = palette(style)
    strangers = sorted(set(names) - set(places))
    found = places | dict(zip(strangers, cycle(SPARE_PLACES), strict=False))
    return {name: Mark(colors[found[name][0]], found[name][1]) for name in names}
