"""The shapes of arrays, by the field's own words for what they hold.

In a compiled program the vectors of stars are three rows, (3, N), see `gravity`. Outside of it, where they come from
people and go to files, they are three columns, (N, 3).
"""

from nbody_emulator import double_precision  # isort: skip # noqa: F401

import numpy as np
from jaxtyping import Array, Bool, Float, Int

Number = Float[Array, ""]
Count = Int[Array, ""]
Truth = Bool[Array, ""]
NumberLike = Number | float
"""One, of a whole run or of one star; the last may come from people, and be no array yet."""

Masses = Float[Array, " stars"]
Times = Float[Array, " stars"]
Radii = Float[Array, " stars"]
PerStar = Float[Array, " stars"]
"""A number for each star: [Msun], [Myr] of a moment or an interval, [pc], and any other."""

StarNumbers = Int[Array, " stars"]
Present = Bool[Array, " stars"]
Chosen = Bool[Array, " stars"]
"""Of each star its number, in the order in which they were given; whether a slot holds one, and whether it is meant."""

Positions = Float[Array, "3 stars"]
Velocities = Float[Array, "3 stars"]
Accelerations = Float[Array, "3 stars"]
Jerks = Float[Array, "3 stars"]
Vectors = Float[Array, "3 stars"]
"""A vector for each star, in pc and Myr; the last is any of these, or a further rate of change."""

Vector = Float[Array, "3"]
Matrix = Float[Array, "3 3"]
"""Of space."""

Rows = Float[Array, "rows sources"]
Targets = Float[Array, "rows targets"]
Pairs = Float[Array, "sources targets"]
Sums = Float[Array, "*rows targets"]
"""What is known of the stars that pull, the sources, and of those pulled, the targets; a number for each pair; and what
all sources come to for a target."""

Held = Array | np.ndarray
"""JAX's in a compiled program, numpy's outside of it; there with a leading axis where it is of many runs."""

RunNumber = Float[Held, "*runs"]
RunCount = Int[Held, "*runs"]
RunTruth = Bool[Held, "*runs"]
"""One of each run."""

Energies = Float[Held, "*runs times"]
MergerCounts = Int[Held, "*runs times"]
MassesInTime = Float[Held, "*runs times stars"]
PositionsInTime = Float[Held, "*runs times stars 3"]
VelocitiesInTime = Float[Held, "*runs times stars 3"]
"""At every time at which the state is kept."""

EventNumbers = Float[Held, "*runs events"]
EventStars = Int[Held, "*runs events"]
EventPositions = Float[Held, "*runs events 3"]
"""Of every merger."""

MassColumn = Float[np.ndarray, "*runs stars"]
PresentColumn = Bool[np.ndarray, "*runs stars"]
PositionColumns = Float[np.ndarray, "*runs stars 3"]
VelocityColumns = Float[np.ndarray, "*runs stars 3"]
Columns = Float[np.ndarray, "*runs stars 3"]
TimeColumn = Float[np.ndarray, "*runs times"]
"""As people give them, of one run or of many."""
