"""Asks a distribution, or a model, at many points: a function of one point, compiled for batches of few sizes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import numpy as np

LARGEST_BATCH = 4096
"""Points answered in one go; more are answered in several goes, so that memory stays bounded."""

_SIZES = (1, 8, 64, 128, 256, 512, 1024, 2048, LARGEST_BATCH)
"""Batches are filled up to the next of these: a caller with ever-changing sizes causes few compilations."""


def each_point(function: Callable, shape: tuple[int, ...], /, *trees: Any, **settings: Any) -> Any:
    """`function` of what each of the `trees` holds for one point, at all points: arrays (*shape, ...) of NumPy.

    Args:
        function: of the trees at one point and the settings; compiled once, with the settings that are no arrays.
        shape: the leading axes of all arrays in `trees`.
        settings: what is the same at all points: trees of arrays, or hashable values.
    """
    return _in_batches(lambda batch: _vectorized(function, batch, settings), shape, trees)


def each_answer(
    question: Callable, model: Callable, shape: tuple[int, ...], points: Any, /, *trees: Any, **settings: Any
) -> Any:
    """`question` of what `model` says at each of the points, as `each_point` asks it.

    Model and question are two programs. That of the question is large and the same for all models that answer with
    distributions of one kind: it is compiled for one of them, and found again for the others.

    Args:
        question: of the model's answer at one point, what each of the `trees` holds for it, and the settings.
        model: of one point, a tree of arrays.
    """
    return each_answers(question, model, shape, points, *trees, settings=(settings,))[0]


def each_answers(
    question: Callable,
    model: Callable,
    shape: tuple[int, ...],
    points: Any,
    /,
    *trees: Any,
    settings: Sequence[Mapping[str, Any]],
) -> Sequence[Any]:
    """As `each_answer` with each of the `settings`, of what the model is asked once for: that is the longer part."""

    def answered(batch):
        points, *others = batch
        answers = _vectorized(_said, (points,), {"model": model})
        return [_vectorized(question, (answers, *others), dict(each)) for each in settings]

    return _in_batches(answered, shape, (points, *trees))


def _said(point, model):
    return model(point)


def _in_batches(ask: Callable, shape: tuple[int, ...], trees: Any) -> Any:
    flat = jax.tree.map(lambda leaf: np.asarray(leaf).reshape(-1, *np.shape(leaf)[len(shape) :]), trees)
    count = int(np.prod(shape))
    starts = range(0, max(count, 1), LARGEST_BATCH)
    parts = [_answered(ask, _slice(flat, start)) for start in starts]
    whole = jax.tree.map(lambda *leaves: np.concatenate(leaves), *parts)
    return jax.tree.map(lambda leaf: leaf.reshape((*shape, *leaf.shape[1:])), whole)


def _slice(trees, start):
    return jax.tree.map(lambda leaf: leaf[start : start + LARGEST_BATCH], trees)


def _answered(ask, trees):
    count = len(jax.tree.leaves(trees)[0])
    size = next(size for size in _SIZES if size >= count)

    def filled(leaf):
        # Copies of a real point, so that nothing is computed from impossible numbers.
        fill = leaf[-1:] if count else np.ones((1, *leaf.shape[1:]), leaf.dtype)
        return np.concatenate([leaf, np.repeat(fill, size - count, axis=0)])

    return jax.tree.map(lambda leaf: np.asarray(leaf)[:count], ask(jax.tree.map(filled, trees)))


@eqx.filter_jit
def _vectorized(function, trees, settings):
    return jax.vmap(lambda *one: function(*one, **settings))(*trees)
