"""The differentiable run: it is the run, and its gradients are the slopes of what it returns."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from simulation_samples import cluster

from nbody_emulator.simulation import differentiable, evolve, integrate
from nbody_emulator.simulation.tide import Tide

METHODS = (differentiable.leapfrog, differentiable.hermite4)
SOFTENING = 0.3
SPEED = 0.1  # 1/Myr, of the circular orbit


@pytest.mark.parametrize("method", METHODS)
def test_it_is_the_run_of_the_integrator_of_that_name(method):
    stars = cluster(16, softening=SOFTENING)
    given = {"softening": SOFTENING, "tide": Tide(SPEED, 2.0)}
    settings = {"leapfrog": {"step": 2.0**-6}, "hermite4": {"accuracy": 1e9, "longest_step": 2.0**-6}}
    run = integrate(
        *stars, [0.0, 0.5, 1.0, 2.0], integrator=method.__name__, **settings[method.__name__], **given
    )
    positions, velocities = evolve(*map(jnp.asarray, stars), 2.0, steps=128, method=method, **given)
    # Rounding of 128 steps; sums over padded tiles have another order.
    np.testing.assert_allclose(positions, run.positions[-1], atol=1e-12)
    np.testing.assert_allclose(velocities, run.velocities[-1], atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_gradients_are_slopes(method):
    masses, positions, velocities = map(jnp.asarray, cluster(8, softening=SOFTENING))
    direction = jnp.asarray(np.random.default_rng(1).normal(size=(8, 3)))

    @jax.jit
    def outcome(shifts):
        """A number at the end, as a function of shifts of what is given at the start."""
        mass, position, velocity, virial_ratio, softening, speed = shifts
        ends, _ = evolve(
            masses * (1.0 + mass * direction[:, 0]),
            positions + position * direction,
            (velocities + velocity * direction) * jnp.sqrt(1.0 + virial_ratio),
            3.0,
            steps=48,
            softening=SOFTENING + softening,
            tide=Tide(SPEED + speed, 2.0),
            method=method,
        )
        return jnp.sum(ends * direction[::-1]) + jnp.sum(ends**2)

    # A central difference of fourth order: error h^4 = 1e-12 beside rounding of 1e-15 / h.
    h = 1e-3
    near, far = ([outcome(n * h * unit) - outcome(-n * h * unit) for unit in np.eye(6)] for n in (1, 2))
    slopes = (8.0 * np.array(near) - np.array(far)) / (12.0 * h)
    np.testing.assert_allclose(jax.jit(jax.grad(outcome))(jnp.zeros(6)), slopes, rtol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_gradients_are_finite_where_stars_and_tracers_coincide(method):
    masses, positions, velocities = cluster(6, softening=SOFTENING)
    positions[1], velocities[1] = positions[0], velocities[0]
    masses[5], positions[5], velocities[5] = 0.0, positions[4], velocities[4]

    def spread(masses, positions, velocities):
        ends = evolve(
            masses,
            positions,
            velocities,
            1.0,
            steps=8,
            softening=SOFTENING,
            tide=Tide(SPEED, 2.0),
            method=method,
        )
        return sum(jnp.sum(vectors**2) for vectors in ends)

    gradients = jax.jit(jax.grad(spread, argnums=(0, 1, 2)))(
        *map(jnp.asarray, (masses, positions, velocities))
    )
    assert all(np.all(np.isfinite(gradient)) and np.any(gradient != 0.0) for gradient in gradients)
