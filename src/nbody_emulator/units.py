"""The one internal unit system, Msun, pc and Myr, and the factors at its doors.

Sources: IAU 2015 resolution B3 (nominal solar mass parameter), IAU 2012 resolution B2 (astronomical unit).
"""

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbody_emulator.settings.units import Units

_SOLAR_MASS_PARAMETER_M3_S2 = 1.3271244e20
_ASTRONOMICAL_UNIT_M = 149_597_870_700.0
_PARSEC_M = _ASTRONOMICAL_UNIT_M * 648_000.0 / math.pi
_MEGAYEAR_S = 1e6 * 365.25 * 86_400.0

GRAVITATIONAL_CONSTANT = _SOLAR_MASS_PARAMETER_M3_S2 * _MEGAYEAR_S**2 / _PARSEC_M**3
"""Newton's constant in pc^3 Msun^-1 Myr^-2."""

KM_PER_S_IN_PC_PER_MYR = 1e3 * _MEGAYEAR_S / _PARSEC_M
"""One km/s in pc/Myr."""

LENGTH_IN_PC = {"pc": 1.0, "AU": _ASTRONOMICAL_UNIT_M / _PARSEC_M, "kpc": 1000.0}
"""Lengths a configuration may be written in, in pc."""

TIME_IN_MYR = {"Myr": 1.0, "yr": 1e-6}
"""Times a configuration may be written in, in Myr."""

UDUNITS = {
    "pc": "parsec",
    "kpc": "kiloparsec",
    "AU": "astronomical_unit",
    "Msun": "1.98841e30 kg",
    # Its own Myr has years of 365.2422 days, those here have 365.25.
    "Myr": "megaJulian_year",
    "yr": "Julian_year",
}
"""Units as CF wants them, in words of UDUNITS, which knows nothing of suns."""


def udunits(unit: str) -> str:
    """`unit` (as in "Msun pc2 Myr-2") in words of UDUNITS; what it knows already stays."""
    return re.sub(r"[A-Za-z]+", lambda word: UDUNITS.get(word[0], word[0]), unit)


def conversion(internal: str, units: "Units") -> tuple[str, float]:
    """The unit of a quantity in an experiment's `units` of length and time, and the factor that takes it there.

    Args:
        internal: the quantity's unit in the files, in Msun, pc and Myr.

    Raises:
        KeyError: no statistic has this unit yet.
    """
    length, time = units.length, units.time
    per_length, per_time = 1.0 / LENGTH_IN_PC[length], 1.0 / TIME_IN_MYR[time]
    conversions = {
        "1": ("1", 1.0),
        "Msun": ("Msun", 1.0),
        "pc": (length, per_length),
        "Myr": (time, per_time),
        "pc Myr-1": (f"{length} {time}-1", per_length / per_time),
        "Msun pc2 Myr-2": (f"Msun {length}2 {time}-2", (per_length / per_time) ** 2),
    }
    return conversions[internal]
