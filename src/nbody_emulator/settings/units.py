"""The section `units`."""

from typing import Literal

from nbody_emulator.settings.section import Section, setting


class Units(Section):
    """Units in which this file, the summaries and the figures are written; masses are in Msun, rotation speeds in km/s,
    galactocentric radii in kpc whatever stands here.
    """

    length: Literal["pc", "AU", "kpc"] = setting("pc", "Unit of lengths")
    time: Literal["Myr", "yr"] = setting("Myr", "Unit of times")
