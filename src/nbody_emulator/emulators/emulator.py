"""The fitted emulator: parameters in, a predicted distribution out, a refusal outside the box it was trained
in.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.arrays import shown, without_unit
from nbody_emulator.emulators import storage
from nbody_emulator.emulators.box import refuse_outside, stack_parameters, within
from nbody_emulator.emulators.family import COMPONENTS_FIRST, Model
from nbody_emulator.emulators.prediction import Prediction
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.emulators.scaling import Scaler, axis_values, empty_scaler
from nbody_emulator.emulators.variance import VarianceModel, empty_variance_model
from nbody_emulator.emulators.words import boxes_of, names_of
from nbody_emulator.quantities import Output, Parameter
from nbody_emulator.seen import Seen

LARGEST_BATCH = 4096
"""Points answered in one go; more are answered in several goes, so that memory stays bounded."""


@dataclass(frozen=True)
class Facts:
    """What an emulator knows about its own fit.

    Attributes:
        family: its name in the register.
        hyperparameters: the chosen ones, JSON values.
        training_runs: runs with at least one output.
        seen: design points of the training table, and which of them each part of the fit has seen.
        identity: identity of the fit's specification, empty if none was given.
        description: what the training runs are of, in words; empty if nothing was said.
    """

    family: str
    hyperparameters: dict
    training_runs: int
    seen: Seen
    identity: str
    description: str = ""

    def __hash__(self):
        # Asked for at every prediction; the checksum stands for the whole list of points.
        return hash((self.family, self.training_runs, self.seen.checksum, self.identity))


class Emulator(eqx.Module):
    """An emulator of a star-cluster simulation's summary statistics.

    Load one with `Emulator.load(path)` and ask it with `predict`. Inside a sampler use `transformed`, a pure
    function.
    """

    parameters: tuple[Parameter, ...] = eqx.field(static=True)
    outputs: tuple[Output, ...] = eqx.field(static=True)
    facts: Facts = eqx.field(static=True)
    input_scaler: Scaler
    output_scaler: Scaler
    model: Model
    variance_model: VarianceModel

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
        known = inside.all(axis=1)[:, None]
        answers = [np.where(known, answer, np.nan) for answer in self._answer(flat)]
        shape = (*points.shape[:-1], len(self.outputs))
        return Prediction(self.outputs, *(answer.reshape(*answer.shape[:-2], *shape) for answer in answers))

    @property
    def transformed(self) -> Callable[[jax.Array], tuple[jax.Array, jax.Array, jax.Array]]:
        """A function of one point theta (d,), the parameters in the order and units of `self.parameters`.

        It gives mean, total variance and model variance, each (q,), of the transformed outputs. It is pure, can
        be given to `jax.jit` as it is, and for smooth families can be differentiated. It does not check the box.
        """
        # A bound method of an Equinox module is a tree of arrays, which cannot be hashed, as `jax.jit` must.
        return partial(_at_point, self.parameters, *self._leaves())

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
            "model": self.model.description,
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
            parameters, outputs, facts, empty_leaves = _from_header(header)
        except Exception as error:  # whatever a header that no emulator wrote may lead to
            raise storage.damaged(path, f"its first line: {error}") from None
        facts.seen.check(path)
        return Emulator(parameters, outputs, facts, *storage.filled(path, empty_leaves, arrays))

    def _leaves(self):
        return self.input_scaler, self.output_scaler, self.model, self.variance_model

    def _answer(self, points):
        """Components' means and variances (k, n, q) and model variance (n, q) at points (n, d), in batches of few
        different sizes.
        """
        parts = [_answer_batch(self, points[start : start + LARGEST_BATCH]) for start in _starts(len(points))]
        return [np.concatenate(columns, axis=-2) for columns in zip(*parts, strict=True)]


def _from_header(header: Mapping) -> tuple:
    """Parameters, outputs and facts, and leaves of the right shapes to be filled."""
    parameters = tuple(Parameter(**parameter) for parameter in header["parameters"])
    outputs = tuple(Output(**output) for output in header["outputs"])
    seen = header["facts"]["seen"]
    points = tuple((name, fingerprint, mask) for name, fingerprint, mask in seen["points"])
    facts = Facts(**{**header["facts"], "seen": Seen(points, seen["checksum"])})
    leaves = (
        empty_scaler(len(parameters)),
        empty_scaler(len(outputs)),
        FAMILIES.load(facts.family).skeleton(header["model"]),
        empty_variance_model(len(parameters), len(outputs)),
    )
    return parameters, outputs, facts, leaves


def _at_point(parameters, input_scaler, output_scaler, model, variance_model, theta):
    theta = jnp.asarray(without_unit("theta", theta, None))
    if theta.shape != (len(parameters),):
        order = ", ".join(parameter.name for parameter in parameters)
        raise ValueError(
            f"theta must be one point ({order}), not of the shape {theta.shape}; use jax.vmap for many"
        )
    return _transformed(parameters, input_scaler, output_scaler, model, variance_model, theta)


def _transformed(parameters, input_scaler, output_scaler, model, variance_model, theta):
    inputs = input_scaler.forward(axis_values(parameters, theta))
    response = model(inputs).widened(variance_model(inputs))
    return (
        output_scaler.inverse(response.mean),
        output_scaler.inverse_variance(response.variance),
        output_scaler.inverse_variance(response.model_variance + response.between),
    )


def _components(parameters, input_scaler, output_scaler, model, variance_model, theta):
    """Means and variances (k, q) of the transformed outputs' mixture, and the model's own variance (q,)."""
    inputs = input_scaler.forward(axis_values(parameters, theta))
    response = model(inputs).widened(variance_model(inputs))
    return (
        output_scaler.inverse(response.means),
        output_scaler.inverse_variance(response.variances),
        output_scaler.inverse_variance(response.model_variance + response.between),
    )


def _starts(count):
    return range(0, max(count, 1), LARGEST_BATCH)


def _answer_batch(emulator, points):
    # The next power of two: a caller with ever-changing sizes causes few compilations.
    size = 1 << max(len(points) - 1, 0).bit_length()
    # Padding repeats a value inside the box, so that nothing is computed from impossible parameters.
    middle = [parameter.from_unit_interval(0.5) for parameter in emulator.parameters]
    padding = np.broadcast_to(np.asarray(middle, dtype=float), (size - len(points), points.shape[1]))
    batch = jnp.asarray(np.concatenate([points, padding]))
    # Without the facts of its fit: emulators of equal shapes share what is compiled.
    answers = _components_batch(emulator.parameters, emulator._leaves(), batch)
    return [np.asarray(answer)[..., : len(points), :] for answer in answers]


@eqx.filter_jit
def _components_batch(parameters, leaves, points):
    return jax.vmap(partial(_components, parameters, *leaves), out_axes=tuple(COMPONENTS_FIRST))(points)
