"""Escape: the star is no longer bound to the cluster."""

from nbody_emulator.fates.fate import Fate

FATE = Fate(
    happening="escapes",
    meaning="it is no member of the bound set, as bound_fraction counts it; one that comes back is not told apart",
    happened=lambda snapshot: ~snapshot.bound,
)
"""A cluster that has dissolved has no bound set: all its stars have escaped."""
