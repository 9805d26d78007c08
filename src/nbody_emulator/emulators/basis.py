"""Regression on monomials of the scaled inputs, shared by the linear and the polynomial family."""

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.family import Response

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

    def __call__(self, inputs: jax.Array) -> Response:
        phi = monomials(inputs, self.degree)
        mean = self.coefficients @ phi
        leverage = jnp.einsum("p,qpr,r->q", phi, self.spread, phi)
        return Response(mean, jnp.ones_like(mean), leverage)

    @property
    def description(self) -> dict:
        outputs, terms = self.coefficients.shape
        return {"outputs": outputs, "terms": terms, "degree": self.degree}


def empty_basis_model(description) -> BasisModel:
    """An empty model of the described shapes."""
    outputs, terms = description["outputs"], description["terms"]
    return BasisModel(jnp.zeros((outputs, terms)), jnp.zeros((outputs, terms, terms)), description["degree"])


def monomials(inputs, degree: int):
    """(p,) all products of at most `degree` of the inputs (d,), repetition allowed; the constant first."""
    return jnp.stack([_product(inputs, chosen) for chosen in _choices(inputs.shape[0], degree)])


def _choices(inputs: int, degree: int) -> list[tuple[int, ...]]:
    """Which inputs each monomial multiplies: () for the constant, (0,), (1,), ..., (0, 0), ..."""
    return [
        chosen
        for order in range(degree + 1)
        for chosen in combinations_with_replacement(range(inputs), order)
    ]


def _product(inputs, chosen):
    """The monomial `chosen` of inputs (..., d)."""
    product = inputs[..., 0] * 0.0 + 1.0
    for index in chosen:
        product = product * inputs[..., index]
    return product


def fit_basis_model(training: "TrainingSet", degree: int, ridge: float) -> BasisModel:
    """Ridge regression of every output on its own observed rows; the constant is not penalised."""
    phi = np.stack(
        [_product(training.inputs, chosen) for chosen in _choices(training.inputs.shape[1], degree)], axis=1
    )
    fits = [_ridge(phi, training.targets[:, output], ridge) for output in range(training.targets.shape[1])]
    coefficients, spreads = zip(*fits, strict=True)
    return BasisModel(jnp.asarray(np.stack(coefficients)), jnp.asarray(np.stack(spreads)), degree)


def _ridge(phi, targets, ridge):
    """w = A^-1 P'y with A = P'P + ridge I, and the covariance A^-1 P'P A^-1 of w per unit of noise."""
    seen = np.isfinite(targets)
    phi, targets = phi[seen], targets[seen]
    penalty = np.full(phi.shape[1], ridge)
    penalty[0] = 1e-12
    gram = phi.T @ phi
    inverse = np.linalg.inv(gram + np.diag(penalty))
    return inverse @ (phi.T @ targets), inverse @ gram @ inverse
