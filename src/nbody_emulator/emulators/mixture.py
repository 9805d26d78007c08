"""An equal mixture of Gaussians: density, distribution, quantiles and CRPS in closed forms that hold far out too.

Arrays of k components on the first axis; a single Gaussian is a mixture of one, with the same bits.
"""

import numpy as np
from scipy.special import log_ndtr, logsumexp, ndtr, ndtri_exp

_BISECTIONS = 80
_LOG_ROOT = 0.5 * np.log(2.0 * np.pi)


def moments(means: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance (...) of the mixture of components (k, ...)."""
    return np.mean(means, axis=0), np.mean(variances, axis=0) + np.var(means, axis=0)


def log_density(target: np.ndarray, means: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Logarithm of the density at `target` (...) [nats]."""
    exponents = -0.5 * (target - means) ** 2 / variances - 0.5 * np.log(variances) - _LOG_ROOT
    return logsumexp(exponents, axis=0) - np.log(len(means))


def normal_quantile(target: np.ndarray, means: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """The standard normal's quantile of the probability below `target` (...): (target - mean) / deviation of one.

    From the smaller tail's logarithm, so that it is finite wherever its argument is.
    """
    z = (target - means) / np.sqrt(variances)
    if len(means) == 1:
        return z[0]
    below, above = (logsumexp(log_ndtr(side), axis=0) - np.log(len(means)) for side in (z, -z))
    return np.where(below < above, ndtri_exp(np.minimum(below, 0.0)), -ndtri_exp(np.minimum(above, 0.0)))


def quantile(normal: float, means: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Where the mixture leaves as much below it (...) as the standard normal leaves below `normal`."""
    # Between the smallest and the largest of the components' own quantiles, by halving.
    own = means + normal * np.sqrt(variances)
    low, high = own.min(axis=0), own.max(axis=0)
    if len(means) == 1:
        return low
    side = -1.0 if normal > 0 else 1.0
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        tail = np.mean(ndtr(side * (middle - means) / np.sqrt(variances)), axis=0)
        beyond = side * (tail - ndtr(side * normal)) > 0
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    return 0.5 * (low + high)


def crps(target: np.ndarray, means: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """The continuous ranked probability score at `target` (...).

    Source: Grimit et al. 2006 (Q. J. R. Meteorol. Soc. 132, 2925), equation 5.
    """
    near = np.mean(_absolute(target - means, variances), axis=0)
    apart = _absolute(means[:, None] - means[None], variances[:, None] + variances[None])
    return near - 0.5 * np.mean(apart, axis=(0, 1))


def _absolute(mean, variance):
    """E|X| of a Gaussian."""
    deviation = np.sqrt(variance)
    z = mean / deviation
    return mean * (2.0 * ndtr(z) - 1.0) + 2.0 * deviation * np.exp(-0.5 * z**2 - _LOG_ROOT)
