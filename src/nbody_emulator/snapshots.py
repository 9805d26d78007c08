"""How near to a snapshot an output is read."""

TOLERANCE = 1e-6
"""How far, as a share of the duration, the two may be apart: a person writes 1/3 with some six digits."""
