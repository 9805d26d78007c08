"""Regression on products of Legendre polynomials, with a ridge or with an L1 penalty.

The inputs are mapped to [-1, 1] first. There the polynomials are orthogonal under a uniform density: other than
monomials of high degree they are no near-copies of each other, so that a penalty means the same to every term.
"""

from collections.abc import Callable
from functools import partial, reduce
from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.distributions.independent_gaussian import IndependentGaussian
from nbody_emulator.emulators.models.basis import choices, ridge_regression
from nbody_emulator.extras import extra

if TYPE_CHECKING:
    from nbody_emulator.emulators.training import TrainingSet

_TOLERANCE = 1e-12
"""Duality gap, over the sum of the squared targets, at which the descent stops: answers are right to 1e-10 then, after
some three times the sweeps of 1e-6."""

_MOST_SWEEPS = 100_000

Regression = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Coefficients (p,) and their covariance (p, p) per unit of noise, of terms (n, p) and targets (n,)."""


class LegendreModel(eqx.Module):
    """mean = coefficients . phi(u), with phi all products up to `degree` and u = (x - middle) / half_width.

    Attributes:
        coefficients: (q, p); what an L1 penalty left out is exactly zero.
        spread: (q, p, p) covariance of the coefficients per unit of noise: phi . spread . phi is the leverage
            of a point, the share of the noise that the fit itself adds there.
        middle, half_width: (q, d) of the range of the scaled inputs in the rows that have the output. Beyond it the
            polynomials go on.
        degree: total degree of the products.
    """

    coefficients: jax.Array
    spread: jax.Array
    middle: jax.Array
    half_width: jax.Array
    degree: int = eqx.field(static=True)

    def __call__(self, inputs: jax.Array) -> IndependentGaussian:
        phi = products((inputs - self.middle) / self.half_width, self.degree)
        mean = jnp.sum(self.coefficients * phi, axis=1)
        leverage = jnp.einsum("qp,qpr,qr->q", phi, self.spread, phi)
        return IndependentGaussian(mean, jnp.ones_like(mean), leverage)

    @staticmethod
    def with_ridge(training: "TrainingSet", degree: int, ridge: float) -> "LegendreModel":
        """|P w - y|^2 + ridge |w|^2 is smallest, for every output on its own observed rows but for the constant."""
        return _fitted(training, degree, partial(ridge_regression, ridge=ridge))

    @staticmethod
    def with_lasso(training: "TrainingSet", degree: int, penalty: float) -> "LegendreModel":
        """|P w - y|^2 / (2 n) + penalty |w|_1 is smallest, in the same way (Tibshirani 1996).

        The covariance is that of least squares on the terms that are not zero. The penalty moves their coefficients by
        what does not depend on the targets: as long as the same terms stay, both follow the targets alike.
        """
        return _fitted(training, degree, partial(_lasso, penalty=penalty))


def products(places, degree: int, numpy=jnp):
    """(..., p) all products of Legendre polynomials of the places (..., d), of total degree at most `degree`.

    The constant comes first. Each polynomial has mean square 1 on [-1, 1], as scaled inputs have.
    """
    inputs = places.shape[-1]
    polynomials = numpy.stack(_polynomials(places, degree, numpy), axis=-1)
    chosen = choices(inputs, degree)
    degrees = [np.sum(chosen == number + 1, axis=1) for number in range(inputs)]
    return reduce(numpy.multiply, (polynomials[..., number, each] for number, each in enumerate(degrees)))


def _polynomials(places, degree, numpy):
    """Those of degree 0 to `degree`, by Bonnet's recursion."""
    found = [numpy.ones_like(places), places]
    for order in range(1, degree):
        found.append(((2 * order + 1) * places * found[order] - order * found[order - 1]) / (order + 1))
    return [np.sqrt(2 * order + 1) * each for order, each in enumerate(found[: degree + 1])]


def _fitted(training: "TrainingSet", degree: int, regression: Regression) -> LegendreModel:
    observed = zip(training.observed.T, training.targets.T, strict=True)
    fits = [_fit_one(training.inputs[seen], targets[seen], degree, regression) for seen, targets in observed]
    coefficients, spread, middle, half_width = (
        jnp.asarray(np.stack(part)) for part in zip(*fits, strict=True)
    )
    return LegendreModel(coefficients, spread, middle, half_width, degree)


def _fit_one(inputs, targets, degree, regression):
    """The arrays of one output, from the rows that have it."""
    lowest, highest = inputs.min(axis=0), inputs.max(axis=0)
    middle, half_width = 0.5 * (lowest + highest), 0.5 * (highest - lowest)
    half_width[half_width == 0.0] = 1.0  # an input that is the same in all rows
    phi = products((inputs - middle) / half_width, degree, np)
    return *regression(phi, targets), middle, half_width


def _lasso(phi, targets, penalty):
    with extra("fitting"):  # imported here: a saved emulator does not need it
        from sklearn.linear_model import Lasso

    # The constant is scikit-learn's intercept, which is not penalised.
    lasso = Lasso(alpha=penalty, tol=_TOLERANCE, max_iter=_MOST_SWEEPS).fit(phi[:, 1:], targets)
    coefficients = np.concatenate([[lasso.intercept_], lasso.coef_])
    kept = np.append(True, lasso.coef_ != 0.0)
    weights = np.linalg.pinv(phi[:, kept])
    spread = np.zeros((len(kept), len(kept)))
    spread[np.ix_(kept, kept)] = weights @ weights.T
    return coefficients, spread
