"""When the states of a run are kept."""

TOLERANCE = 1e-6
"""How far the time asked for may be from a snapshot's, in durations: a person writes 1/3 with some six digits."""
