"""Asks a distribution, or a model, at many points: a function of one point, compiled for batches of few sizes."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import numpy as np

LARGEST_BATCH = 4096
"""Points answered in one go; more are answered in several goes, so that memory stays bounded."""


def each_point(function: Callable, shape: tuple[int, ...], *trees: Any, **settings: Any) -> Any:
    """`function` of what each of the `trees` holds for one point, at all points: arrays (*shape, ...) of NumPy.

    Args:
        function: of the trees at one point and the settings; compiled once, with the settings that are no arrays.
        shape: the leading axes of all arrays in `trees`.
        settings: what is the same at all points: trees of arrays, or hashable values.
    """
    flat = jax.tree.map(lambda leaf: np.asarray(leaf).reshape(-1, *np.shape(leaf)[len(shape) :]), trees)
    count = int(np.prod(shape))
    starts = range(0, max(count, 1), LARGEST_BATCH)
    parts = [_answered(function, _slice(flat, start), settings) for start in starts]
    whole = jax.tree.map(lambda *leaves: np.concatenate(leaves), *parts)
    return jax.tree.map(lambda leaf: leaf.reshape((*shape, *leaf.shape[1:])), whole)


def _slice(trees, start):
    return jax.tree.map(lambda leaf: leaf[start : start + LARGEST_BATCH], trees)


def _answered(function, trees, settings):
    count = len(jax.tree.leaves(trees)[0])
    # The next power of two: a caller with ever-changing sizes causes few compilations.
    size = 1 << max(count - 1, 0).bit_length()

    def filled(leaf):
        # Copies of a real point, so that nothing is computed from impossible numbers.
        fill = leaf[-1:] if count else np.ones((1, *leaf.shape[1:]), leaf.dtype)
        return np.concatenate([leaf, np.repeat(fill, size - count, axis=0)])

    answer = _vectorized(function, jax.tree.map(filled, trees), settings)
    return jax.tree.map(lambda leaf: np.asarray(leaf)[:count], answer)


@eqx.filter_jit
def _vectorized(function, trees, settings):
    return jax.vmap(lambda *one: function(*one, **settings))(*trees)
