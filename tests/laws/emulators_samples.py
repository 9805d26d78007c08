"""Planted tables: known functions of three parameters with known Gaussian noise."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from nbody_emulator import emulators
from nbody_emulator.emulators.distributions.distribution import AbstractDistribution
from nbody_emulator.emulators.out_of_fold import OutOfFold
from nbody_emulator.emulators.points import each_point
from nbody_emulator.emulators.scaling import Scaler, axis_values
from nbody_emulator.emulators.training import Columns, TrainingSet
from nbody_emulator.quantities.quantity import Output, Parameter
from nbody_emulator.quantities.tables import Table
from nbody_emulator.settings.rows import Fitting
from nbody_emulator.streams import generator

PARAMETERS = (
    Parameter("galactocentric_radius", "kpc", 1.0, 10.0, "log"),
    Parameter("scale_radius", "pc", 0.5, 2.0, "log"),
    Parameter("virial_ratio", "1", 0.2, 1.8, "linear"),
)
OUTPUTS = tuple(Output(name, name, 1.0, "pc", "log", 0.01) for name in ("core", "half", "tail"))
TUNING = {"candidates": 2, "folds": 3}
SETTINGS = {
    "forest": {"trees": 30},
    "laplace": {"members": 4, "epochs": 300},
    "mc_dropout": {"epochs": 300},
    "mixture_network": {"members": 4, "epochs": 300, "components": 1},
    "flow": {"members": 4, "epochs": 200},
    "autoregressive_network": {"members": 4, "epochs": 300, "components": 1},
    "nuts_network": {"width": 4, "chains": 1, "warmup": 60, "draws": 40},
    "variational": {"width": 8, "steps": 1500, "networks": 40},
    "deep_sets": {"members": 4, "epochs": 300},
    "network": {"members": 4, "epochs": 300, "learning_rate": 0.01, "validation_fraction": 0.2},
}
QUICK = {
    "boosting": {"rate": 0.5},
    "forest": {"trees": 10},
    "laplace": {"members": 2, "epochs": 20},
    "mc_dropout": {"epochs": 20, "versions": 4},
    "network": {"members": 2, "epochs": 20},
    "deep_sets": {"members": 2, "epochs": 20},
    "mixture_network": {"members": 2, "epochs": 20},
    "flow": {"members": 2, "epochs": 20},
    "autoregressive_network": {"members": 2, "epochs": 20},
    "nuts_network": {"width": 3, "chains": 1, "warmup": 10, "draws": 4},
    "variational": {"width": 4, "steps": 20, "networks": 4},
}
"""Settings of short fits, for laws that ask nothing of their quality."""
NOISE = 0.4


def curved(axes: np.ndarray) -> np.ndarray:
    """Three smooth functions (n, 3) of the axes (n, 3), each in [-1, 1]; no line comes near them."""
    galactic, scale, virial = axes.T
    return np.stack(
        [
            np.tanh(4 * virial) + 0.5 * galactic,
            np.sin(3 * galactic) + virial**2,
            galactic * virial + scale / 2,
        ],
        axis=1,
    )


def straight(axes: np.ndarray) -> np.ndarray:
    """Three linear functions (n, 3) of the parameters' axes (n, 3)."""
    return axes @ np.array([[1.0, -0.5, 0.2], [0.3, 1.0, -1.0], [-0.7, 0.4, 0.6]])


def planted(function, points: int, name: str, blocks: int = 1, role: str = "training", noise=NOISE) -> Table:
    """A table of `points` prior draws in `blocks`, one run each, from the stream `name`."""
    random = generator(11, name)
    fractions = random.random((points, len(PARAMETERS)))
    truth = function(2.0 * fractions - 1.0)
    targets = truth + noise * random.standard_normal(truth.shape)
    inputs = [each.from_unit_interval(fractions[:, index]) for index, each in enumerate(PARAMETERS)]
    block = np.arange(points) * blocks // points
    return Table(
        parameters=PARAMETERS,
        outputs=OUTPUTS,
        inputs=np.stack(inputs, axis=1),
        values=np.exp(targets),
        targets=targets,
        groups=np.array([f"{name}/{number}/{point}" for point, number in enumerate(block)]),
        blocks=block,
        replicates=np.zeros(points, dtype=int),
        role=np.full(points, role),
        usable=np.ones(points, dtype=bool),
        energy_error=np.zeros(points),
    )


def training_set(inputs: np.ndarray, targets: np.ndarray) -> TrainingSet:
    """Scaled rows (n, 3) and (n, q) of a design point each; inputs from -sqrt(3) to sqrt(3) fill the boxes."""
    ends = axis_values(PARAMETERS, np.array([[each.minimum, each.maximum] for each in PARAMETERS]).T)
    input_scaler = Scaler(ends.mean(axis=0), np.ptp(ends, axis=0) / np.sqrt(12.0))
    outputs = OUTPUTS[: targets.shape[1]]
    output_scaler = Scaler(np.zeros(len(outputs)), np.ones(len(outputs)))
    columns = Columns(PARAMETERS, outputs, input_scaler, output_scaler)
    return TrainingSet(inputs, targets, np.arange(len(inputs)), columns)


def specification(family: str, **others) -> dict:
    """What `emulators.fit` takes."""
    settings = SETTINGS.get(family, {})
    return {"family": family, "settings": settings, "tuning": TUNING, "seed": 3, "stream": ["fit"], **others}


def how(family: str, **others) -> Fitting:
    """The same, as what runs the protocol takes it."""
    return Fitting(**specification(family, **others))


def fitted(family: str, table: Table, **others) -> "emulators.Emulator":
    """The emulator of `family` fitted to `table`."""
    return emulators.fit(table, specification(family, **others))[0]


def points_of(table: Table) -> dict[str, np.ndarray]:
    """The inputs of `table` by name."""
    return {each.name: table.inputs[:, index] for index, each in enumerate(table.parameters)}


def respond(model, inputs: np.ndarray):
    """The distributions of a fitted model at scaled inputs (n, d), with n in front of all their arrays."""
    return each_point(lambda point, model: model(point), (len(inputs),), inputs, model=model)


class Known(eqx.Module):
    """A model that answers each of its inputs (n, d) with the distribution that was given for it."""

    inputs: jax.Array
    distributions: AbstractDistribution

    def __call__(self, inputs):
        row = jnp.argmax(jnp.all(self.inputs == inputs, axis=1))
        return jax.tree.map(lambda leaf: leaf[row], self.distributions)


def answered(inputs: np.ndarray, distributions: AbstractDistribution) -> OutOfFold:
    """These answers at inputs that are no two alike, as if by models that had not seen the runs."""
    arrays = jax.tree.map(jnp.asarray, distributions)
    return OutOfFold([Known(jnp.asarray(inputs), arrays)], np.zeros(len(inputs), dtype=int), inputs, inputs)
