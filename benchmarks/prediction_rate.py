"""Predictions a second, mean and total variance, of the network ensemble, through the public door.

    python benchmarks/prediction_rate.py [emulator.eqx]

Box check included. Without a file it measures a stand-in of the size that `config/laptop.yaml` trains: 8
members, width 32, 3 inputs, 4 outputs; the rate does not depend on the values of the weights. Goal: 300 000 a
second on two cores.
"""

import sys

import jax
import jax.numpy as jnp
import numpy as np
from nbody_emulator.emulators.variance import empty_variance_model
from stopwatch import best_seconds, publish

from nbody_emulator.emulators import Emulator
from nbody_emulator.emulators.emulator import Facts
from nbody_emulator.emulators.families.network import FAMILY
from nbody_emulator.emulators.scaling import empty_scaler
from nbody_emulator.quantities import Output, Parameter
from nbody_emulator.seen import record

POINTS = 1 << 18
REPEATS = 10
GOAL = 300_000.0


def stand_in() -> Emulator:
    """An emulator with random weights."""
    parameters = tuple(Parameter(f"parameter_{index}", "1", -1.0, 1.0, "linear") for index in range(3))
    outputs = tuple(Output(f"output_{index}", "statistic", 1.0, "1", "identity", 0.0) for index in range(4))
    empty = FAMILY.skeleton({"members": 8, "width": 32, "inputs": 3, "outputs": 4})
    random = np.random.default_rng(0)
    model = jax.tree.map(lambda leaf: jnp.asarray(0.3 * random.standard_normal(leaf.shape)), empty)
    facts = Facts("network", {"width": 32}, 0, record({}, {}), "")
    return Emulator(
        parameters, outputs, facts, empty_scaler(3), empty_scaler(4), model, empty_variance_model(3, 4)
    )


def main() -> None:
    emulator = Emulator.load(sys.argv[1]) if len(sys.argv) > 1 else stand_in()
    random = np.random.default_rng(1)
    points = {each.name: each.from_unit_interval(random.random(POINTS)) for each in emulator.parameters}
    emulator.predict(points)  # compiles
    seconds = best_seconds(lambda: emulator.predict(points), REPEATS)
    row = {"family": emulator.facts.family, "predictions_per_second": POINTS / seconds, "goal": GOAL}
    publish("prediction_rate", [row])


if __name__ == "__main__":
    main()
