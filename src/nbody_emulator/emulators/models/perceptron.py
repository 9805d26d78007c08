"""One member of an ensemble: a multilayer perceptron, whose numbers a head reads as a distribution.

A layer is its two arrays, under the names that files know. `eqx.nn.Linear` answers with the same bits, but it holds its
sizes as well, three words a layer that no file of this format has; and its constructor draws weights, where ours are
given: read from a file, drawn from a named stream, or cut from wider ones.
"""

import equinox as eqx
import jax
import jax.numpy as jnp

import nbody_emulator.double_precision  # noqa: F401


class Dense(eqx.Module):
    """y = weight x + bias; weight (outputs, inputs), bias (outputs,)."""

    weight: jax.Array
    bias: jax.Array

    def __call__(self, inputs: jax.Array) -> jax.Array:
        return self.weight @ inputs + self.bias


class Perceptron(eqx.Module):
    """x (d,) -> numbers (m,), with hyperbolic tangents between the layers.

    Attributes:
        layers: hidden layers, and the last.
    """

    layers: tuple[Dense, ...]

    def __call__(self, inputs: jax.Array, units: jax.Array | float = 1.0) -> jax.Array:
        """Args: inputs (d,); units (width,) of ones and zeros switches hidden units off while training."""
        return self.layers[-1](self.features(inputs, units))

    def features(self, inputs: jax.Array, units: jax.Array | float = 1.0) -> jax.Array:
        """(width,) what the last layer reads."""
        hidden = inputs
        for layer in self.layers[:-1]:
            hidden = jnp.tanh(layer(hidden)) * units
        return hidden

    def thinned(self, inputs: jax.Array, kept: jax.Array) -> jax.Array:
        """The numbers of the network whose hidden units are multiplied by `kept` (hidden layers, width)."""
        hidden = inputs
        for layer, of_layer in zip(self.layers[:-1], kept, strict=True):
            hidden = jnp.tanh(layer(hidden)) * of_layer
        return self.layers[-1](hidden)

    def narrowed(self, width: int) -> "Perceptron":
        """With its first `width` hidden units alone; leaves may carry leading axes."""
        last = len(self.layers) - 1
        layers = []
        for index, layer in enumerate(self.layers):
            rows = slice(None) if index == last else slice(0, width)
            columns = slice(None) if index == 0 else slice(0, width)
            layers.append(Dense(layer.weight[..., rows, columns], layer.bias[..., rows]))
        return Perceptron(tuple(layers))

    def weights_alone(self) -> "Perceptron":
        """Ones in place of its weights, zeros in place of its biases."""
        layers = (Dense(jnp.ones_like(each.weight), jnp.zeros_like(each.bias)) for each in self.layers)
        return Perceptron(tuple(layers))


def draw_perceptron(
    inputs: int, width: int, depth: int, numbers: int, units: jax.Array, key: jax.Array
) -> Perceptron:
    """A network with independent normal weights of variance 1 / (units in use before them) and zero biases.

    Args:
        depth: of hidden layers.
        units: (width,) ones for the hidden units in use.
    """
    sizes = [inputs, *[width] * depth, numbers]
    used: list[int | jax.Array] = [inputs, *[units.sum()] * depth]
    keys = jax.random.split(key, len(used))
    layers = [
        Dense(jax.random.normal(layer_key, (following, here)) / jnp.sqrt(fan_in), jnp.zeros(following))
        for here, following, fan_in, layer_key in zip(sizes[:-1], sizes[1:], used, keys, strict=True)
    ]
    return Perceptron(tuple(layers))


def draw_kept(key: jax.Array, shape: tuple[int, ...], dropout: jax.Array | float) -> jax.Array:
    """Zero for units that drop out, which a share `dropout` of them does; the others make up for them."""
    return jax.random.bernoulli(key, 1.0 - dropout, shape) / (1.0 - dropout)
