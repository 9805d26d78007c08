"""What no mass, softening or tide can be, of one run or of many."""

from typing import TYPE_CHECKING

import numpy as np

from nbody_emulator.arrays import shown

if TYPE_CHECKING:
    from nbody_emulator.simulation.shapes import MassColumn

STEEPEST_TIDE = 3.0
"""Radial acceleration over Omega^2 x around a point mass; no density that is nowhere negative has more."""


def check_signs(masses: "MassColumn") -> None:
    """Refuse masses below zero, wherever they stand; NaN is no matter of signs."""
    if np.any(masses < 0.0):
        raise ValueError("masses must not be negative")


def check_softening(softening: np.ndarray | float) -> None:
    """Refuse softening lengths without a meaning; one that is NaN spoils its run alone."""
    softening = np.asarray(softening)
    wrong = (softening < 0.0) | np.isinf(softening)
    if np.any(wrong):
        raise ValueError(f"softening must be finite and not negative, not {softening[wrong][0]}")


def check_radial(radial: np.ndarray) -> None:
    """Refuse what no galaxy does: 3 is a point mass, 0 a homogeneous sphere."""
    if np.any((radial < 0.0) | (radial > STEEPEST_TIDE)):
        raise ValueError(
            f"tide.radial must lie between 0 (homogeneous) and {STEEPEST_TIDE:g} (a point mass; 2: a flat rotation "
            f"curve), not {shown(radial)}"
        )
