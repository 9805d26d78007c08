"""One state of a cluster in a file: masses, positions and velocities; one format a file, one door for all of them."""

from nbody_emulator.lazy import exports

__getattr__, __dir__, __all__ = exports(
    __name__,
    {
        "State": "nbody_emulator.states.state",
        "read_stars": "nbody_emulator.states.files",
        "write_stars": "nbody_emulator.states.files",
    },
)
