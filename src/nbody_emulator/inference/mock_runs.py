"""Runs drawn from the emulator itself: of these its posteriors must hold what they promise, or the code is wrong."""

import jax
import numpy as np

from nbody_emulator.emulators.emulator import Emulator
from nbody_emulator.emulators.points import each_point
from nbody_emulator.emulators.random_keys import GENERATOR, counted_off, random_key
from nbody_emulator.inference.observation import Observation
from nbody_emulator.inference.prediction_table import thetas
from nbody_emulator.streams import generator, key_integer


def mock_runs(emulator: Emulator, runs: int, seed: int) -> tuple[np.ndarray, list[Observation]]:
    """Parameters (runs, d) from the prior, as fractions of the box, and what the emulator made of them."""
    fractions = generator(seed, "mock runs").random((runs, len(emulator.parameters)))
    with counted_off():
        keys = jax.random.split(random_key(key_integer(seed, "mock runs")), runs)
        data = np.asarray(jax.random.key_data(keys))
        theta = thetas(emulator.parameters, fractions)
        targets = each_point(_drawn, (runs,), theta, data, model=emulator.model)
    return fractions, [Observation.of_run(emulator.outputs, each) for each in targets]


def _drawn(theta, data, model):
    return model(theta).sample(jax.random.wrap_key_data(data, impl=GENERATOR))
