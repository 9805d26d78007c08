"""Log odds that are a polynomial in what is known of a star and its cluster."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.extras import extra
from nbody_emulator.fates.known_stars import KnownStars
from nbody_emulator.fates.preparation import Prepared

_TOLERANCE, _MOST_STEPS = 1e-8, 200


class LogisticModel(eqx.Module):
    """Log odds linear in products of what is known.

    Attributes:
        coefficients: (p,) of the products.
        intercept: ().
        degree: the highest of a product.
    """

    coefficients: jax.Array
    intercept: jax.Array
    degree: int = eqx.field(static=True)

    def __call__(self, prepared: Prepared) -> jax.Array:
        return products(prepared.of_each, self.degree) @ self.coefficients + self.intercept

    @staticmethod
    def of(known: KnownStars, degree: int, penalty: float) -> "LogisticModel":
        """The largest log density less half the penalty times the squared coefficients."""
        with extra("fitting"):  # imported here: a saved model does not need it
            from sklearn.linear_model import LogisticRegression

        answers = known.answers
        terms = np.asarray(products(jnp.asarray(known.inputs), degree))
        if answers.all() or not answers.any():
            # All alike, there is no slope to be found.
            odds = known.share / (1.0 - known.share)
            return LogisticModel(jnp.zeros(terms.shape[1]), jnp.log(jnp.asarray(odds)), degree)
        # Newton's method on the normal equations: few coefficients, many stars.
        machine = LogisticRegression(
            C=1.0 / penalty, solver="newton-cholesky", tol=_TOLERANCE, max_iter=_MOST_STEPS
        )
        machine.fit(terms, answers)
        return LogisticModel(jnp.asarray(machine.coef_[0]), jnp.asarray(machine.intercept_[0]), degree)


def products(inputs: jax.Array, degree: int) -> jax.Array:
    """(m, p) the inputs (m, d), and for degree 2 the products of every two of them."""
    if degree == 1:
        return inputs
    first, second = np.triu_indices(inputs.shape[1])
    return jnp.concatenate([inputs, inputs[:, first] * inputs[:, second]], axis=1)
