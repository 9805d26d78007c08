"""The section `integration`.

Integrators have no sections of their own, as other methods do: what a step or an accuracy is called is the same for all
of them, and their files import JAX, which no configuration waits for. Which keys one needs, and which it may be given,
stands in its entry in `simulation/register.py`; a key that none has yet is declared here.
"""

from typing import Any

from nbody_emulator.settings.section import Maybe, Section, setting

CLOCK = 2.0**-40
"""The shortest step that a clock which also takes the longest can count, as a share of it."""


class Integration(Section):
    """How the equations of motion are solved."""

    integrator: str = setting(
        "block_hermite4",
        "Integrator: one step for all of fixed length, one that adapts, or one for every star",
    )
    step: Maybe[float] = setting(
        None, "Time step of the first attempt; the leapfrog's", "crossing time", ge=1e-6, le=0.1
    )
    accuracy: Maybe[float] = setting(
        None,
        "Aarseth's accuracy parameter eta of the first attempt, which chooses the steps; of the Hermite schemes",
        ge=1e-6,
        le=1,
    )
    longest_step: Maybe[float] = setting(
        None,
        "Longest step, rounded down to a power of two Myr, and the longest time between audits; of the Hermite schemes",
        "crossing time",
        ge=1e-6,
        le=1,
    )
    step_floor: Maybe[float] = setting(
        None,
        "Shortest step, rounded down to a power of two Myr; steps that should be shorter are counted. 0, or left out: "
        "2^-24 of the longest",
        "crossing time",
        ge=0,
        le=1,
    )
    corrector_passes: Maybe[int] = setting(
        None, "How often a step of hermite4 is corrected; left out: once", ge=1, le=8
    )
    energy_tolerance: float = setting(
        1e-5,
        "A run whose energy error max|dE_J| / (K0 + |W0|) is above this is repeated at half the step, or half the "
        "accuracy parameter",
        gt=0,
        le=1,
    )
    most_steps: int = setting(
        10_000_000,
        "A run that takes so many steps is given up and flagged, so that none can hang; those of laptop take some "
        "thousands",
        ge=1000,
        le=1_000_000_000_000,
    )
    halvings: int = setting(
        5, "How many times at most the step, or the accuracy parameter, is halved", ge=0, le=8
    )
    unusable_above: float = setting(
        1e-2, "A run whose energy error stays above this is flagged as unusable", gt=0, le=1
    )
    batch_width: int = setting(
        1,
        "Runs integrated side by side by leapfrog and hermite4: 1 suits a CPU, 64 or more is meant for a GPU; "
        "block_hermite4 takes one after another, leave 1; changes the last bits, hence part of the identity",
        ge=1,
        le=65536,
    )

    def of(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Those of an integrator's settings that are given."""
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}
