"""King's model in equilibrium: an isothermal sphere lowered to zero at the tidal radius.

The distribution function is exp(-E / s^2) - 1 for bound stars, E counted from the tidal radius. With the depth
W = -E(v = 0) / s^2 and radii in King's core radius r_0 = (9 s^2 / (4 pi G rho_0))^(1/2), which is the scale
radius here, Poisson's equation reads

    (1 / x^2) d/dx (x^2 dW/dx) = -9 rho(W) / rho(W_0),    W(0) = W_0,

rho(W) = exp(W) erf(sqrt(W)) - (4 W / pi)^(1/2) (1 + 2 W / 3), to the radius where W vanishes.

Source: King (1966), AJ 71, 64; Binney & Tremaine (2008), section 4.3.3c.
"""

from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np

from nbody_emulator.settings.section import setting
from nbody_emulator.simulation.profiles.isotropy import directions
from nbody_emulator.simulation.profiles.profile import AbstractProfile

INNERMOST = 1e-3
"""Radius in r_0 at which integration starts, on the series W = W_0 - 3/2 x^2; the next term is x^4."""

FARTHEST = 1e6
"""Radius in r_0 that no model with a depth in the schema's range reaches."""

RADII = 4000
"""Places at which the enclosed mass is tabulated, evenly spaced in ln x: interpolation errs by 1e-9 or less."""

BISECTIONS = 50
"""Halvings of the interval in which a star's speed is sought: to 1e-15 of the escape speed."""


class Model(NamedTuple):
    """A solved model at radii (R,) in r_0, ascending to the tidal radius.

    Attributes:
        radii: x, the first being 0.
        depths: W there.
        masses: -x^2 dW/dx there, which is G M(<r) / (r_0 s^2).
    """

    radii: np.ndarray
    depths: np.ndarray
    masses: np.ndarray


class King(AbstractProfile):
    """The scale radius is the core radius r_0."""

    meaning: ClassVar = "King's model"

    king_depth: float = setting(
        ..., "Depth W0 of the potential, which the profile needs; here or among the parameters", ge=0.5, le=16
    )

    def sample(self, stars: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        from scipy.interpolate import PchipInterpolator

        model = solve(self.king_depth)
        # The cube root of the mass is linear in the radius at the centre, as an interpolation wants it.
        roots = np.cbrt(model.masses / model.masses[-1])
        radii = PchipInterpolator(roots, model.radii)(np.cbrt(generator.random(stars)))
        depths = PchipInterpolator(model.radii, model.depths)(radii)
        speeds = _speeds(depths, generator.random(stars)) / np.sqrt(model.masses[-1])
        positions = radii[:, None] * directions(stars, generator)
        return positions, speeds[:, None] * directions(stars, generator)


@lru_cache(maxsize=1)
def solve(king_depth: float) -> Model:
    """The model of this depth, its potential to about 1e-10."""
    from scipy.integrate import solve_ivp

    start = [king_depth - 1.5 * INNERMOST**2, 3.0 * INNERMOST**3]
    solution = solve_ivp(
        _derivatives,
        (INNERMOST, FARTHEST),
        start,
        method="DOP853",
        args=(density(king_depth),),
        events=_edge,
        rtol=1e-11,
        atol=1e-14,
        dense_output=True,
    )
    radii = np.geomspace(INNERMOST, solution.t[-1], RADII)
    depths, masses = solution.sol(radii)
    depths[-1] = 0.0  # a rounding's worth below zero has no speed
    at_center = (0.0, king_depth, 0.0)
    tables = (radii, depths, masses)
    return Model(*(np.append(first, rest) for first, rest in zip(at_center, tables, strict=True)))


def density(depths: np.ndarray | float) -> np.ndarray:
    """rho(W), up to a constant, of depths W (...,); zero beyond the edge."""
    from scipy.special import erf

    depths = np.maximum(depths, 0.0)
    return np.exp(depths) * erf(np.sqrt(depths)) - np.sqrt(4.0 * depths / np.pi) * (1.0 + 2.0 / 3.0 * depths)


def _derivatives(radius: float, state: np.ndarray, central_density: float) -> list[float]:
    """d/dx of (W, -x^2 dW/dx)."""
    depth, mass = state
    return [-mass / radius**2, 9.0 * radius**2 * density(depth) / central_density]


def _edge(radius: float, state: np.ndarray, central_density: float) -> float:
    """Zero at the tidal radius, where integration ends."""
    del radius, central_density
    return state[0]


_edge.terminal = True  # type: ignore[attr-defined] # where SciPy looks for it


def _speeds(depths: np.ndarray, fractions: np.ndarray) -> np.ndarray:
    """Speeds (N,) in s that these fractions of the stars at depths W (N,) stay below.

    Of the stars at one depth, those slower than u are in proportion to the integral of v^2 (exp(W - v^2/2) - 1),

        exp(W) ((pi / 2)^(1/2) erf(u / 2^(1/2)) - u exp(-u^2 / 2)) - u^3 / 3.
    """
    from scipy.special import erf

    def slower(speeds: np.ndarray) -> np.ndarray:
        maxwellian = np.sqrt(np.pi / 2.0) * erf(speeds / np.sqrt(2.0)) - speeds * np.exp(-0.5 * speeds**2)
        return np.exp(depths) * maxwellian - speeds**3 / 3.0

    low, high = np.zeros_like(depths), np.sqrt(2.0 * depths)
    wanted = fractions * slower(high)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        below = slower(middle) < wanted
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return 0.5 * (low + high)
