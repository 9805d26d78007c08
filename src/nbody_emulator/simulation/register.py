"""The methods a configuration may name: one line adds one."""

from collections.abc import Mapping
from typing import NamedTuple

from nbody_emulator.settings.register import Entry, Register

_ROOM = "nbody_emulator.simulation"

PROFILES: Register[None] = Register(
    "profile",
    {
        "plummer": f"{_ROOM}.profiles.plummer:Plummer",
        "king": f"{_ROOM}.profiles.king:King",
        "uniform_sphere": f"{_ROOM}.profiles.uniform_sphere:UniformSphere",
    },
)

GIVEN_STARS: Register[None] = Register(
    "source of stars that are there already", {"files": f"{_ROOM}.stars_in_files:StarsInFiles"}
)

MASS_FUNCTIONS: Register[None] = Register(
    "mass function",
    {
        "equal": f"{_ROOM}.mass_functions.equal:Equal",
        "kroupa": f"{_ROOM}.mass_functions.kroupa:Kroupa",
        "salpeter": f"{_ROOM}.mass_functions.salpeter:Salpeter",
    },
)

GALAXIES: Register[None] = Register(
    "galaxy",
    {
        "flat_curve": f"{_ROOM}.galaxies.flat_curve:FlatCurve",
        "point_mass": f"{_ROOM}.galaxies.point_mass:PointMass",
    },
)


class IntegratorKeys(NamedTuple):
    """Of `integration`: the keys an integrator needs, each with a value to begin with, and those it may be given."""

    needed: Mapping[str, float]
    optional: tuple[str, ...] = ()


INTEGRATORS = Register(
    "integrator",
    {
        "leapfrog": Entry(f"{_ROOM}.integrators.leapfrog:Leapfrog", IntegratorKeys({"step": 0.005})),
        "hermite4": Entry(
            f"{_ROOM}.integrators.hermite4:Hermite4",
            IntegratorKeys({"accuracy": 0.02, "longest_step": 0.125}, ("step_floor", "corrector_passes")),
        ),
        "block_hermite4": Entry(
            f"{_ROOM}.integrators.block_hermite4:BlockHermite4",
            IntegratorKeys({"accuracy": 0.01, "longest_step": 0.125}, ("step_floor",)),
        ),
    },
)
