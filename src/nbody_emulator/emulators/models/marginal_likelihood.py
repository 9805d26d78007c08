"""Fits and conditions a Gaussian process by its marginal likelihood (Rasmussen & Williams 2006, eqs. 2.30 and 5.9).

The kernels are tinygp's, the likelihood is not. `tinygp.GaussianProcess` takes 1.4 to 3.2 times as long for value and
gradient, for it is differentiated through the factorization, where the gradient has a closed form; with its own kernels
it is compiled for each of them, and it knows no missing rows. A whole fit takes 1.3 to 1.6 times as long, and rounding
moves its answers by up to 1e-9 (`benchmarks/process_likelihood.py`, docs/performance.md).
"""

from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import minimize

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators.models.covariance import Covariance, KernelAndMean
from nbody_emulator.streams import generator

START = {"log_variance": 0.0, "log_length": 0.5, "noise_level": -1.5, "noise_slopes": 0.0}
PRIOR_CENTER = {"log_variance": 0.0, "log_length": 0.5, "noise_level": -2.0, "noise_slopes": 0.0}
PRIOR_SPREAD = {"log_variance": 1.5, "log_length": 1.0, "noise_level": 2.0, "noise_slopes": 1.0}
"""Weak normal priors on the logarithms, in scaled units: they decide nothing with a hundred runs and keep ten
sane.
"""

_COUNTS = {
    "log_variance": lambda inputs: 1,
    "log_length": lambda inputs: inputs,
    "noise_level": lambda inputs: 1,
    "noise_slopes": lambda inputs: inputs,
}
"""How many numbers each part of a `Covariance` has, in its order."""

_ROWS_ROUNDED_TO = 64
_STEPS = 60
_TOLERANCE = 1e-4
"""Relative change of the log posterior at which L-BFGS stops: of order 0.01 nats; 1e-5 changed no score."""


def fit_covariance(
    functions: KernelAndMean,
    inputs: np.ndarray,
    targets: np.ndarray,
    limits: Sequence[int],
    length: float | None,
    stream: tuple,
) -> Covariance:
    """The covariance of maximal posterior density.

    Args:
        functions: kernel and prior mean.
        inputs: (n, d) scaled.
        targets: (n,) scaled, NaN = missing.
        limits: numbers of rows, increasing: each round starts where the one before it on fewer rows (drawn
            from `stream`) ended, so that the last and dearest needs few steps.
        length: along all inputs; fitted if None.
    """
    rows = generator(*stream, "likelihood-rows").permutation(np.flatnonzero(np.isfinite(targets)))
    given = {} if length is None else {"log_length": float(np.log(length))}
    values = _vector(START | given, inputs.shape[1])
    # What is given is a bound from both sides.
    free = dict.fromkeys(START, np.inf) | dict.fromkeys(given, 0.0)
    reach = _vector(free, inputs.shape[1])
    bounds = np.stack([values - reach, values + reach], axis=1)
    for limit in sorted({min(limit, len(rows)) for limit in limits}):
        chosen = np.sort(rows[:limit])
        values = _climb(functions, values, bounds, inputs[chosen], targets[chosen])
    return _covariance(jnp.asarray(values))


def _climb(functions, values, bounds, inputs, targets):
    """Where L-BFGS, started at `values`, ends on these rows."""
    objective = negative_log_posterior(functions, inputs, targets)
    options = {"maxiter": _STEPS, "ftol": _TOLERANCE}
    return minimize(objective, values, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x


def negative_log_posterior(
    functions: KernelAndMean, inputs: np.ndarray, targets: np.ndarray
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """The value, up to a constant, and the gradient (2 + 2 d,) as a function of a covariance's numbers (2 + 2 d,).

    Args:
        functions: kernel and prior mean.
        inputs: (n, d) scaled.
        targets: (n,) scaled, none missing.
    """
    rows = _padded(inputs, targets)
    centers, spreads = (_vector(each, inputs.shape[1]) for each in (PRIOR_CENTER, PRIOR_SPREAD))

    def objective(values):
        value, slope = _loss(values, centers, spreads, functions, *rows)
        return float(value), np.asarray(slope)

    return objective


def _vector(values, inputs):
    """The numbers of a covariance in a row: each of `values` once, or once for every input."""
    return np.repeat([values[name] for name in _COUNTS], [count(inputs) for count in _COUNTS.values()])


def _covariance(values):
    inputs = (len(values) - 2) // 2
    return Covariance(values[0], values[1 : 1 + inputs], values[1 + inputs], values[2 + inputs :])


def condition(functions: KernelAndMean, covariance: Covariance, inputs: np.ndarray, targets: np.ndarray):
    """`dual` (n,) and `whitening` (n, n) of `GaussianProcessModel`: zero in the rows of missing targets."""
    present = np.isfinite(targets)
    return _condition(
        covariance, functions, jnp.asarray(inputs), jnp.asarray(np.where(present, targets, 0.0)), present
    )


@eqx.filter_jit
def _condition(covariance, functions, inputs, targets, present):
    factor = jnp.linalg.cholesky(_masked_matrix(covariance, functions, inputs, present))
    identity = jnp.diag(jnp.asarray(present, dtype=float))
    whitening = jax.scipy.linalg.solve_triangular(factor, identity, lower=True)
    return whitening.T @ (whitening @ targets), whitening


def _masked_matrix(covariance, functions, inputs, present):
    """The covariance matrix of the rows present; absent rows become rows of the identity, which change
    nothing.
    """
    both = present[:, None] & present[None, :]
    diagonal = jnp.where(present, covariance.noise(inputs), 1.0)
    return jnp.where(both, covariance.between(functions, inputs, inputs), 0.0) + jnp.diag(diagonal)


@jax.jit
@jax.value_and_grad
def _loss(values, centers, spreads, functions, inputs, targets, present):
    """Negative log posterior of the covariance `values`, up to a constant."""
    prior = 0.5 * jnp.sum(((values - centers) / spreads) ** 2)
    matrix = _masked_matrix(_covariance(values), functions, inputs, present)
    return _negative_log_likelihood(matrix, targets) + prior


@jax.custom_vjp
def _negative_log_likelihood(matrix, targets):
    """y' K^-1 y / 2 + log det K / 2, for K = `matrix` (n, n) and y = `targets` (n,)."""
    return _forward(matrix, targets)[0]


def _forward(matrix, targets):
    factor = jnp.linalg.cholesky(matrix)
    dual = jax.scipy.linalg.cho_solve((factor, True), targets)
    return 0.5 * targets @ dual + jnp.sum(jnp.log(jnp.diag(factor))), (factor, dual)


def _backward(kept, slope):
    # dL/dK = (K^-1 - dual dual') / 2 in closed form: three times faster than differentiating the
    # factorization.
    factor, dual = kept
    inverse = jax.scipy.linalg.cho_solve((factor, True), jnp.eye(len(dual)))
    return slope * 0.5 * (inverse - jnp.outer(dual, dual)), slope * dual


_negative_log_likelihood.defvjp(_forward, _backward)


def _padded(inputs, targets):
    """Inputs, targets and presence, with absent rows up to a round number: near-equal sizes share a
    compilation.
    """
    extra = -len(inputs) % _ROWS_ROUNDED_TO
    return (
        jnp.asarray(np.pad(inputs, ((0, extra), (0, 0)))),
        jnp.asarray(np.pad(targets, (0, extra))),
        jnp.asarray(np.arange(len(inputs) + extra) < len(inputs)),
    )
