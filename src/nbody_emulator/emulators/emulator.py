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
from nbody_emulator.emulators import shipped, showing, storage
from nbody_emulator.emulators.applicability import Applicability
from nbody_emulator.emulators.asked import Asked
from nbody_emulator.emulators.calibrators.register import CALIBRATORS
from nbody_emulator.emulators.descriptions import boxes_of, names_of
from nbody_emulator.emulators.distributions.distribution import AbstractDistribution
from nbody_emulator.emulators.metadata import Metadata, PosteriorRecord
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.emulators.outcome_model import OutcomeModel
from nbody_emulator.emulators.prediction import Prediction
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.emulators.scaling import Scaler
from nbody_emulator.emulators.scores import Scores
from nbody_emulator.emulators.survival import Survival
from nbody_emulator.emulators.widened import WidenedModel
from nbody_emulator.quantities.quantity import Covariate, Output, Parameter
from nbody_emulator.storage.files import write_bytes

OUTSIDE = ("refuse", "nan", "widen")
"""What `predict` may do with points outside the box."""

WITHOUT_BOX = ("name", "unit", "scale", "is_of_star")
"""What a file says of an input that has no box."""


@dataclass(frozen=True, eq=False, repr=False)
class Emulator:
    """An emulator of a simulation's summary statistics.

    Load one with `Emulator.load("laptop")` and ask it with `predict`. Inside a sampler use the pure functions
    `outcome` and `distribution`.

    Attributes:
        outputs: the q outputs, in the order in which they are told.
        metadata: of its fit.
        model: from a point in parameter space to an `Outcome`.
        applicability: what tells how far a point is from the training runs; None if nothing does.
        scores: what it reached on runs that it had not seen, if that was published; None else.
    """

    outputs: tuple[Output, ...]
    metadata: Metadata
    model: OutcomeModel
    applicability: Applicability | None = None
    scores: Scores | None = None

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
            outside: "refuse" raises for points outside the training box, "nan" answers them with NaN, "widen" as at the
                nearest point in the box with more variance the farther away that is, as `WidenedModel` says: no claim
                of calibration. `Prediction.inside` tells which points are inside.

        Raises:
            TypeError: `parameters` has no names, or a value is masked, in a unit that cannot be converted, or no
                number.
            ValueError: shapes, sizes or labels do not fit together, a parameter is unknown or missing, or values
                lie outside their ranges; the message names all of them.
        """
        if not isinstance(outside, str) or outside not in OUTSIDE:
            raise ValueError(f"outside must be one of {', '.join(OUTSIDE)}, not {shown(outside)}")
        asked = Asked.of(self.parameters, parameters, self.applicability)
        if outside == "refuse":
            asked.refuse_outside()
        widens = outside == "widen"
        return Prediction(
            outputs=self.outputs,
            outcome=WidenedModel(self.model) if widens else self.model,
            points=(asked.nearest, asked.distance) if widens else asked.values,
            known=np.isfinite(asked.distance) if widens else asked.inside,
            scale=np.asarray(self.model.output_scaler.spread),
            places=tuple(range(len(self.outputs))),
            asked=asked,
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
        return showing.card_of(self).text

    def _repr_html_(self) -> str:
        return showing.card_of(self).html

    def save(self, path: str | Path) -> None:
        """Write the emulator to `path`: one line of JSON that explains it, then its arrays. Same emulator,
        same bytes.
        """
        write_bytes(path, self.content)

    @property
    def content(self) -> bytes:
        """The bytes of its file."""
        header = {
            "parameters": [_told(parameter) for parameter in self.parameters],
            "outputs": [asdict(output) for output in self.outputs],
            "metadata": self.metadata.told,
            "model": storage.static_of(
                cast(eqx.Module, self.model.model)
            ),  # which a protocol cannot say of it
        }
        if self.applicability is not None:
            header["applicability"] = self.applicability.told
        if self.scores is not None:
            header["scores"] = self.scores.told
        beside = {} if self.applicability is None else self.applicability.arrays
        return storage.content(header, self.model, beside)

    def with_posteriors(self, record: PosteriorRecord) -> "Emulator":
        """The same, and what posteriors by it were found to hold."""
        return replace(self, metadata=replace(self.metadata, posteriors=record))

    def with_applicability(self, applicability: Applicability) -> "Emulator":
        """The same, which tells how far points are from its training runs."""
        return replace(self, applicability=applicability)

    @property
    def numbers(self) -> int:
        """How many numbers a fit has left: the elements of all arrays of its file, scalers and calibrator included."""
        return sum(np.size(leaf) for leaf in jax.tree.leaves(self.model))

    @staticmethod
    def load(source: storage.File) -> "Emulator":
        """One that comes with the package, by name, or one that was saved, by path.

        Args:
            source: `"laptop"` is what is recommended for that experiment, `"laptop/network"` a family of it. Text with
                a suffix or a folder that is no experiment's, and every `Path`, is the path of a file.

        Raises:
            ValueError: nothing is shipped by this name, or a file has the same; the file is not an emulator, is damaged
                or of another format, or the parts of its fit have not seen the same design points.
        """
        path = shipped.path_of(source)
        header, arrays = storage.read(path)
        if "kind" in header:
            raise ValueError(
                f"{path} tells the {header['kind']}: load it with nbody_emulator.fates.FateEmulator"
            )
        try:
            emulator = _built(header, arrays)
        except Exception as error:  # whatever a file that no emulator wrote may lead to
            raise storage.damaged(path, f"its first line: {error}") from None
        emulator.metadata.seen.check(path)
        return emulator


def _built(header: Mapping, arrays: Mapping[str, np.ndarray]) -> Emulator:
    parameters = tuple(map(_input_of, header["parameters"]))
    outputs = tuple(Output(**output) for output in header["outputs"])
    metadata = Metadata.kept(header["metadata"])
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
    return Emulator(
        outputs,
        metadata,
        OutcomeModel(parameters=parameters, **parts),
        Applicability.kept(header["applicability"], arrays) if "applicability" in header else None,
        Scores.kept(header["scores"]) if "scores" in header else None,
    )


def _told(parameter: Parameter) -> dict[str, Any]:
    """As the header has it: of what has no box, all but the box."""
    told = asdict(parameter)
    return told if not isinstance(parameter, Covariate) else {name: told[name] for name in WITHOUT_BOX}


def _input_of(told: Mapping[str, Any]) -> Parameter:
    return Parameter(**told) if "minimum" in told else Covariate.of(**told)


def _asked(model, theta):
    return model(theta)


def _distribution(model, theta):
    return model(theta).distribution
