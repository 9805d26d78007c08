"""Whole clusters: a cold sphere collapses in its free-fall time, and equilibria stay what they are."""

import numpy as np
import pytest

from nbody_emulator.simulation import integrate
from nbody_emulator.simulation.initial_conditions import draw, measure_virial_ratio
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

MASS_FUNCTION = {"function": "equal", "mass": 1.0}
STARS, SAMPLES = 512, 4  # of the collapses
FRACTIONS = (0.3, 0.5, 0.7)  # of the mass, whose radii an equilibrium keeps


def start(stars: int, seed: int, *, virial_ratio: float, softening: float, **profile):
    """Equal stars of 1 Msun with a scale radius of 1 pc, and the crossing time [Myr]."""
    cluster = {"stars": stars, "masses": MASS_FUNCTION, **profile}
    conditions = draw(
        cluster,
        scale_radius=1.0,
        virial_ratio=virial_ratio,
        softening=softening,
        generator=np.random.default_rng(seed),
    )
    return conditions, np.sqrt(1.0 / (GRAVITATIONAL_CONSTANT * stars))


@pytest.fixture(scope="module")
def collapses():
    """Times in free-fall times (T,) and half-mass radii (S, T) [pc] of cold spheres, t_ff^2 = pi^2 R^3 / (8 G M)."""
    softening, times, radii = 0.02, np.linspace(0.0, 1.2, 97), []
    for seed in range(SAMPLES):
        conditions, unit = start(
            STARS, seed, virial_ratio=1e-6, softening=softening, profile="uniform_sphere"
        )
        free_fall = 0.5 * np.pi * np.sqrt(0.5) * unit
        run = integrate(*conditions, times * free_fall, softening=softening, step=4e-3 * unit)
        radii.append(np.median(np.linalg.norm(run.positions, axis=2), axis=1))
    return times, np.array(radii)


def test_a_cold_uniform_sphere_falls_freely(collapses):
    # r = r_0 cos^2(s) with s + sin(2 s) / 2 = (pi / 2) t / t_ff, the same for every shell.
    times, radii = collapses
    shrinking = np.mean(radii / radii[:, :1], axis=0)
    angles = np.linspace(0.0, 0.5 * np.pi, 1001)
    free_fall = (angles + 0.5 * np.sin(2.0 * angles)) / (0.5 * np.pi)
    expected = np.interp(times, free_fall, np.cos(angles) ** 2)
    # The sphere's own grains pull a shell about by 1 to 3 % in each of four samples.
    early = times <= 0.7
    np.testing.assert_allclose(shrinking[early], expected[early], rtol=0.02)


def test_a_cold_uniform_sphere_bounces_after_its_free_fall_time(collapses):
    times, radii = collapses
    # Later by a few percent, the grains having scattered the shells.
    assert np.mean(times[np.argmin(radii, axis=1)]) == pytest.approx(1.0, abs=0.05)
    # At about N^(-1/3) of its size (Aarseth, Lin & Papaloizou 1988).
    smallest = np.min(radii, axis=1) * STARS ** (1.0 / 3.0)
    assert np.all((smallest > 0.4) & (smallest < 1.2))


@pytest.mark.parametrize(
    "profile", [{"profile": "plummer"}, {"profile": "king", "king_depth": 6.0}], ids=["plummer", "king"]
)
def test_an_equilibrium_lasts_for_five_crossing_times(profile):
    # In t_cr = 2 sqrt(2) of Henon's units; virial radii are 16 / (3 pi) a and 3.29281 r_0.
    stars, samples, softening = 256, 4, 0.05
    virial_radius = {"plummer": 16.0 / (3.0 * np.pi), "king": 3.29281}[profile["profile"]]
    drifts, ratios = [], []
    for seed in range(samples):
        conditions, unit = start(stars, seed, virial_ratio=1.0, softening=softening, **profile)
        crossing_time = 2.0 * np.sqrt(2.0) * virial_radius**1.5 * unit
        times = np.linspace(0.0, 5.0, 11) * crossing_time
        run = integrate(*conditions, times, softening=softening, step=0.01 * unit)
        radii = np.linalg.norm(run.positions, axis=2)
        inside = np.quantile(radii, FRACTIONS, axis=1)
        drifts.append(np.mean(inside[:, 5:], axis=1) / inside[:, 0])
        states = zip(run.positions, run.velocities, strict=True)
        ratios += [measure_virial_ratio(conditions.masses, *state, softening) for state in states]
    assert np.mean(ratios) == pytest.approx(1.0, abs=3.0 / np.sqrt(stars * samples))
    # The start is one draw of the profile, with a relative error of c / sqrt(N), c = 0.9 at the half-mass radius
    # and about 1 at the others; four of these.
    np.testing.assert_allclose(np.mean(drifts, axis=0), 1.0, atol=4.0 / np.sqrt(stars * samples))
