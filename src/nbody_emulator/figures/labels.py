"""Names as a reader of the figures knows them; a name unknown here is shown with its underscores opened."""

import re
import textwrap
from collections.abc import Iterable

from nbody_emulator.emulators.register import label_of

OUTPUTS = {
    "f_bound": r"$f_\mathrm{bound}$",
    "sigma_v": r"$\sigma_v$",
    "r_h": r"$r_\mathrm{h}$",
    "r_core": r"$r_\mathrm{core}$",
    "t_rh": r"$t_\mathrm{rh}$",
    "msr": r"$\Lambda_\mathrm{MSR}$",
}
PARAMETERS = {
    "galactocentric_radius": "orbital radius",
    "softening_spacing_fraction": "softening over spacing",
}
SYMBOLS = {"virial_ratio": "$2K/|W|$", "king_depth": "$W_0$", "stars": "$N$"}

LINE = 12
"""Names longer than this many characters go on over the next line: panels are narrow."""

LETTER_INCHES = 0.085
"""What a letter of an axis label takes on average, with the margins of its panel."""

SQUARED = "[transformed units$^2$]"


def family(name: str) -> str:
    """A family as a legend names it."""
    return label_of(name)


def narrow_family(name: str) -> str:
    """The same on lines short enough for the title of a small panel."""
    return narrow(family(name))


def narrow(text: str, line: int = LINE) -> str:
    """The text on lines short enough for the ticks of a small panel."""
    return textwrap.fill(text, line)


def output(name: str) -> str:
    """An output as a panel's title names it."""
    return OUTPUTS.get(name, textwrap.fill(opened(name), LINE))


def quantity(column: str) -> str:
    """A column such as `scale_radius [pc]` as an axis label; the unit stays."""
    name, bracket, unit = column.partition(" [")
    words = f"{short_quantity(name)} {SYMBOLS.get(name, '')}".rstrip()
    return f"{words} [{_unit(unit.removesuffix(']'))}]" if bracket else words


def short_quantity(column: str) -> str:
    """The same without unit and symbols, for places where a line is short."""
    name = column.partition(" [")[0]
    return PARAMETERS.get(name, opened(name))


def value_with_unit(name: str, units: Iterable) -> str:
    """An output's axis label: its symbol, and its unit (the first of `units`) unless it has none."""
    unit = next((str(unit) for unit in units), "1")
    return output(name) if unit in ("1", "nan", "") else f"{output(name)} [{_unit(unit)}]"


def wrapped(text: str, inches: float) -> str:
    """A label on lines short enough for a panel of this width."""
    return textwrap.fill(text, max(LINE, int(inches / LETTER_INCHES)))


def opened(name: str) -> str:
    """An identifier as words."""
    return name.replace("_", " ")


def _unit(unit: str) -> str:
    """`pc Myr-1` with its power raised."""
    return re.sub(r"(?<=[A-Za-z])(-?\d+)", r"$^{\1}$", unit)
