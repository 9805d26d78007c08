"""Primordial segregation puts heavy stars inside and leaves the distribution of the mass alone."""

import numpy as np
import pytest
from scipy import stats

from nbody_emulator.simulation import segregation
from nbody_emulator.simulation.register import MASS_FUNCTIONS, PROFILES

STARS, SAMPLES = 2000, 12
WORST = 4.0  # standard errors, at fixed seeds


def place(degree: float, seed: int, profile: str = "plummer", **settings):
    """Masses and radii of one cluster."""
    generator = np.random.default_rng(seed)
    masses = MASS_FUNCTIONS.load("kroupa")(minimum=0.08, maximum=20.0).sample(STARS, generator)
    sample = PROFILES.load(profile)(**settings).sample
    positions, _ = segregation.place(masses, sample, degree, generator)
    return masses, np.linalg.norm(positions, axis=1)


@pytest.mark.parametrize("degree", [0.0, 0.5, 1.0])
def test_the_profile_of_the_mass_stays(degree):
    # Mass inside Plummer's 10, 50 and 90 % radii, mean over clusters against its own scatter.
    radii_of = {0.1: 0.5240281, 0.5: 1.3047660, 0.9: 3.7071128}
    clusters = [place(degree, seed) for seed in range(SAMPLES)]
    for fraction, edge in radii_of.items():
        inside = np.array([np.sum(masses[radii < edge]) / np.sum(masses) for masses, radii in clusters])
        assert abs(np.mean(inside) - fraction) < WORST * np.std(inside, ddof=1) / np.sqrt(SAMPLES)


@pytest.mark.parametrize(
    ("profile", "settings"), [("plummer", {}), ("king", {"king_depth": 6.0}), ("uniform_sphere", {})]
)
def test_heavy_stars_are_inside_the_more_the_higher_the_degree(profile, settings):
    correlations = []
    for degree in (0.0, 0.5, 1.0):
        masses, radii = place(degree, 1, profile, **settings)
        correlations.append(stats.spearmanr(masses, radii).statistic)
    # Ranks of independent numbers correlate by 1/sqrt(N).
    assert abs(correlations[0]) < WORST / np.sqrt(STARS)
    # Least of all in the uniform sphere, whose energies say little about places.
    assert correlations[0] - correlations[1] > 1.0 / np.sqrt(STARS)
    assert correlations[1] - correlations[2] > 1.0 / np.sqrt(STARS)


def test_full_segregation_orders_the_energies():
    # The heaviest stars, with half of the mass together, hold exactly the more bound half of the mass.
    generator = np.random.default_rng(3)
    masses = MASS_FUNCTIONS.load("kroupa")(minimum=0.08, maximum=20.0).sample(STARS, generator)
    positions, velocities = segregation.place(masses, PROFILES.load("plummer")().sample, 1.0, generator)
    radii = np.linalg.norm(positions, axis=1)
    energies = 0.5 * np.sum(velocities**2, axis=1) - (1.0 + radii**2) ** -0.5
    order = np.argsort(-masses)
    # Ranks of neighbours differ by 1/N; the pool's own potential is off by a percent or less.
    assert stats.spearmanr(np.arange(STARS), energies[order]).statistic > 0.999


def test_no_segregation_draws_what_the_profile_draws():
    found = segregation.place(np.ones(10), PROFILES.load("plummer")().sample, 0.0, np.random.default_rng(4))
    expected = PROFILES.load("plummer")().sample(10, np.random.default_rng(4))
    np.testing.assert_array_equal(found, expected)


def test_no_two_stars_share_a_place():
    generator = np.random.default_rng(5)
    positions, _ = segregation.place(np.ones(STARS), PROFILES.load("plummer")().sample, 1.0, generator)
    assert len(np.unique(positions, axis=0)) == STARS


@pytest.mark.parametrize("degree", [0.3, 0.7])
def test_the_degree_is_the_share_of_segregated_stars(degree):
    # The heaviest stars, with half of the mass, are in the more bound half with probability S + (1 - S) / 2.
    generator = np.random.default_rng(6)
    reference = _energies(*PROFILES.load("plummer")().sample(200_000, generator))
    masses = MASS_FUNCTIONS.load("kroupa")(minimum=0.08, maximum=20.0).sample(8 * STARS, generator)
    energies = _energies(*segregation.place(masses, PROFILES.load("plummer")().sample, degree, generator))
    order = np.argsort(-masses)
    heavy = order[np.cumsum(masses[order]) < 0.5 * np.sum(masses)]
    found, expected = np.mean(energies[heavy] < np.median(reference)), 0.5 * (1.0 + degree)
    assert abs(found - expected) < WORST * np.sqrt(expected * (1.0 - expected) / len(heavy))


def _energies(positions: np.ndarray, velocities: np.ndarray) -> np.ndarray:
    """Energies (N,) in Plummer's own potential, G M / a = 1."""
    return 0.5 * np.sum(velocities**2, axis=1) - (1.0 + np.sum(positions**2, axis=1)) ** -0.5
