"""The fitted emulator: parameters in, a predicted distribution out, a refusal outside the box it was trained
in.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.arrays import shown, without_unit
from nbody_emulator.emulators import storage
from nbody_emulator.emulators.box import refuse_outside, stack_parameters, within
from nbody_emulator.emulators.calibrators.calibrator import AbstractCalibrator
from nbody_emulator.emulators.calibrators.register import CALIBRATORS
from nbody_emulator.emulators.descriptions import boxes_of, names_of
from nbody_emulator.emulators.distributions.distribution import AbstractDistribution
from nbody_emulator.emulators.existence import Existence
from nbody_emulator.emulators.family import Model
from nbody_emulator.emulators.points import each_point
from nbody_emulator.emulators.prediction import Prediction
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.emulators.scaling import Scaler, axis_values
from nbody_emulator.identity.seen_points import Seen
from nbody_emulator.quantities.quantity import Output, Parameter


@dataclass(frozen=True)
class Facts:
    """What an emulator knows about its own fit.

    Attributes:
        family: its name in the register.
        hyperparameters: the chosen ones, JSON values.
        calibrator: its name in the register.
        training_runs: runs with at least one output.
        seen: design points of the training table, and which of them each part of the fit has seen.
        identity: identity of the fit's specification, empty if none was given.
        description: what the training runs are of, in words; empty if nothing was said.
    """

    family: str
    hyperparameters: dict
    calibrator: str
    training_runs: int
    seen: Seen
    identity: str
    description: str = ""

    def __hash__(self):
        # Asked for at every prediction; the checksum stands for the whole list of points.
        return hash((self.family, self.training_runs, self.seen.checksum, self.identity))


class Emulator(eqx.Module):
    """An emulator of a star-cluster simulation's summary statistics.

    Load one with `Emulator.load(path)` and ask it with `predict`. Inside a sampler use `distribution`, a
    pure function.
    """

    parameters: tuple[Parameter, ...] = eqx.field(static=True)
    outputs: tuple[Output, ...] = eqx.field(static=True)
    facts: Facts = eqx.field(static=True)
    input_scaler: Scaler
    output_scaler: Scaler
    model: Model
    calibrator: AbstractCalibrator
    existence: Existence

    def predict(self, parameters: Mapping[str, Any], outside: str = "refuse") -> Prediction:
        """The predictive distribution of one new run at each point.

        Args:
            parameters: value(s) of every parameter by name, in the units of `self.parameters` (bare), or in any
                (of astropy, pint, unyt or unxt). Arrays broadcast; xarray's do so by the names of their dimensions,
                which the answer has in the order in which they are first met, parameters taken in the order of
                `self.parameters`. A DataFrame, a Series of one point or an xarray Dataset is taken as it is.
            outside: "refuse" raises for points outside the training box, "nan" answers them with NaN.

        Raises:
            TypeError: `parameters` has no names, or a value is masked, in a unit that cannot be converted, or no
                number.
            ValueError: shapes, sizes or labels do not fit together, a parameter is unknown or missing, or values
                lie outside their ranges; the message names all of them.
        """
        if not isinstance(outside, str) or outside not in ("refuse", "nan"):
            raise ValueError(f"outside must be one of refuse, nan, not {shown(outside)}")
        points = stack_parameters(self.parameters, parameters)
        flat = points.reshape(-1, len(self.parameters))
        inside = within(self.parameters, flat)
        if outside == "refuse":
            refuse_outside(self.parameters, flat, inside)
        # Without the facts of its fit: emulators of equal shapes share what is compiled.
        distribution, existence = each_point(
            _answer, (len(flat),), flat, parameters=self.parameters, leaves=self._leaves()
        )
        known, shape = inside.all(axis=1), points.shape[:-1]

        def shaped(leaf):
            blank = known.reshape(-1, *[1] * (leaf.ndim - 1))
            return np.where(blank, leaf, np.nan).reshape((*shape, *leaf.shape[1:]))

        scale = np.asarray(self.output_scaler.spread)
        return Prediction(self.outputs, jax.tree.map(shaped, distribution), shaped(existence), scale)

    @property
    def distribution(self) -> Callable[[jax.Array], AbstractDistribution]:
        """A function of one point theta (d,), the parameters in the order and units of `self.parameters`.

        It gives the joint distribution of the transformed outputs (q,) of one new run, given that they exist. It is
        pure, can be given to `jax.jit` as it is, and for smooth families can be differentiated. It does not check the
        box.
        """
        # A bound method of an Equinox module is a tree of arrays, which cannot be hashed, as `jax.jit` must.
        return partial(_at_point, _distribution, self.parameters, self._leaves())

    @property
    def existence_probability(self) -> Callable[[jax.Array], jax.Array]:
        """A function like `distribution`, of the probabilities (q,) that one new run has each of the outputs."""
        return partial(_at_point, _existence, self.parameters, self._leaves())

    def __repr__(self) -> str:
        fitted = f"{self.facts.family}, {self.facts.training_runs} training runs"
        return f"Emulator({fitted}: {boxes_of(self.parameters)} -> {names_of(self.outputs)})"

    def __str__(self) -> str:
        return "\nof ".join(filter(None, (repr(self), self.facts.description)))

    def save(self, path: str | Path) -> None:
        """Write the emulator to `path`: one line of JSON that explains it, then its arrays. Same emulator,
        same bytes.
        """
        header = {
            "parameters": [asdict(parameter) for parameter in self.parameters],
            "outputs": [asdict(output) for output in self.outputs],
            "facts": asdict(self.facts),
            "model": storage.static_of(cast(eqx.Module, self.model)),  # which a protocol cannot say of it
        }
        storage.write(path, header, self._leaves())

    @staticmethod
    def load(path: str | Path) -> "Emulator":
        """The emulator saved at `path`.

        Raises:
            ValueError: the file is not an emulator, is damaged or of another format, or the parts of its fit
                have not seen the same design points.
        """
        header, arrays = storage.read(path)
        try:
            emulator = _built(header, arrays)
        except Exception as error:  # whatever a file that no emulator wrote may lead to
            raise storage.damaged(path, f"its first line: {error}") from None
        emulator.facts.seen.check(path)
        return emulator

    def _leaves(self):
        return _Leaves(self.input_scaler, self.output_scaler, self.model, self.calibrator, self.existence)


class _Leaves(NamedTuple):
    """All of an emulator that has arrays, under the names of its attributes."""

    input_scaler: Scaler
    output_scaler: Scaler
    model: Model
    calibrator: AbstractCalibrator
    existence: Existence


def _built(header: Mapping, arrays: Mapping[str, np.ndarray]) -> Emulator:
    parameters = tuple(Parameter(**parameter) for parameter in header["parameters"])
    outputs = tuple(Output(**output) for output in header["outputs"])
    seen = header["facts"]["seen"]
    points = tuple((name, fingerprint, mask) for name, fingerprint, mask in seen["points"])
    facts = Facts(**{**header["facts"], "seen": Seen(points, seen["checksum"])})
    kinds: dict[str, type[eqx.Module]] = {
        "input_scaler": Scaler,
        "output_scaler": Scaler,
        "model": FAMILIES.load(facts.family).model(),
        "calibrator": CALIBRATORS.load(facts.calibrator),
        "existence": Existence,
    }
    leaves: dict[str, Any] = {
        name: storage.built(kind, f"{name}.", arrays, header["model"] if name == "model" else {})
        for name, kind in kinds.items()
    }
    return Emulator(parameters, outputs, facts, **leaves)


def _at_point(question, parameters, leaves, theta):
    theta = jnp.asarray(without_unit("theta", theta, None))
    if theta.shape != (len(parameters),):
        order = ", ".join(parameter.name for parameter in parameters)
        raise ValueError(
            f"theta must be one point ({order}), not of the shape {theta.shape}; use jax.vmap for many"
        )
    return question(leaves, leaves.input_scaler.forward(axis_values(parameters, theta)))


def _distribution(leaves, inputs):
    calibrated = leaves.calibrator(leaves.model(inputs), inputs)
    return calibrated.affine(leaves.output_scaler.center, leaves.output_scaler.spread)


def _existence(leaves, inputs):
    return leaves.existence(inputs)


def _answer(theta, parameters, leaves):
    inputs = leaves.input_scaler.forward(axis_values(parameters, theta))
    return _distribution(leaves, inputs), _existence(leaves, inputs)
