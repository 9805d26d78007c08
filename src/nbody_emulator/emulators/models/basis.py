"""Regression on monomials of the scaled inputs, shared by the linear and the polynomial family."""

from functools import reduce
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian

if TYPE_CHECKING:
    from nbody_emulator.emulators.training import TrainingSet


class BasisModel(eqx.Module):
    """mean = coefficients . phi(x), with phi all monomials up to `degree`, the constant first.

    Attributes:
        coefficients: (q, p).
        spread: (q, p, p) covariance of the coefficients per unit of noise: phi . spread . phi is the leverage
            of a point, the share of the noise that the fit itself adds there.
        degree: total degree of the monomials.
    """

    coefficients: jax.Array
    spread: jax.Array
    degree: int = eqx.field(static=True)

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        phi = monomials(inputs, self.degree)
        mean = self.coefficients @ phi
        leverage = jnp.einsum("p,qpr,r->q", phi, self.spread, phi)
        return IndependentGaussian(mean, jnp.ones_like(mean), leverage)

    @staticmethod
    def of(training: "TrainingSet", degree: int, ridge: float) -> "BasisModel":
        """Ridge regression of every output on its own observed rows; the constant is not penalised."""
        phi = monomials(training.inputs, degree, np)
        fits = [ridge_regression(phi, targets, ridge) for targets in training.targets.T]
        coefficients, spreads = zip(*fits, strict=True)
        return BasisModel(jnp.asarray(np.stack(coefficients)), jnp.asarray(np.stack(spreads)), degree)


def monomials(inputs, degree: int, numpy=jnp):
    """(..., p) all products of at most `degree` of the inputs (..., d), repetition allowed; the constant first."""
    factors = numpy.concatenate([numpy.ones_like(inputs[..., :1]), inputs], axis=-1)
    # One column after the other, by NumPy and under JAX alike; and few operations, which are soon compiled.
    columns = (factors[..., chosen] for chosen in choices(inputs.shape[-1], degree).T)
    return reduce(numpy.multiply, columns, factors[..., :1])


def choices(inputs: int, degree: int) -> np.ndarray:
    """(p, degree) which factors each monomial multiplies: 0 for a one, i + 1 for the input i; the constant first."""
    chosen = [
        combination
        for order in range(degree + 1)
        for combination in combinations_with_replacement(range(1, inputs + 1), order)
    ]
    return np.array([(0,) * (degree - len(each)) + each for each in chosen], dtype=int)


def ridge_regression(phi: np.ndarray, targets: np.ndarray, ridge: float) -> tuple[np.ndarray, np.ndarray]:
    """The w (p,) that makes |P w - y|^2 + ridge |w|^2 smallest, and its covariance (p, p) per unit of noise.

    Args:
        phi: P (n, p); the first column is the constant, which is not penalised.
        targets: y (n,), NaN = missing.
    """
    seen = np.isfinite(targets)
    phi, targets = phi[seen], targets[seen]
    penalty = np.full(phi.shape[1], np.sqrt(ridge))
    penalty[0] = 0.0
    # The normal equations would square the condition number, which grows with the degree.
    q, r = np.linalg.qr(np.concatenate([phi, np.diag(penalty)]))
    weights = np.linalg.solve(r, q[: len(phi)].T)
    return weights @ targets, weights @ weights.T
