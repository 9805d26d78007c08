"""A masked autoregressive flow in training: from a run's outputs to independent standard normals, given its inputs.

One network reads the inputs and the outputs; masks keep from what it says of an output all but the inputs and the
outputs before it. What it says is a rising function of that output: a line, and a rational-quadratic spline after it.
Sources: Papamakarios, Pavlakou & Murray 2017 (Masked autoregressive flow, NeurIPS 30); Durkan et al. 2019
(Neural spline flows, NeurIPS 32). Splines, lines and masks are those of flowjax.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator.emulators.models.flow_chain import shown
from nbody_emulator.emulators.models.flow_numbers import REACH, numbers_of, read_numbers
from nbody_emulator.emulators.models.head import AbstractHead
from nbody_emulator.emulators.models.perceptron import Dense, Perceptron
from nbody_emulator.extras import extra

if TYPE_CHECKING:
    from flowjax.bijections import AbstractBijection


class FlowHead(AbstractHead):
    """One loss for each output, of runs in which it and all before it were observed.

    Attributes:
        inputs, outputs: how many.
        knots: of each spline, inside its reach.
    """

    inputs: int = eqx.field(static=True)
    outputs: int = eqx.field(static=True)
    knots: int = eqx.field(static=True)

    @property
    def first_biases(self) -> np.ndarray:
        """Zeros, which are standard normals."""
        return np.zeros(self.outputs * numbers_of(self.knots))

    def draw(self, inputs: int, units: jax.Array, depth: int, key: jax.Array) -> Perceptron:
        return super().draw(inputs + self.outputs, units, depth, key)

    def numbers(
        self, network: Perceptron, inputs: jax.Array, targets: jax.Array, units: jax.Array
    ) -> jax.Array:
        """(q, m), each of the run's own earlier outputs."""
        said = self.masked(network)(jnp.concatenate([inputs, shown(targets)]), units)
        return said.reshape(self.outputs, -1)

    def charged(self, observed: np.ndarray) -> np.ndarray:
        return np.cumprod(observed, axis=1).astype(bool)

    def losses(
        self, numbers: jax.Array, targets: jax.Array, observed: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        """Negative log densities."""
        del observed
        scores, slopes = jax.vmap(lambda one, target: self.bijection(one).transform_and_log_det(target))(
            numbers, targets
        )
        return -jax.scipy.stats.norm.logpdf(scores) - slopes, jnp.ones(self.outputs)

    def masked(self, network: Perceptron) -> Perceptron:
        """The network without the weights that would show an output itself or one after it; leading axes are kept."""
        with extra("fitting"):  # imported here: a saved flow does not need it
            from flowjax.masks import rank_based_mask
        width, numbers = (network.layers[place].bias.shape[-1] for place in (0, -1))
        of_inputs = jnp.concatenate([jnp.full(self.inputs, -1), jnp.arange(self.outputs)])
        of_units = jnp.arange(width) % self.outputs - 1
        of_numbers = jnp.repeat(jnp.arange(self.outputs), numbers // self.outputs)
        ranks = [of_inputs, *[of_units] * (len(network.layers) - 1), of_numbers]
        layers = []
        for layer, (here, following) in zip(network.layers, pairwise(ranks), strict=True):
            mask = rank_based_mask(here, following, eq=following is not of_numbers)
            layers.append(Dense(layer.weight * mask, layer.bias))
        return Perceptron(tuple(layers))

    def bijection(self, numbers: jax.Array) -> "AbstractBijection":
        """From an output to its standard normal, by its numbers (m,)."""
        with extra("fitting"):
            from flowjax.bijections import Affine, Chain, Invert, RationalQuadraticSpline
        # Without the numbers that they would begin with.
        line, spline = eqx.filter_eval_shape(
            lambda: (Affine(), RationalQuadraticSpline(knots=self.knots, interval=REACH))
        )
        read = read_numbers(numbers)
        line = eqx.tree_at(lambda line: (line.loc, line.scale), line, (read.mean, read.deviation))
        spline = eqx.tree_at(
            lambda spline: (spline.x_pos, spline.y_pos, spline.derivatives),
            spline,
            (read.places, read.scores, read.slopes),
        )
        return Chain([Invert(line), spline])
