"""A stochastic simulator of ten lines: an epidemic in a town, day by day (Reed-Frost chain binomials)."""

import numpy as np


def simulate(contacts: float, recovery_days: float, seed: int) -> dict[str, float | None]:
    """Share of the town that falls ill, and the day of the peak; an outbreak that dies out at once has no peak."""
    random = np.random.default_rng(seed)
    people, infected = 1000, 5
    susceptible, course = people - infected, [infected]
    while infected:
        caught = random.binomial(susceptible, -np.expm1(-contacts * infected / people))
        susceptible, infected = susceptible - caught, infected + caught
        infected -= random.binomial(infected, -np.expm1(-1.0 / recovery_days))
        course.append(infected)
    spread = max(course) >= 20
    return {"ill": 1.0 - susceptible / people, "peak_day": float(np.argmax(course)) if spread else None}
