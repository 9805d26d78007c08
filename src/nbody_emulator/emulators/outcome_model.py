"""From parameters in their own units to the distribution of what may become of a run: all of a fit that has arrays."""

from collections.abc import Mapping

import equinox as eqx
import jax
import jax.numpy as jnp

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.arrays import without_unit
from nbody_emulator.emulators.calibrators.calibrator import AbstractCalibrator
from nbody_emulator.emulators.family import Model
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.emulators.scaling import Scaler, axis_values
from nbody_emulator.emulators.survival import Survival
from nbody_emulator.quantities.quantity import Parameter, cluster_columns


class OutcomeModel(eqx.Module):
    """A fitted model with what stands before it (scales, boxes) and behind it (its calibrator, units).

    Attributes:
        parameters: what it takes, in this order.
        input_scaler, output_scaler: between the units of the transformed quantities and those of the model.
        model: what was fitted.
        calibrator: what makes its distributions as wide as its errors.
        survival: the state a run ends in.
    """

    parameters: tuple[Parameter, ...] = eqx.field(static=True)
    input_scaler: Scaler
    output_scaler: Scaler
    model: Model
    calibrator: AbstractCalibrator
    survival: Survival

    def __call__(self, theta: jax.Array) -> Outcome:
        """At one point theta (d,), parameters in their order and units.

        Raises:
            TypeError: `theta` has names; a point by name is for `Emulator.predict`.
            ValueError: `theta` is not one point.
        """
        order = ", ".join(parameter.name for parameter in self.parameters)
        if isinstance(theta, Mapping):
            raise TypeError(f"theta must be numbers in the order {order}; give names to Emulator.predict")
        theta = jnp.asarray(without_unit("theta", theta, None))
        if theta.shape != (len(self.parameters),):
            raise ValueError(
                f"theta must be one point ({order}), not of the shape {theta.shape}; use jax.vmap for many"
            )
        inputs = self.input_scaler.forward(axis_values(self.parameters, theta))
        of_cluster = inputs[: cluster_columns(self.parameters)]
        calibrated = self.calibrator(self.model(inputs), of_cluster)
        distribution = calibrated.affine(self.output_scaler.center, self.output_scaler.spread)
        return Outcome(*self.survival(of_cluster), distribution)
