"""The joint log score of many fits, taken apart into noise, bias, variance, width and shape, closing exactly.

For a Gaussian fit b, N(m_b, P_b^-1), the mean -log of the density over B fits at any y is exactly

    -log N(y; m, P^-1) + V,   P = mean P_b,   m = P^-1 mean P_b m_b,
    V = (log det P - mean log det P_b) / 2 + mean (m_b - m)' P_b (m_b - m) / 2,

with the normalised geometric mean of the densities in the middle, and V >= 0 its missing normalisation, the same at
every y: the loss to finite training (Heskes 1998, Neural Computation 10, 1425: a decomposition of the
Kullback-Leibler divergence; Pfau 2013, arXiv 2511.08789, for any Bregman divergence). At point j, with mean run ybar
and covariance S_j of its R_j replicates (ddof 1), and S = mean S_j over the points, the middle's mean over the runs is
exactly

    floor = (q log(2 pi e) + log det S) / 2         what right means and the noise's mean covariance would lose
    width = (tr(P - S^-1) S_j - log det P S) / 2    what other widths and correlations lose, or gain
    bias  = ((ybar - m)' P (ybar - m) - tr(P S_j) / R_j) / 2

and a fit of another shape than the Gaussian of its mean and covariance adds

    shape = mean (-log p_b + log N(m_b, P_b^-1))    what it loses, or gains.

Bias is without bias of the replicates. That B fits scatter about their own middle is too little by what the middle
itself scatters about that of many: of its mean, sum (m_b - m)' P_b P^-1 P_b (m_b - m) / (2 B (B - 1)), which is added
to the variance and taken from the bias, as for the squared error; of its precision, the first term of V over B - 1,
which is added too and taken from the width. Where the widths of the fits are equal both are without bias, else to first
order. The floor of Gaussian noise with n = sum (R_j - 1) is low by about q (q + 1) / (4 n), and the width high by it.
"""

from dataclasses import dataclass

import numpy as np

from nbody_emulator.evaluation.decomposition import Decomposition, Terms, decomposed, unknown, with_replicates

LOG_SCORE = Terms(
    parts=("log_floor", "log_bias", "log_variance", "log_width", "log_shape"),
    whole="log_score",
    positive=frozenset({"log_variance"}),
    of_runs=frozenset({"log_floor"}),
)


@dataclass(frozen=True)
class JointFits:
    """What B fits say of n runs with all q outputs.

    Attributes:
        log_density: (B, n) logarithm of the joint density at each run's outputs [nats].
        mean: (B, n, q), equal for replicates of a point.
        covariance: (B, n, q, q).
    """

    log_density: np.ndarray
    mean: np.ndarray
    covariance: np.ndarray


def decompose_log_score(
    fits: JointFits, targets: np.ndarray, groups: np.ndarray, random: np.random.Generator
) -> Decomposition:
    """Take the mean -log of the joint density of B fits at n runs apart, by LOG_SCORE [nats].

    Args:
        fits: what they say.
        targets: what the runs gave (n, q). Runs without all outputs are left out.
        groups: design point of each run (n,). Points with fewer than two such runs are left out.
        random: draws the bootstrap over design points.

    All are NaN without two fits, or where the replicates do not scatter in every direction.
    """
    chosen, index = with_replicates(np.isfinite(targets).all(axis=1), groups)
    targets, count = targets[chosen], len(fits.mean)
    points = len(np.unique(index))
    if count < 2 or not points:
        return unknown(LOG_SCORE, count, points)
    runs = _Runs.of(targets, index)
    if np.linalg.matrix_rank(runs.pooled, hermitian=True) < targets.shape[1]:
        return unknown(LOG_SCORE, count, points)
    first = np.unique(index, return_index=True)[1]
    mean = fits.mean[:, chosen]
    precision = np.linalg.inv(fits.covariance[:, chosen])
    gaussian = 0.5 * (_log_det(2 * np.pi * fits.covariance[:, chosen]) + _square(targets - mean, precision))
    loss = -fits.log_density[:, chosen]

    def of_points(some: np.ndarray) -> np.ndarray:
        middle = precision[some][:, first].mean(axis=0)
        center = _center(mean[some][:, first], precision[some][:, first], middle)
        widths = _spread_of_widths(precision[some][:, first], middle)
        means, by_chance = _spread_of_means(mean[some][:, first], precision[some][:, first], center, middle)
        widths_by_chance = widths / (len(some) - 1)
        return np.array(
            [
                runs.floor,
                runs.bias(center, middle) - by_chance,
                widths + means + widths_by_chance + by_chance,
                runs.width(middle) - widths_by_chance,
                runs.over_replicates((loss - gaussian)[some]),
                runs.over_replicates(loss[some]),
            ]
        )

    return decomposed(LOG_SCORE, of_points, count, random)


@dataclass(frozen=True)
class _Runs:
    """Replicates summed up by design point.

    Attributes:
        index: (n,) point of each run.
        replicates: (J,).
        mean: (J, q).
        scatter: (J, q, q) covariance, ddof 1.
    """

    index: np.ndarray
    replicates: np.ndarray
    mean: np.ndarray
    scatter: np.ndarray

    @staticmethod
    def of(targets: np.ndarray, index: np.ndarray) -> "_Runs":
        replicates = np.bincount(index)
        mean = _summed(targets, index) / replicates[:, None]
        distance = targets - mean[index]
        products = _summed(distance[:, :, None] * distance[:, None, :], index)
        return _Runs(index, replicates, mean, products / (replicates - 1)[:, None, None])

    @property
    def pooled(self) -> np.ndarray:
        """(q, q) the noise's covariance, averaged over the points."""
        return self.scatter.mean(axis=0)

    @property
    def floor(self) -> np.ndarray:
        """(J,) each point's part in the floor, to first order; its mean is the floor exactly."""
        outputs = len(self.pooled)
        moves = _trace(np.linalg.inv(self.pooled), self.scatter) - outputs
        return 0.5 * (outputs * np.log(2 * np.pi * np.e) + _log_det(self.pooled) + moves)

    def width(self, precision: np.ndarray) -> np.ndarray:
        """(J,) of these precisions (J, q, q)."""
        other = _trace(precision - np.linalg.inv(self.pooled), self.scatter)
        return 0.5 * (other - _log_det(precision) - _log_det(self.pooled))

    def bias(self, center: np.ndarray, precision: np.ndarray) -> np.ndarray:
        """(J,) of these means (J, q)."""
        by_chance = _trace(precision, self.scatter) / self.replicates
        return 0.5 * (_square(self.mean - center, precision) - by_chance)

    def over_replicates(self, values: np.ndarray) -> np.ndarray:
        """(J,) means of values (k, n) over fits and replicates."""
        return np.bincount(self.index, values.mean(axis=0)) / self.replicates


def _center(mean: np.ndarray, precision: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """(J, q) the mean of the geometric mean of the densities."""
    weighted = np.einsum("bjpq,bjq->jp", precision, mean) / len(mean)
    return np.linalg.solve(middle, weighted[..., None])[..., 0]


def _spread_of_widths(precision: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """(J,) the first term of V."""
    return 0.5 * (_log_det(middle) - _log_det(precision).mean(axis=0))


def _spread_of_means(
    mean: np.ndarray, precision: np.ndarray, center: np.ndarray, middle: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(J,) the second term of V, and what of it the middle of so many fits has lost to its own scatter."""
    distance = mean - center
    pulls = np.einsum("bjpq,bjq->bjp", precision, distance)
    spread = 0.5 * np.sum(distance * pulls, axis=2).mean(axis=0)
    of_center = 0.5 * _square(pulls, np.linalg.inv(middle)).mean(axis=0) / (len(mean) - 1)
    return spread, of_center


def _summed(values: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Sums of values (n, ...) by point, (J, ...)."""
    sums = np.zeros((index.max() + 1, *values.shape[1:]))
    np.add.at(sums, index, values)
    return sums


def _log_det(matrices: np.ndarray) -> np.ndarray:
    return np.linalg.slogdet(matrices)[1]


def _square(vectors: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    """(...) v' M v."""
    return np.einsum("...p,...pq,...q->...", vectors, matrices, vectors)


def _trace(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(...) the trace of the product of symmetric matrices."""
    return np.einsum("...pq,...pq->...", first, second)
