"""Plummer spheres and mass functions against their closed forms and tabulated moments."""

import numpy as np
import pytest
from scipy import integrate as quadrature
from scipy import stats

from nbody_emulator.simulation.initial_conditions import centered, draw, measure_virial_ratio
from nbody_emulator.simulation.register import MASS_FUNCTIONS, PROFILES

STARS = 200_000
WORST = 4.0  # standard errors: a right sampler fails one such check in 16,000, and the seeds are fixed
LEAST_P_VALUE = 1e-3  # of Kolmogorov-Smirnov tests, at fixed seeds


@pytest.fixture(scope="module")
def plummer():
    """Positions, velocities, radii and speeds over the escape speed of a large sphere."""
    positions, velocities = PROFILES.load("plummer")().sample(STARS, np.random.default_rng(1))
    radii = np.linalg.norm(positions, axis=1)
    escape_speeds = np.sqrt(2.0) * (1.0 + radii**2) ** -0.25
    return positions, velocities, radii, np.linalg.norm(velocities, axis=1) / escape_speeds


@pytest.mark.parametrize(
    ("fraction", "radius", "spread"),
    [(0.1, 0.5240281, 1.275), (0.5, 1.3047660, 0.901), (0.9, 3.7071128, 1.638)],
)
def test_plummer_radii_enclose_their_masses(plummer, fraction, radius, spread):
    # The relative error of a sample's quantile is spread / sqrt(N).
    measured = np.quantile(plummer[2], fraction)
    assert abs(measured / radius - 1.0) < WORST * spread / np.sqrt(STARS)


def test_plummer_radii_follow_the_enclosed_mass(plummer):
    radii = plummer[2]
    assert stats.kstest(radii**3 * (1.0 + radii**2) ** -1.5, "uniform").pvalue > LEAST_P_VALUE


def test_plummer_speeds_have_the_moments_of_the_distribution_function(plummer):
    q = plummer[3]
    assert abs(np.mean(q) - 0.4703453) < WORST * np.std(q) / np.sqrt(STARS)
    assert abs(np.mean(q**2) - 0.25) < WORST * np.std(q**2) / np.sqrt(STARS)
    assert np.max(q) < 1.0


def test_plummer_speeds_follow_the_distribution_function(plummer):
    # The density of q = v / v_escape, summed on a grid: no Beta function, as the sampler uses.
    grid = np.linspace(0.0, 1.0, 4001)
    cumulative = quadrature.cumulative_simpson(grid**2 * (1.0 - grid**2) ** 3.5, x=grid, initial=0.0)
    uniform = np.interp(plummer[3], grid, cumulative / cumulative[-1])
    assert stats.kstest(uniform, "uniform").pvalue > LEAST_P_VALUE


def test_plummer_dispersion_falls_with_radius_as_jeans_demands(plummer):
    _, velocities, radii, _ = plummer
    expected = (1.0 + radii**2) ** -0.5 / 6.0
    scaled = np.mean(velocities**2, axis=1) / expected
    for low, high in [(0.0, 0.5), (0.5, 1.5), (1.5, 4.0), (4.0, np.inf)]:
        inside = scaled[(radii >= low) & (radii < high)]
        assert abs(np.mean(inside) - 1.0) < WORST * np.std(inside) / np.sqrt(inside.size)


def test_plummer_directions_are_isotropic(plummer):
    positions, velocities, radii, _ = plummer
    speeds = np.linalg.norm(velocities, axis=1)
    along = np.sum(positions * velocities, axis=1) / (radii * speeds)
    cosines = [*(positions / radii[:, None]).T, *(velocities / speeds[:, None]).T, along]
    for cosine in cosines:
        # A uniform cosine has mean 0 and variance 1/3, its square mean 1/3 and variance 4/45.
        assert abs(np.mean(cosine)) < WORST * np.sqrt(1.0 / 3.0 / STARS)
        assert abs(np.mean(cosine**2) - 1.0 / 3.0) < WORST * np.sqrt(4.0 / 45.0 / STARS)
        assert stats.kstest(cosine, stats.uniform(-1.0, 2.0).cdf).pvalue > LEAST_P_VALUE


@pytest.mark.parametrize(
    ("function", "minimum", "maximum", "mean", "median"),
    [
        ("kroupa", 0.08, 100.0, 0.57386, 0.23691),
        ("kroupa", 0.08, 150.0, 0.58593, None),
        ("kroupa", 0.01, 150.0, 0.38377, None),
        ("salpeter", 0.1, 100.0, 0.35137, 0.16709),
    ],
)
def test_mass_functions_have_their_means(function, minimum, maximum, mean, median):
    masses = _draw_masses(function, minimum, maximum)
    assert abs(np.mean(masses) - mean) < WORST * np.std(masses) / np.sqrt(STARS)
    assert minimum <= np.min(masses) and np.max(masses) <= maximum
    if median:
        below = np.mean(masses < median)
        assert abs(below - 0.5) < WORST * 0.5 / np.sqrt(STARS)


@pytest.mark.parametrize(
    ("function", "minimum", "maximum", "density"),
    [
        ("kroupa", 0.08, 50.0, lambda m: np.where(m < 0.5, m**-1.3, 0.5 * m**-2.3)),
        ("kroupa", 0.01, 1.0, lambda m: _three_pieces(m)),
        ("kroupa", 0.6, 20.0, lambda m: m**-2.3),
        ("salpeter", 0.1, 100.0, lambda m: m**-2.35),
    ],
)
def test_mass_functions_follow_their_densities(function, minimum, maximum, density):
    # Summed in ln m, where the density is smooth enough for Simpson's rule but for its breaks.
    grid = np.linspace(np.log(minimum), np.log(maximum), 40_001)
    cumulative = quadrature.cumulative_simpson(density(np.exp(grid)) * np.exp(grid), x=grid, initial=0.0)
    masses = _draw_masses(function, minimum, maximum)
    uniform = np.interp(np.log(masses), grid, cumulative / cumulative[-1])
    assert stats.kstest(uniform, "uniform").pvalue > LEAST_P_VALUE


@pytest.mark.parametrize("virial_ratio", [0.2, 1.0, 1.8])
def test_virial_ratio_is_met_and_the_centre_at_rest(virial_ratio):
    settings = {
        "stars": 128,
        "profile": "plummer",
        "masses": {"function": "kroupa", "minimum": 0.08, "maximum": 50.0},
    }
    masses, positions, velocities = draw(
        settings,
        scale_radius=0.7,
        virial_ratio=virial_ratio,
        softening=0.05,
        generator=np.random.default_rng(2),
    )
    # Rounding only: sums of 128 terms and 8128 pairs.
    assert measure_virial_ratio(masses, positions, velocities, 0.05) == pytest.approx(virial_ratio, rel=1e-13)
    assert np.max(np.abs(np.average(positions, axis=0, weights=masses))) < 1e-14
    assert np.max(np.abs(np.average(velocities, axis=0, weights=masses))) < 1e-14


def test_centering_moves_the_weighted_mean_alone():
    masses, vectors = np.array([1.0, 3.0]), np.array([[4.0, 0.0, 0.0], [0.0, 4.0, 8.0]])
    np.testing.assert_array_equal(centered(masses, vectors), vectors - [1.0, 3.0, 6.0])


def _three_pieces(m):
    return np.where(m < 0.08, m**-0.3 / 0.08, np.where(m < 0.5, m**-1.3, 0.5 * m**-2.3))


def _draw_masses(function: str, minimum: float, maximum: float) -> np.ndarray:
    masses = MASS_FUNCTIONS.load(function)(minimum=minimum, maximum=maximum)
    return masses.sample(STARS, np.random.default_rng(3))
