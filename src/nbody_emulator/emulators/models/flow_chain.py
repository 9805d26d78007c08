"""A trained flow as a chain of conditional distributions, each a mixture of Gaussians.

The standard normal is a mixture of narrow ones, all equally wide; each goes through the flow to where it puts three
points of it, as a Gaussian of their mean and variance. A share goes to a wide Gaussian, without which few runs would
leave others all but impossible (a defensive mixture: Hesterberg 1995, Technometrics 37, 185). All that is told and
scored is of that mixture, not of the flow itself.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtri

from nbody_emulator.emulators.distributions.autoregressive import AbstractChain
from nbody_emulator.emulators.distributions.distribution import Number, Outputs
from nbody_emulator.emulators.distributions.normal_mixture import NormalMixture
from nbody_emulator.emulators.models.autoregressive_head import MOST_EARLIER
from nbody_emulator.emulators.models.flow_numbers import REACH, FlowNumbers, read_numbers
from nbody_emulator.emulators.models.perceptron import Dense, Perceptron

_WIDTH = 0.15
"""Of the narrow normals."""

_KERNELS = 33
_WIDE_SHARE, _WIDE_DEVIATION = 1e-3, 3.0
"""Of the wide Gaussian; its deviation is in those of the flow's line. The variance grows by 1 %."""


class FlowChain(AbstractChain):
    """Of one member at one point.

    Attributes:
        network: of inputs and outputs, masked.
        inputs: (d,) scaled.
    """

    network: Perceptron
    inputs: jax.Array

    def __call__(self, place: int, values: Outputs) -> NormalMixture:
        return mixture_of(self._read(place, values))

    def quantile(self, place: int, values: Outputs, mixture: NormalMixture, probability: Number) -> Number:
        """The flow's own, which takes no search: as good a path, whatever the mixture was widened by."""
        del mixture
        read = self._read(place, values)
        return read.mean + read.deviation * unsplined(read, ndtri(probability)[None])[0]

    def _read(self, place, values):
        features = self.network.features(jnp.concatenate([self.inputs, shown(values)]))
        last = self.network.layers[-1]
        weights, biases = (
            leaf.reshape(len(values), -1, *leaf.shape[1:]) for leaf in (last.weight, last.bias)
        )
        return read_numbers(Dense(weights[place], biases[place])(features))


def shown(values: Outputs) -> jax.Array:
    """(q,) what a network is shown of the outputs."""
    return jnp.clip(values, -MOST_EARLIER, MOST_EARLIER)


def mixture_of(read: FlowNumbers) -> NormalMixture:
    """Of the output of which a network says this."""
    # Neighbours are as far apart as Gauss and Hermite's three points: each is a point of three kernels.
    points = unsplined(read, jnp.asarray(_WIDTH * np.sqrt(3.0) * _places(_KERNELS + 2)))
    below, middle, above = points[:-2], points[1:-1], points[2:]
    means = (below + 4.0 * middle + above) / 6.0
    # Above zero, for the function rises.
    variances = ((below - means) ** 2 + 4.0 * (middle - means) ** 2 + (above - means) ** 2) / 6.0
    return NormalMixture(
        jnp.asarray(_log_weights()),
        read.mean + read.deviation * jnp.append(means, 0.0),
        read.deviation**2 * jnp.append(variances, _WIDE_DEVIATION**2),
    )


def unsplined(read: FlowNumbers, scores: jax.Array) -> jax.Array:
    """Where the spline is `scores` (n,). Source: Durkan et al. 2019 (Neural spline flows, NeurIPS 32), appendix A."""
    within = jnp.clip(scores, -REACH, REACH)
    # The bin of each, by comparisons: of so few knots faster than a search.
    bins = jnp.sum(within[:, None] >= read.scores[1:-1], axis=1)
    is_bin = bins[:, None] == jnp.arange(len(read.scores) - 1)

    def of_bin(values):
        return jnp.sum(jnp.where(is_bin, values, 0.0), axis=1)

    left, low = of_bin(read.places[:-1]), of_bin(read.scores[:-1])
    width, height = of_bin(jnp.diff(read.places)), of_bin(jnp.diff(read.scores))
    first, second = of_bin(read.slopes[:-1]), of_bin(read.slopes[1:])
    slope, rise = height / width, within - low
    excess = rise * (first + second - 2.0 * slope)
    a = height * (slope - first) + excess
    b = height * first - excess
    c = -slope * rise
    share = 2.0 * c / (-b - jnp.sqrt(b**2 - 4.0 * a * c))
    return jnp.where(jnp.abs(scores) <= REACH, left + share * width, scores)


def _places(count):
    return np.arange(count) - 0.5 * (count - 1)


def _log_weights():
    """Of the kernels, whose centres are normal with what variance their width leaves; and of the wide Gaussian."""
    centers = _WIDTH * np.sqrt(3.0) * _places(_KERNELS)
    densities = np.exp(-0.5 * centers**2 / (1.0 - _WIDTH**2))
    share = densities / np.sum(densities)
    return np.log(np.append((1.0 - _WIDE_SHARE) * share, _WIDE_SHARE))
