"""Whole clusters: a cold sphere collapses in its free-fall time, and equilibria stay what they are."""

import numpy as np
import pytest

from nbody_emulator.simulation import integrate
from nbody_emulator.simulation.initial_conditions import draw, measure_virial_ratio
from nbody_emulator.units import GRAVITATIONAL_CONSTANT

MASS_FUNCTION = {"function": "equal", "mass": 1.0}


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


def test_a_cold_uniform_sphere_collapses_in_its_free_fall_time():
    # t_ff = (pi / 2) (R^3 / (2 G M))^(1/2): the half-mass radius is smallest then, to the 5 % that the grains of a
    # sphere of N stars (Aarseth, Lin & Papaloizou 1988) and 40 snapshots in that time leave.
    stars, softening = 512, 0.02
    (masses, positions, velocities), crossing_time = start(
        stars, 1, virial_ratio=1e-6, softening=softening, profile="uniform_sphere"
    )
    free_fall = 0.5 * np.pi * np.sqrt(0.5) * crossing_time
    times = np.linspace(0.0, 1.5, 61) * free_fall
    run = integrate(masses, positions, velocities, times, softening=softening, step=2e-3 * crossing_time)
    half_mass_radii = np.median(np.linalg.norm(run.positions, axis=2), axis=1)
    assert times[np.argmin(half_mass_radii)] == pytest.approx(free_fall, rel=0.05)
    # It bounces at about N^(-1/3) of its size.
    assert 0.3 < np.min(half_mass_radii) * stars ** (1.0 / 3.0) < 3.0


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
        drifts.append(
            np.quantile(radii[5:], [0.3, 0.5, 0.7], axis=1).mean(axis=1)
            / np.quantile(radii[0], [0.3, 0.5, 0.7])
        )
        ratios.append(
            np.mean(
                [
                    measure_virial_ratio(conditions.masses, positions, velocities, softening)
                    for positions, velocities in zip(run.positions, run.velocities, strict=True)
                ]
            )
        )
    assert np.mean(ratios) == pytest.approx(1.0, abs=3.0 / np.sqrt(stars * samples))
    # The start is one draw of the profile, with a relative error of c / sqrt(N), c = 0.9 at the half-mass radius
    # and about 1 at the others; four of these.
    np.testing.assert_allclose(np.mean(drifts, axis=0), 1.0, atol=4.0 / np.sqrt(stars * samples))
