"""Whether chains have forgotten where they started, and how many independent draws theirs are worth.

Source: Vehtari et al. 2021 (Bayesian Analysis 16, 667): chains split in two, draws replaced by normal scores of their
ranks where the middle of a distribution is judged, and by whether they lie below its 5 % or 95 % quantile where its
tails are.
"""

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from nbody_emulator.extras import extra

TAILS = (0.05, 0.95)


def r_hat(draws: np.ndarray) -> np.ndarray:
    """(d,) by how much draws (chains, n, d) of all halves together are wider than those of each: 1 if not at all."""
    with extra("fitting"):
        from numpyro.diagnostics import split_gelman_rubin

    return split_gelman_rubin(draws)


def bulk_size(draws: np.ndarray) -> np.ndarray:
    """(d,) independent draws that draws (chains, n, d) are worth for the middle of their distribution."""
    halves = _halves(draws)
    total = halves.shape[0] * halves.shape[1]
    ranks = rankdata(halves.reshape(total, -1), axis=0)
    return _effective_size(ndtri((ranks - 0.375) / (total + 0.25)).reshape(halves.shape))


def tail_size(draws: np.ndarray) -> np.ndarray:
    """(d,) independent draws that draws (chains, n, d) are worth for the less well known of their 5 % and 95 %
    quantiles.
    """
    halves = _halves(draws)
    below = [halves <= np.quantile(halves, tail, axis=(0, 1)) for tail in TAILS]
    return np.minimum(*(_effective_size(each.astype(float)) for each in below))


def _halves(draws):
    """(2 chains, n / 2, d); of an odd number the one in the middle is left out."""
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def _effective_size(draws):
    with extra("fitting"):
        from numpyro.diagnostics import effective_sample_size

    # A chain that never moved has no spread to divide by: NaN, which passes no check.
    with np.errstate(invalid="ignore", divide="ignore"):
        return effective_sample_size(draws)
