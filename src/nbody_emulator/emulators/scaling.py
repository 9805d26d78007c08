"""Scaling fitted on the training part alone and saved with the model."""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.quantities.quantity import Parameter


class Scaler(eqx.Module):
    """z = (value - center) / spread, column by column."""

    center: jax.Array
    spread: jax.Array

    def forward(self, values):
        """Scaled values of (..., columns)."""
        return (values - self.center) / self.spread

    def inverse(self, scaled):
        """The values (..., columns) of scaled ones."""
        return scaled * self.spread + self.center


def fit_scaler(values: np.ndarray) -> Scaler:
    """The scaler that gives every column of (n, columns) mean 0 and variance 1; NaN is left out.

    A constant column keeps its spread of 1: it carries nothing to be scaled.
    """
    spread = np.nanstd(values, axis=0)
    return Scaler(jnp.asarray(np.nanmean(values, axis=0)), jnp.asarray(np.where(spread > 0.0, spread, 1.0)))


class PhysicalInputs(eqx.Module):
    """From the scaled inputs a family works in back to parameters in their own units.

    Attributes:
        scaler: of the parameters' axes.
        is_logarithmic: (d,) whether an axis has the parameter's logarithm.
    """

    scaler: Scaler
    is_logarithmic: jax.Array

    @staticmethod
    def of(parameters: Sequence[Parameter], scaler: Scaler) -> "PhysicalInputs":
        """That of these parameters, whose axes were scaled by `scaler`."""
        return PhysicalInputs(scaler, jnp.array([parameter.scale == "log" for parameter in parameters]))

    def __call__(self, inputs):
        """Parameters (..., d) at scaled inputs (..., d)."""
        axes = self.scaler.inverse(inputs)
        # An axis that is none of logarithms may hold what has no exponential.
        return jnp.where(self.is_logarithmic, jnp.exp(jnp.where(self.is_logarithmic, axes, 0.0)), axes)

    def logarithms(self, inputs):
        """Their natural logarithms (..., d), of parameters that are positive."""
        axes = self.scaler.inverse(inputs)
        return jnp.where(self.is_logarithmic, axes, jnp.log(jnp.where(self.is_logarithmic, 1.0, axes)))


def axis_values(parameters: Sequence[Parameter], values):
    """Values (..., d) on each parameter's own scale: the logarithm where that is `log`; works under JAX
    too.
    """
    columns = [
        jnp.log(values[..., index]) if parameter.scale == "log" else jnp.asarray(values[..., index])
        for index, parameter in enumerate(parameters)
    ]
    return jnp.stack(columns, axis=-1)
