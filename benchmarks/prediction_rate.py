"""Predictions a second, mean and total variance, of the network ensemble, through the public door.

    python benchmarks/prediction_rate.py [emulator.eqx]

Box check included. Without a file it measures a stand-in of the size that `config/laptop.yaml` trains: 8
members, width 32, 3 inputs, 4 outputs; the rate does not depend on the values of the weights. Goal: 300 000 a
second on two cores.
"""

import math
import sys

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from stopwatch import best_seconds, publish

from nbody_emulator.emulators import Emulator
from nbody_emulator.emulators.calibrators.constant_variance import ConstantVariance
from nbody_emulator.emulators.metadata import Metadata
from nbody_emulator.emulators.models.ensemble import GaussianEnsemble
from nbody_emulator.emulators.models.perceptron import draw_perceptron
from nbody_emulator.emulators.outcome_model import OutcomeModel
from nbody_emulator.emulators.random_keys import random_key
from nbody_emulator.emulators.scaling import Scaler
from nbody_emulator.emulators.survival import DEGREE, Survival
from nbody_emulator.identity.seen_points import record
from nbody_emulator.quantities.quantity import Output, Parameter

MEMBERS, WIDTH, INPUTS, OUTPUTS = 8, 32, 3, 4
HIDDEN_LAYERS = 2
POINTS = 1 << 18
REPEATS = 10
GOAL = 300_000.0


def stand_in() -> Emulator:
    """An emulator with random weights."""
    parameters = tuple(Parameter(f"parameter_{index}", "1", -1.0, 1.0, "linear") for index in range(INPUTS))
    outputs = tuple(
        Output(f"output_{index}", "statistic", 1.0, "1", "identity", 0.0) for index in range(OUTPUTS)
    )
    metadata = Metadata("network", {"width": WIDTH}, "constant_variance", 0, record({}, {}), "")
    scalers = (Scaler(jnp.zeros(columns), jnp.ones(columns)) for columns in (INPUTS, OUTPUTS))
    calibrator = ConstantVariance(jnp.zeros(OUTPUTS))
    terms = math.comb(INPUTS + DEGREE, DEGREE)
    survival = Survival(jnp.zeros(terms), jnp.zeros((OUTPUTS, terms)))
    model = OutcomeModel(parameters, *scalers, random_ensemble(), calibrator, survival)
    return Emulator(outputs, metadata, model)


def random_ensemble() -> GaussianEnsemble:
    """Networks as they are before they are trained."""

    def member(key):
        return draw_perceptron(INPUTS, WIDTH, HIDDEN_LAYERS, 2 * OUTPUTS, jnp.ones(WIDTH), key)

    return GaussianEnsemble(eqx.filter_vmap(member)(jax.random.split(random_key(0), MEMBERS)))


def main() -> None:
    emulator = Emulator.load(sys.argv[1]) if len(sys.argv) > 1 else stand_in()
    random = np.random.default_rng(1)
    points = {each.name: each.from_unit_interval(random.random(POINTS)) for each in emulator.parameters}

    def answer():
        prediction = emulator.predict(points)
        return prediction.transformed_mean, prediction.transformed_variance

    answer()  # compiles
    seconds = best_seconds(answer, REPEATS)
    row = {"family": emulator.metadata.family, "predictions_per_second": POINTS / seconds, "goal": GOAL}
    publish("prediction_rate", [row])


if __name__ == "__main__":
    main()
