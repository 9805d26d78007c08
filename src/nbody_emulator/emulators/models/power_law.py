"""A straight line in the logarithms of the parameters."""

from collections.abc import Sequence
from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.models.basis import BasisModel
from nbody_emulator.emulators.scaling import PhysicalInputs, Scaler
from nbody_emulator.emulators.training import TrainingSet
from nbody_emulator.quantities.quantity import Parameter


class PowerLawModel(eqx.Module):
    """mean = level + exponents . log(parameters), the logarithms scaled so that a ridge means the same to each.

    Attributes:
        physical: parameters in their own units from scaled inputs.
        logarithms: scales their logarithms, by their boxes.
        line: in what comes of it.
    """

    physical: PhysicalInputs
    logarithms: Scaler
    line: BasisModel

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        return self.line(self.logarithms.forward(self.physical.logarithms(inputs)))

    @staticmethod
    def of(training: TrainingSet, ridge: float) -> "PowerLawModel":
        """Ridge regression of every output on its own observed rows."""
        physical = training.columns.physical_inputs
        logarithms = _uniform_scaler(training.columns.parameters)
        inputs = np.asarray(logarithms.forward(physical.logarithms(training.inputs)))
        line = BasisModel.of(replace(training, inputs=inputs), degree=1, ridge=ridge)
        return PowerLawModel(physical, logarithms, line)


def _uniform_scaler(parameters: Sequence[Parameter]) -> Scaler:
    """Gives logarithms that are uniform in the box mean 0 and variance 1."""
    low, high = (
        np.log([getattr(parameter, end) for parameter in parameters]) for end in ("minimum", "maximum")
    )
    return Scaler(jnp.asarray(0.5 * (low + high)), jnp.asarray((high - low) / np.sqrt(12.0)))
