"""The fitted emulator: parameters in, what may become of a run out, a refusal outside the box it was trained in."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import equinox as eqx
import jax
import numpy as np

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.arrays import shown
from nbody_emulator.emulators import storage
from nbody_emulator.emulators.box import refuse_outside, stack_parameters, within
from nbody_emulator.emulators.calibrators.register import CALIBRATORS
from nbody_emulator.emulators.descriptions import boxes_of, names_of
from nbody_emulator.emulators.distributions.distribution import AbstractDistribution
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.emulators.outcome_model import OutcomeModel
from nbody_emulator.emulators.prediction import Prediction
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.emulators.scaling import Scaler
from nbody_emulator.emulators.survival import Survival
from nbody_emulator.identity.seen_points import Seen
from nbody_emulator.quantities.quantity import Output, Parameter
from nbody_emulator.storage.files import write_bytes


@dataclass(frozen=True)
class PosteriorRecord:
    """What posteriors by an emulator were found to hold of simulated runs.

    Attributes:
        variance_factor: by which the calibration runs widen the variances of its outputs.
        standard_error: of its logarithm.
        calibration_runs: that set it.
        tested_runs: other runs, which set nothing.
        held: (level, share) of these whose true parameters lay in the smallest region of that posterior probability.
    """

    variance_factor: float
    standard_error: float
    calibration_runs: int
    tested_runs: int
    held: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Metadata:
    """What an emulator tells of its own fit.

    Attributes:
        family: its name in the register.
        hyperparameters: the chosen ones, JSON values.
        calibrator: its name in the register.
        training_runs: runs with at least one output.
        seen: design points of the training table, and which of them each part of the fit has seen.
        identity: identity of the fit's specification, empty if none was given.
        description: what the training runs are of, in words; empty if nothing was said.
        posteriors: None if none were tested.
    """

    family: str
    hyperparameters: dict
    calibrator: str
    training_runs: int
    seen: Seen
    identity: str
    description: str = ""
    posteriors: PosteriorRecord | None = None

    @property
    def variance_factor(self) -> float:
        """By which posteriors widen the variances of outputs; 1 where it was not set."""
        return 1.0 if self.posteriors is None else self.posteriors.variance_factor


@dataclass(frozen=True, eq=False, repr=False)
class Emulator:
    """An emulator of a simulation's summary statistics.

    Load one with `Emulator.load(path)` and ask it with `predict`. Inside a sampler use the pure functions `outcome` and
    `distribution`.

    Attributes:
        outputs: the q outputs, in the order in which they are told.
        metadata: of its fit.
        model: from a point in parameter space to an `Outcome`.
    """

    outputs: tuple[Output, ...]
    metadata: Metadata
    model: OutcomeModel

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it takes, each with its unit and box, in the order in which `outcome` takes them."""
        return self.model.parameters

    def predict(self, parameters: Mapping[str, Any], outside: str = "refuse") -> Prediction:
        """What may become of one new run at each point.

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
        inside = within(self.parameters, points)
        if outside == "refuse":
            refuse_outside(
                self.parameters,
                points.reshape(-1, len(self.parameters)),
                inside.reshape(-1, len(self.parameters)),
            )
        return Prediction(
            outputs=self.outputs,
            outcome=self.model,
            points=points,
            known=np.asarray(inside.all(axis=-1)),
            scale=np.asarray(self.model.output_scaler.spread),
            places=tuple(range(len(self.outputs))),
        )

    @property
    def outcome(self) -> Callable[[jax.Array], Outcome]:
        """A function of one point theta (d,), the parameters in the order and units of `self.parameters`.

        It gives the probabilities of the states a new run may end in, and the joint distribution of the transformed
        outputs (q,) that there are. It is pure, can be given to `jax.jit` as it is, and for smooth families can be
        differentiated. It does not check the box.
        """
        # A module is a tree of arrays, which cannot be hashed, as `jax.jit` must.
        return partial(_asked, self.model)

    @property
    def distribution(self) -> Callable[[jax.Array], AbstractDistribution]:
        """A function like `outcome`, of the joint distribution of the outputs alone, given that they exist."""
        return partial(_distribution, self.model)

    def __repr__(self) -> str:
        fitted = f"{self.metadata.family}, {self.metadata.training_runs} training runs"
        return f"Emulator({fitted}: {boxes_of(self.parameters)} -> {names_of(self.outputs)})"

    def __str__(self) -> str:
        return "\nof ".join(filter(None, (repr(self), self.metadata.description)))

    def save(self, path: str | Path) -> None:
        """Write the emulator to `path`: one line of JSON that explains it, then its arrays. Same emulator,
        same bytes.
        """
        write_bytes(path, self.content)

    @property
    def content(self) -> bytes:
        """The bytes of its file."""
        header = {
            "parameters": [asdict(parameter) for parameter in self.parameters],
            "outputs": [asdict(output) for output in self.outputs],
            "metadata": _told(self.metadata),
            "model": storage.static_of(
                cast(eqx.Module, self.model.model)
            ),  # which a protocol cannot say of it
        }
        return storage.content(header, self.model)

    def with_posteriors(self, record: PosteriorRecord) -> "Emulator":
        """The same, and what posteriors by it were found to hold."""
        return replace(self, metadata=replace(self.metadata, posteriors=record))

    @property
    def numbers(self) -> int:
        """How many numbers a fit has left: the elements of all arrays of its file, scalers and calibrator included."""
        return sum(np.size(leaf) for leaf in jax.tree.leaves(self.model))

    @staticmethod
    def load(path: storage.File) -> "Emulator":
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
        emulator.metadata.seen.check(path)
        return emulator


def _told(metadata: Metadata) -> dict:
    """Its fields as JSON has them; without posteriors where none were tested."""
    told = asdict(metadata)
    if metadata.posteriors is None:
        del told["posteriors"]
    return told


def _built(header: Mapping, arrays: Mapping[str, np.ndarray]) -> Emulator:
    parameters = tuple(Parameter(**parameter) for parameter in header["parameters"])
    outputs = tuple(Output(**output) for output in header["outputs"])
    seen = header["metadata"]["seen"]
    points = tuple((name, fingerprint, mask) for name, fingerprint, mask in seen["points"])
    told = {**header["metadata"], "seen": Seen(points, seen["checksum"])}
    if found := told.get("posteriors"):
        held = tuple((level, share) for level, share in found["held"])
        told["posteriors"] = PosteriorRecord(**{**found, "held": held})
    metadata = Metadata(**told)
    kinds: dict[str, type[eqx.Module]] = {
        "input_scaler": Scaler,
        "output_scaler": Scaler,
        "model": FAMILIES.load(metadata.family).model(),
        "calibrator": CALIBRATORS.load(metadata.calibrator),
        "survival": Survival,
    }
    parts: dict[str, Any] = {
        name: storage.built(kind, f"{name}.", arrays, header["model"] if name == "model" else {})
        for name, kind in kinds.items()
    }
    return Emulator(outputs, metadata, OutcomeModel(parameters=parameters, **parts))


def _asked(model, theta):
    return model(theta)


def _distribution(model, theta):
    return model(theta).distribution
