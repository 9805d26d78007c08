"""An emulator whose outputs are linear in the parameters, with one Gaussian covariance: its posteriors are known."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.emulators.distributions.gaussian import Gaussian
from nbody_emulator.emulators.emulator import Emulator, Metadata
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.identity.seen_points import Seen
from nbody_emulator.quantities.quantity import Output, Parameter

PARAMETERS = tuple(Parameter(name, "1", -1.0, 1.0, "linear") for name in ("a", "b", "c"))
OUTPUTS = (
    Output("bound", "bound", 1.0, "1", "identity", 0.0),
    Output("core", "core", 1.0, "pc", "log", 0.0),
    Output("half", "half", 1.0, "pc", "identity", 0.0),
    Output("speed", "speed", 1.0, "pc/Myr", "identity", 0.0),
)
RESPONSE = np.array([[1.0, 0.2, -0.3], [0.0, 0.8, 0.4], [-0.5, 0.3, 0.9], [0.6, -0.7, 0.2]])
SCALE_TRIL = 0.12 * np.array([[1.0, 0, 0, 0], [0.4, 0.9, 0, 0], [-0.3, 0.2, 0.9, 0], [0.1, -0.5, 0.3, 0.8]])
COVARIANCE = SCALE_TRIL @ SCALE_TRIL.T
SURVIVAL = 1.5
"""Slope of the log odds of survival along the first parameter."""


class LinearGaussian(eqx.Module):
    """Outputs that are linear in the parameters, with one covariance: everything about them is known."""

    parameters: tuple[Parameter, ...] = eqx.field(static=True)
    scale: jax.Array

    def __call__(self, theta):
        distribution = Gaussian(RESPONSE @ theta, self.scale * SCALE_TRIL, jnp.zeros((4, 4)))
        return Outcome(SURVIVAL * theta[0], jnp.array([9.0, theta[1], 9.0, 9.0]), distribution)


def emulator(scale=1.0):
    metadata = Metadata("linear", {}, "none", 0, Seen((), ""), "")
    return Emulator(OUTPUTS, metadata, LinearGaussian(PARAMETERS, jnp.array(scale)))
