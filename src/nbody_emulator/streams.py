"""Named random streams: the same names give the same draws, whatever else is drawn, in any order, on any machine."""

import hashlib
import json

import numpy as np


def stream_digest(seed: int, *names: str | int) -> str:
    """The 64 hexadecimal digits that stand for the stream `names` of the experiment with this `seed`."""
    return hashlib.sha256(json.dumps([seed, *names]).encode()).hexdigest()


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """A generator at the start of the stream `names`; different names give statistically independent streams."""
    return np.random.Generator(np.random.PCG64(int(stream_digest(seed, *names), 16)))


def key_integer(seed: int, *names: str | int) -> int:
    """A 63-bit integer for libraries that seed themselves from one (`jax.random.key`, scikit-learn modulo 2**32)."""
    return int(stream_digest(seed, *names)[:16], 16) >> 1
