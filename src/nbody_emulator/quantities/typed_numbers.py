"""Numbers as they are typed, with or without a unit, taken into the unit that is wanted."""

import math
import re
from difflib import get_close_matches
from typing import NamedTuple

from nbody_emulator.arrays import SOLAR_MASS_IN_KG
from nbody_emulator.settings.error import refuse, shown
from nbody_emulator.units import KM_PER_S_IN_PC_PER_MYR, LENGTH_IN_PC, TIME_IN_MYR

_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*")
_FACTOR = re.compile(r"([A-Za-z]+)(?:\^|\*\*)?(-?\d+)?")
_COMMA = re.compile(r",\d")

_SECOND = 1e-6 / (365.25 * 86_400.0)
"""In Myr."""
_KM = KM_PER_S_IN_PC_PER_MYR * _SECOND
"""In pc."""
_LIGHT_YEAR = 299_792.458 * KM_PER_S_IN_PC_PER_MYR * 1e-6

LENGTHS = {**LENGTH_IN_PC, "au": LENGTH_IN_PC["AU"], "Mpc": 1e6, "lyr": _LIGHT_YEAR, "km": _KM}
LENGTHS |= {"m": 1e-3 * _KM, "cm": 1e-5 * _KM}
TIMES = {**TIME_IN_MYR, "kyr": 1e-3, "Gyr": 1e3, "s": _SECOND}
MASSES = {"Msun": 1.0, "kg": 1.0 / SOLAR_MASS_IN_KG, "g": 1e-3 / SOLAR_MASS_IN_KG}


class Unit(NamedTuple):
    """A product of units: the factor that takes it to Msun, pc and Myr, and its powers of length, time and mass."""

    factor: float
    powers: tuple[int, int, int]

    def times(self, other: "Unit", power: int) -> "Unit":
        """The product with a power of another."""
        length, time, mass = (own + power * each for own, each in zip(self.powers, other.powers, strict=True))
        return Unit(self.factor * other.factor**power, (length, time, mass))


_NONE = Unit(1.0, (0, 0, 0))
_KNOWN = {
    **{name: Unit(factor, (1, 0, 0)) for name, factor in LENGTHS.items()},
    **{name: Unit(factor, (0, 1, 0)) for name, factor in TIMES.items()},
    **{name: Unit(factor, (0, 0, 1)) for name, factor in MASSES.items()},
}
_DIMENSIONS = {
    (0, 0, 0): "a number without dimension",
    (1, 0, 0): "a length",
    (0, 1, 0): "a time",
    (0, 0, 1): "a mass",
    (1, -1, 0): "a speed",
    (2, -2, 1): "an energy",
}


def number(key: str, typed: str, unit: str) -> float:
    """The number that was typed for `key`, in `unit`; bare numbers are in it already.

    Args:
        unit: as in "pc" or "km/s"; "1" for what has no dimension.

    Raises:
        ConfigurationError: it is no finite number, or its unit is unknown or of another dimension.
    """
    match = _NUMBER.fullmatch(typed)
    if match is None or not math.isfinite(float(match[1])):
        refuse(key, f"{shown(typed)} is no number", f"write one{_in(unit)}, such as {_example(unit)}")
    if _COMMA.match(match[2]):
        refuse(
            key,
            f"{shown(typed)} has a comma",
            f"write {typed.replace(',', '.', 1).strip()} if it is the decimal point",
        )
    value, given = float(match[1]), match[2]
    return value if given in ("", unit) else value * factor(key, typed, given, unit)


def factor(key: str, typed: str, given: str, wanted: str) -> float:
    """What takes numbers in the unit `given` to the unit `wanted`; `typed` is what is quoted.

    Raises:
        ConfigurationError: the unit is unknown or of another dimension.
    """
    target = unit_of(wanted)
    if target is None:
        refuse(key, f"{shown(typed)} cannot be converted to {wanted}", f"write the bare number, in {wanted}")
    found = unit_of(given)
    if found is None:
        close = get_close_matches(given, _alike(target), n=1)
        meant = f"did you mean {close[0]}?" if close else f"write it{_in(wanted)}{_or_in(target, wanted)}"
        refuse(key, f"{given!r} in {shown(typed)} is no unit known here", meant)
    if found.powers != target.powers:
        remedy = "write it bare" if wanted == "1" else f"write it{_in(wanted)}{_or_in(target, wanted)}"
        refuse(key, f"{shown(typed)} is {_dimension(found)}, not {_dimension(target)}", remedy)
    return found.factor / target.factor


def unit_of(text: str) -> Unit | None:
    """What a text such as `km/s`, `pc Myr-1` or `Msun*pc^2/Myr^2` stands for; None where that is not known."""
    product, sign = _NONE, 1
    for part in re.findall(r"/|[^\s/*]+(?:\*\*-?\d+)?", text):
        if part == "/":
            sign = -1
            continue
        match = _FACTOR.fullmatch(part)
        if part != "1" and (match is None or match[1] not in _KNOWN):
            return None
        if match is not None:
            product = product.times(_KNOWN[match[1]], sign * int(match[2] or 1))
        sign = 1
    return product


def _alike(unit: Unit) -> list[str]:
    return [name for name, each in _KNOWN.items() if each.powers == unit.powers]


def _dimension(unit: Unit) -> str:
    return _DIMENSIONS.get(unit.powers, "of another dimension")


def _in(unit: str) -> str:
    return "" if unit == "1" else f" in {unit}"


def _or_in(unit: Unit, wanted: str) -> str:
    others = [name for name in _alike(unit) if name != wanted]
    return f" ({', '.join(others)} will do too)" if others else ""


def _example(unit: str) -> str:
    return "1.5" if unit == "1" else f"1.5{unit}" if " " not in unit else f"'1.5 {unit}'"
