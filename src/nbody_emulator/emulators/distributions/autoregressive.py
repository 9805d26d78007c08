"""A joint distribution as a product of conditional ones: of every output given those before it."""

from abc import abstractmethod
from collections.abc import Callable
from functools import cache, partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp
from jaxtyping import Array, Float, PRNGKeyArray
from scipy.special import ndtr, ndtri

from nbody_emulator.emulators.distributions.distribution import (
    AbstractDistribution,
    Matrix,
    Number,
    Outputs,
    Present,
    Sample,
    taken,
)
from nbody_emulator.emulators.distributions.gridded_mixture import GriddedMixture
from nbody_emulator.emulators.distributions.normal_mixture import NormalMixture

FEWEST_PATHS = 16
"""Through each chain, quasi-random, by which outputs that were not observed are integrated out; or four an output."""

_HALVINGS = 26
"""Of a quantile's bracket: to 1e-8 of it, of which a step of Newton's makes all digits."""

Nodes = Float[Array, "nodes chained"]
Paths = Float[Array, "members nodes chained"]
Selection = Float[Array, "outputs chained"]
Fill = Callable[[int, Outputs, NormalMixture], Number]
"""What stands at a place of a chain (its number, the values before, its conditional) that was not observed."""


class AbstractChain(eqx.Module):
    """Conditional distributions of outputs in an order of their own, at one point."""

    @abstractmethod
    def __call__(self, place: int, values: Outputs) -> NormalMixture:
        """Of the output at this place, given the `values` (q,) of those before it; the others are not looked at."""

    def quantile(self, place: int, values: Outputs, mixture: NormalMixture, probability: Number) -> Number:
        """Of the conditional distribution there, which is `mixture`; a path leads through it.

        With its gradient: by a last step of Newton's.
        """
        del place, values
        found = jax.lax.stop_gradient(mixture.halved(probability, _HALVINGS))
        slope = jax.lax.stop_gradient(jnp.exp(mixture.log_prob(found)))
        return found - (mixture.cdf(found) - probability) / slope


class Autoregressive(AbstractDistribution):
    """An equal mixture of m chains.

    What is missing at the end of the order is integrated out exactly. What is missing before an output that was
    observed, and marginals, are the mean over a fixed quasi-random set of paths: densities that integrate to one.

    Attributes:
        chains: with a leading axis (m,) on all arrays.
        selection: (outputs, chained) one where an output is that of the chains; a row of zeros was not learned.
        shift, scale: (outputs,) an output is `shift + scale * chained`.
        widening: (chained,) factor on the variances of the conditionals' components.
    """

    chains: AbstractChain
    selection: Selection
    shift: Outputs
    scale: Outputs
    widening: Outputs

    @property
    def mean(self) -> Outputs:
        return jax.vmap(lambda marginal: marginal.mean)(self.marginals)

    @property
    def variance(self) -> Outputs:
        return jax.vmap(lambda marginal: marginal.variance)(self.marginals)

    @property
    def epistemic_variance(self) -> Outputs:
        """Of the chains' means."""
        return jnp.diagonal(self.epistemic_covariance)

    @property
    def covariance(self) -> Matrix:
        """The marginals' variances, with the correlation of the paths."""
        paths = self._paths()[0].reshape(-1, self._chained)
        apart = paths - jnp.mean(paths, axis=0)
        products = jnp.mean(apart[:, :, None] * apart[:, None, :], axis=0)
        spread = jnp.sqrt(jnp.diagonal(products))
        correlation = self._selected_both(products / (spread[:, None] * spread))
        deviation = jnp.sqrt(self.variance)
        return correlation * deviation[:, None] * deviation

    @property
    def epistemic_covariance(self) -> Matrix:
        """Of the chains' means."""
        mixtures = self._paths()[1]
        means = jnp.mean(jnp.sum(jnp.exp(mixtures.log_weights) * mixtures.means, axis=-1), axis=1)
        apart = means - jnp.mean(means, axis=0)
        products = jnp.mean(apart[:, :, None] * apart[:, None, :], axis=0)
        return self._selected_both(products) * self.scale[:, None] * self.scale

    @property
    def marginals(self) -> GriddedMixture:
        def of_outputs(leaf):
            return self._selected(jnp.moveaxis(leaf, 2, 0).reshape(self._chained, -1))

        mixtures = self._paths()[1]
        log_weights = of_outputs(mixtures.log_weights) - jnp.log(np.prod(mixtures.means.shape[:2]))
        means = self.shift[:, None] + self.scale[:, None] * of_outputs(mixtures.means)
        variances = self.scale[:, None] ** 2 * of_outputs(mixtures.variances)
        return GriddedMixture(NormalMixture(log_weights, means, variances))

    def log_prob(self, targets: Outputs, present: Present | None = None) -> Number:
        values, observed = self._chain_values(targets, present)

        def of_path(chain, uniform):
            return self._walk(chain, values, observed, _quantiles(chain, uniform))[1]

        def along(nodes):
            densities = jax.vmap(jax.vmap(of_path, (None, 0)), (0, None))(self.chains, nodes)
            return logsumexp(densities) - jnp.log(densities.size)

        if present is None:
            return self._in_units(along(self._nodes), targets, present)
        # With nothing missing before the last that was observed all paths are one.
        is_one = jnp.all(observed[:-1] | ~observed[1:])
        joint = jax.lax.cond(is_one, lambda: along(self._nodes[:1]), lambda: along(self._nodes))
        return self._in_units(joint, targets, present)

    def sample(self, key: PRNGKeyArray, draws: int) -> Sample:
        which, uniform, normal = jax.random.split(key, 3)
        members = self._members
        chosen = jax.random.randint(which, (draws,), 0, members)
        is_of = chosen[:, None] == jnp.arange(members)
        number = jnp.take_along_axis(jnp.cumsum(is_of, axis=0), chosen[:, None], axis=1)[:, 0] - 1
        # As many draws of each member as are needed but for one time in a million: not all of all.
        most = min(draws, int(draws / members + 6.0 * np.sqrt(draws / members)) + 6)
        shape = (members, most, self._chained)
        numbers = jax.random.uniform(uniform, shape), jax.random.normal(normal, shape)

        def of_member(member):
            chain, uniforms, normals = member
            return jax.vmap(partial(self._draw, chain))(uniforms, normals)

        # One member after the other, which takes less memory.
        drawn = jax.lax.map(of_member, (self.chains, *numbers))[chosen, jnp.minimum(number, most - 1)]
        return self.shift + self.scale * jax.vmap(self._selected)(drawn)

    def hpd_level(self, targets: Outputs, key: PRNGKeyArray, draws: int) -> Number:
        """As for any distribution, but what was not observed stands at its conditional mean, of the run and its draws.

        Levels are uniform all the same; where nothing is missing but at the end they are of the smallest region.
        """
        observed = self.observed(targets)
        drawn = jnp.where(observed, self.sample(key, draws), jnp.nan)
        all_of_them = jnp.concatenate([targets[None], drawn])

        def of_member(chain):
            def density(targets):
                values, present = self._chain_values(targets)
                return self._walk(chain, values, present, lambda *each: each[-1].mean)[1]

            return jax.vmap(density)(all_of_them)

        densities = logsumexp(jax.lax.map(of_member, self.chains), axis=0)
        return jnp.where(observed.any(), jnp.mean(densities[1:] > densities[0]), jnp.nan)

    def affine(self, shift: Outputs, scale: Outputs) -> "Autoregressive":
        return self._with(self.selection, shift + scale * self.shift, scale * self.scale)

    def arranged(self, places: tuple[int, ...]) -> "Autoregressive":
        selection = jnp.nan_to_num(taken(self.selection, places, axis=0))
        return self._with(selection, taken(self.shift, places), taken(self.scale, places))

    def widened(self, factor: Outputs) -> "Autoregressive":
        known = jnp.where(self._learned, factor, 0.0)
        of_chain = jnp.sum(self.selection * known[:, None], axis=0)
        widening = jnp.where(jnp.any(self.selection > 0.0, axis=0), of_chain, 1.0) * self.widening
        return eqx.tree_at(lambda each: each.widening, self, widening)

    @property
    def widened_parts(self) -> tuple[Array, Array, Array]:
        """The conditional distributions on all paths."""
        mixtures = self._paths()[1]
        both = jax.vmap(jax.vmap(jax.vmap(lambda each: (each.mean, each.variance))))(mixtures)
        means, variances = (jax.vmap(self._selected)(part.reshape(-1, self._chained)) for part in both)
        count = len(means)
        return (
            jnp.full(count, -jnp.log(count)),
            self.shift + self.scale * means,
            self.scale**2 * variances,
        )

    @property
    def _members(self) -> int:
        return len(jax.tree.leaves(self.chains)[0])

    @property
    def _chained(self) -> int:
        return self.selection.shape[1]

    @property
    def _learned(self) -> Present:
        return jnp.any(self.selection > 0.0, axis=1)

    @property
    def _nodes(self) -> Nodes:
        return jnp.asarray(_nodes(self._chained))

    def _with(self, selection, shift, scale):
        return Autoregressive(self.chains, selection, shift, scale, self.widening)

    def _selected(self, chained):
        """(outputs, ...) of what is (chained, ...); zero where an output was not learned."""
        # One term of the sum is not zero: its order is nothing.
        return jnp.tensordot(self.selection, chained, axes=1)

    def _selected_both(self, chained):
        return self._selected(self._selected(chained).T)

    def observed(self, targets: Outputs, present: Present | None = None) -> Present:
        return (jnp.isfinite(targets) if present is None else present) & self._learned

    def _chain_values(self, targets: Outputs, present: Present | None = None) -> tuple[Outputs, Present]:
        """What was observed, in the order and units of the chains (zero elsewhere), and where."""
        observed = self.observed(targets, present)
        shift, scale = jnp.where(observed, self.shift, 0.0), jnp.where(observed, self.scale, 1.0)
        values = (jnp.where(observed, targets, 0.0) - shift) / scale
        return values @ self.selection, observed.astype(float) @ self.selection > 0.0

    def _in_units(self, density: Number, targets: Outputs, present: Present | None) -> Number:
        observed = self.observed(targets, present)
        known = density - jnp.sum(jnp.log(jnp.where(observed, self.scale, 1.0)))
        return jnp.where(self._learned.any(), known, jnp.nan)

    def _walk(
        self, chain: AbstractChain, values: Outputs, observed: Present, fill: Fill
    ) -> tuple[Outputs, Number, list[NormalMixture]]:
        """Along one chain: its outputs, `fill` of those that were not observed; the log density of those that were; and
        the conditional distributions.
        """
        density, mixtures = jnp.zeros(()), []
        for place in range(self._chained):
            given = chain(place, values)
            mixture = NormalMixture(given.log_weights, given.means, given.variances * self.widening[place])
            value = jnp.where(observed[place], values[place], fill(place, values, mixture))
            density = density + jnp.where(observed[place], mixture.log_prob(values[place]), 0.0)
            values = values.at[place].set(value)
            mixtures.append(mixture)
        return values, density, mixtures

    def _paths(self) -> tuple[Paths, NormalMixture]:
        """Where the nodes lead without any observation, and the conditionals (members, nodes, chained) there."""
        nothing = jnp.zeros(self._chained), jnp.zeros(self._chained, dtype=bool)

        def path(chain, uniform):
            values, _, mixtures = self._walk(chain, *nothing, _quantiles(chain, uniform))
            return values, jax.tree.map(lambda *leaves: jnp.stack(leaves), *mixtures)

        return jax.vmap(jax.vmap(path, (None, 0)), (0, None))(self.chains, self._nodes)

    def _draw(self, chain, uniform, normal):
        def drawn(place, values, mixture):
            del values
            which = jnp.sum(uniform[place] > jnp.cumsum(jnp.exp(mixture.log_weights))[:-1])
            return mixture.means[which] + normal[place] * jnp.sqrt(mixture.variances[which])

        nothing = jnp.zeros(self._chained), jnp.zeros(self._chained, dtype=bool)
        return self._walk(chain, *nothing, drawn)[0]


@cache
def _nodes(dimensions: int) -> np.ndarray:
    """(n, dimensions) in the unit cube: quasi-random points and their mirror images, whose normal scores have unit
    covariance, so that of a Gaussian chain all means, variances and correlations are exact.

    Sources: Roberts 2018 (The unreasonable effectiveness of quasirandom sequences), the sequence R_d; Barraquand 1995
    (Management Science 41, 1882), quadratic resampling.
    """
    ratio = 2.0
    for _ in range(60):  # to the root of x^(d + 1) = x + 1
        ratio = (1.0 + ratio) ** (1.0 / (dimensions + 1))
    half = max(FEWEST_PATHS, 4 * dimensions) // 2
    points = (0.5 + np.arange(1.0, half + 1)[:, None] * ratio ** -np.arange(1.0, dimensions + 1)) % 1.0
    scores = ndtri(np.concatenate([points, 1.0 - points]))
    whitener = np.linalg.inv(np.linalg.cholesky(scores.T @ scores / len(scores))).T
    return ndtr(scores @ whitener)


def _quantiles(chain: AbstractChain, uniform: Outputs) -> Fill:
    """Those of the conditional distributions."""
    return lambda place, values, mixture: chain.quantile(place, values, mixture, uniform[place])
