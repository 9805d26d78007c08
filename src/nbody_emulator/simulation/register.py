"""The methods a configuration may name: one line adds one."""

from nbody_emulator.register import Register

_ROOM = "nbody_emulator.simulation"

PROFILES = Register("profile", {"plummer": f"{_ROOM}.profiles.plummer:sample"})

MASS_FUNCTIONS = Register(
    "mass function",
    {
        "equal": f"{_ROOM}.mass_functions.equal:sample",
        "kroupa": f"{_ROOM}.mass_functions.kroupa:sample",
        "salpeter": f"{_ROOM}.mass_functions.salpeter:sample",
    },
)

INTEGRATORS = Register(
    "integrator",
    {
        "leapfrog": f"{_ROOM}.integrators.leapfrog:Leapfrog",
        "hermite4": f"{_ROOM}.integrators.hermite4:Hermite4",
        "block_hermite4": f"{_ROOM}.integrators.block_hermite4:BlockHermite4",
    },
)
