"""Scaling laws: each transformed output is linear in the logarithm of one product of powers of the parameters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.models.basis import ridge_regression
from nbody_emulator.emulators.scaling import PhysicalInputs
from nbody_emulator.emulators.training import TrainingSet

if TYPE_CHECKING:
    from nbody_emulator.emulators.families.physics import Law

_RIDGE = 1e-6
"""Of a slope that is fitted, in training rows: it only keeps the equations of a single row solvable."""


class PhysicsModel(eqx.Module):
    """mean = constant + slope log(product of powers), in scaled units.

    Attributes:
        physical: parameters in their own units from scaled inputs.
        is_virial_ratio: (d,) of which parameter 1 / (2 - Q) is taken instead of the parameter itself.
        exponents: (q, d) of the products.
        coefficients: (q, 2) constants and slopes.
        spread: (q, 2, 2) their covariance per unit of noise; zero for a slope that theory gives.
    """

    physical: PhysicalInputs
    is_virial_ratio: jax.Array
    exponents: jax.Array
    coefficients: jax.Array
    spread: jax.Array

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        logarithms = _logarithms(self.physical, self.is_virial_ratio, inputs)
        product = jnp.sum(self.exponents * logarithms, axis=1)
        terms = jnp.stack([jnp.ones_like(product), product], axis=1)
        mean = jnp.sum(self.coefficients * terms, axis=1)
        leverage = jnp.einsum("qp,qpr,qr->q", terms, self.spread, terms)
        return IndependentGaussian(mean, jnp.ones_like(mean), leverage)

    @staticmethod
    def of(training: TrainingSet, laws: "Sequence[Law]") -> "PhysicsModel":
        """The constants that fit each output's observed rows best, by least squares."""
        columns = training.columns
        names = [parameter.name for parameter in columns.parameters]
        is_virial_ratio = jnp.array([name == "virial_ratio" for name in names])
        exponents = np.array([[law.exponents.get(name, 0.0) for name in names] for law in laws])
        logarithms = _logarithms(columns.physical_inputs, is_virial_ratio, training.inputs)
        products = np.asarray(logarithms) @ exponents.T
        slopes = [
            law.slope and law.slope / spread
            for law, spread in zip(laws, np.asarray(columns.output_scaler.spread), strict=True)
        ]
        fits = [
            _fit_one(*arrays)
            for arrays in zip(products.T, training.targets.T, training.observed.T, slopes, strict=True)
        ]
        coefficients, spreads = (jnp.asarray(np.stack(part)) for part in zip(*fits, strict=True))
        return PhysicsModel(
            columns.physical_inputs, is_virial_ratio, jnp.asarray(exponents), coefficients, spreads
        )


def _logarithms(physical: PhysicalInputs, is_virial_ratio, inputs):
    """(..., d) of the parameters, and of 1 / (2 - Q) where that is what counts."""
    left = jnp.where(is_virial_ratio, 2.0 - physical(inputs), 1.0)
    return jnp.where(is_virial_ratio, -jnp.log(left), physical.logarithms(inputs))


def _fit_one(products, targets, observed, slope):
    """Constant and slope (2,), and their covariance (2, 2) per unit of noise, of one output."""
    products, targets = products[observed], targets[observed]
    if slope is None:
        return ridge_regression(np.stack([np.ones_like(products), products], axis=1), targets, _RIDGE)
    constant = np.mean(targets - slope * products)
    return np.array([constant, slope]), np.diag([1.0 / len(targets), 0.0])
