"""The methods a configuration may name: one line adds one."""

from nbody_emulator.register import Register

_ROOM = "nbody_emulator.simulation"

PROFILES = Register(
    "profile",
    {
        "plummer": f"{_ROOM}.profiles.plummer:sample",
        "king": f"{_ROOM}.profiles.king:sample",
        "uniform_sphere": f"{_ROOM}.profiles.uniform_sphere:sample",
    },
    keys={"king": ("king_depth",)},
)

MASS_FUNCTIONS = Register(
    "mass function",
    {
        "equal": f"{_ROOM}.mass_functions.equal:sample",
        "kroupa": f"{_ROOM}.mass_functions.kroupa:sample",
        "salpeter": f"{_ROOM}.mass_functions.salpeter:sample",
    },
    keys={"equal": ("mass",), "kroupa": ("minimum", "maximum"), "salpeter": ("minimum", "maximum")},
)

GALAXIES = Register(
    "galaxy",
    {
        "flat_curve": f"{_ROOM}.galaxies.flat_curve:tide",
        "point_mass": f"{_ROOM}.galaxies.point_mass:tide",
    },
    keys={"flat_curve": ("rotation_speed",), "point_mass": ("mass",)},
)

INTEGRATORS = Register(
    "integrator",
    {
        "leapfrog": f"{_ROOM}.integrators.leapfrog:Leapfrog",
        "hermite4": f"{_ROOM}.integrators.hermite4:Hermite4",
        "block_hermite4": f"{_ROOM}.integrators.block_hermite4:BlockHermite4",
    },
)
