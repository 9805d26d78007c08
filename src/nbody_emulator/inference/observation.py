"""What was observed of one cluster: values with errors, outputs that it was seen not to have; of others nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nbody_emulator.arrays import by_name, real_numbers, shown
from nbody_emulator.emulators.descriptions import with_unit
from nbody_emulator.quantities.quantity import Output
from nbody_emulator.settings.error import suggestion


@dataclass(frozen=True, eq=False)
class Observation:
    """One observed cluster, in the order of an emulator's q outputs.

    Attributes:
        outputs: that may be observed.
        values: (q,) in the outputs' own units; NaN where none was measured.
        targets: (q,) the same transformed.
        errors: (q,) standard errors of the values, normal and independent, in the same units; 0 where exact.
        absent: (q,) True for an output that the cluster was seen not to have.
    """

    outputs: tuple[Output, ...]
    values: np.ndarray
    targets: np.ndarray
    errors: np.ndarray
    absent: np.ndarray

    @classmethod
    def of(
        cls,
        outputs: Sequence[Output],
        values: Mapping[str, Any],
        errors: Mapping[str, Any] | None = None,
        missing: Iterable[str] | None = None,
    ) -> "Observation":
        """What was given by name; an output that is not named was not looked at.

        Args:
            values: of outputs by name, bare numbers in the outputs' units or in any unit of astropy, pint, unyt or
                unxt; a mapping, or a row of a table.
            errors: standard errors of some of them, likewise; the others are exact.
            missing: names of outputs which the cluster was seen not to have, such as the core of one that dissolved.

        Raises:
            TypeError: values or errors have no names, or one is no number in a unit that can be converted.
            ValueError: a name is unknown, or values or errors are impossible; the message tells all of them.
        """
        names = [output.name for output in outputs]
        missing = () if missing is None else missing
        if isinstance(missing, str | Mapping) or not isinstance(missing, Iterable):
            raise TypeError(f"missing must be a list of names, such as [{names[0]}], not {shown(missing)}")
        missing = list(missing)
        given = by_name(values, names, "observed values")
        scatter = {} if errors is None else by_name(errors, names, "errors")
        units = {output.name: output.unit for output in outputs}
        known = {name: _number(name, value, units[name]) for name, value in given.items() if name in units}
        widths = {
            name: _number(f"the error of {name}", value, units[name])
            for name, value in scatter.items()
            if name in units
        }
        mistakes = [
            *_unknown(names, {"observed": given, "errors": scatter, "missing": missing}),
            *_impossible(outputs, known),
            *_without_sense(known, widths, missing),
        ]
        if mistakes:
            raise ValueError(f"an observation that cannot be: {'; '.join(mistakes)}")
        measured = np.array([known.get(name, np.nan) for name in names])
        return cls(
            outputs=tuple(outputs),
            values=measured,
            targets=_transformed(outputs, measured),
            errors=np.array([widths.get(name, 0.0) for name in names]),
            absent=np.isin(names, list(missing)),
        )

    @classmethod
    def of_run(cls, outputs: Sequence[Output], targets: np.ndarray) -> "Observation":
        """A simulated run, of which all is known: its transformed outputs (q,), NaN where one does not exist."""
        pairs = zip(outputs, targets, strict=True)
        values = np.array([float(output.inverse(target)) for output, target in pairs])
        return cls(tuple(outputs), values, targets, np.zeros(len(outputs)), np.isnan(targets))

    def like(self, targets: np.ndarray, scores: np.ndarray) -> "Observation":
        """The same measured of another run, with transformed outputs (q,) and errors of these normal scores (q,)."""
        pairs = zip(self.outputs, targets, strict=True)
        true = np.array([float(output.inverse(target)) for output, target in pairs])
        values = np.where(self.present, true + self.errors * scores, np.nan)
        with np.errstate(all="ignore"):  # an error can take a share beyond one: then it is not possible
            blurred = np.where(self.errors > 0.0, _transformed(self.outputs, values), targets)
        return replace(self, values=values, targets=np.where(self.present, blurred, np.nan))

    def of_these(self, names: Sequence[str]) -> "Observation":
        """The same, had nothing but these outputs been looked at."""
        kept = np.array([output.name in names for output in self.outputs])
        return replace(
            self,
            values=np.where(kept, self.values, np.nan),
            targets=np.where(kept, self.targets, np.nan),
            errors=np.where(kept, self.errors, 0.0),
            absent=self.absent & kept,
        )

    @property
    def is_possible(self) -> bool:
        """Whether there can be such values: an error can take a radius below zero."""
        pairs = zip(self.outputs, self.values, self.present, strict=True)
        return all(output.suits(np.array(value)) for output, value, seen in pairs if seen)

    @property
    def present(self) -> np.ndarray:
        """(q,) True where a value was measured."""
        return np.isfinite(self.values)

    @property
    def looked_at(self) -> np.ndarray:
        """(q,) True where it is known whether the cluster has the output."""
        return self.absent | self.present

    @property
    def log_slopes(self) -> float:
        """Logarithm of the factor that takes densities of transformed values to densities in the outputs' units, at the
        measured values.
        """
        measured = zip(self.outputs, self.values, self.present, strict=True)
        return float(sum(output.log_slope(np.array(value)) for output, value, seen in measured if seen))

    @property
    def with_errors(self) -> np.ndarray:
        """(q,) True where a value was measured that is not exact."""
        return self.present & (self.errors > 0.0)

    def true_values(self, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the values may truly be, if errors had these standard normal scores.

        Args:
            scores: (n, q).

        Returns:
            (n, q) transformed, NaN where nothing was measured, and (n,) the logarithm of the factor that takes
            densities of transformed values to densities in the outputs' units: minus infinity where no such value can
            be.
        """
        transformed = np.tile(self.targets, (len(scores), 1))
        slopes = np.zeros(len(scores))
        for place in np.flatnonzero(self.present):
            output, column = self.outputs[place], np.full(len(scores), self.values[place])
            if self.errors[place] > 0.0:
                column = column + self.errors[place] * scores[:, place]
                possible = output.suits(column)
                column = np.where(possible, column, self.values[place])
                transformed[:, place] = output.forward(column)
                slopes += np.where(possible, 0.0, -np.inf)
            slopes += output.log_slope(column)
        return transformed, slopes


def _transformed(outputs: Sequence[Output], values: np.ndarray) -> np.ndarray:
    pairs = zip(outputs, values, strict=True)
    return np.array([float(output.forward(value)) for output, value in pairs])


def _number(name: str, given: Any, unit: str) -> float:
    array = real_numbers(name, given, unit, "a number")
    if array.size != 1:
        raise TypeError(f"{name} must be one number, not {shown(given)}; infer one cluster at a time")
    return float(array.reshape(()))


def _unknown(names: Sequence[str], given: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for what, told in given.items():
        for name in told:
            if name not in names:
                yield f"{what}: there is no output {shown(name)}; {suggestion(name, names)}"


def _impossible(outputs: Sequence[Output], known: Mapping[str, float]) -> Iterator[str]:
    for output in outputs:
        value = known.get(output.name, np.nan)
        if output.name in known and not output.suits(np.array(value)):
            kind = {"log": "above 0", "logit": "between 0 and 1"}.get(output.transform, "finite")
            yield f"{output.name} is {with_unit(f'{value:g}', output.unit)}, and must be {kind}"


def _without_sense(
    known: Mapping[str, float], widths: Mapping[str, float], missing: Sequence[str]
) -> Iterator[str]:
    for name, width in widths.items():
        if not (np.isfinite(width) and width >= 0.0):
            yield f"the error of {name} is {width:g}, and must be 0 or more"
        if name not in known:
            yield f"{name} has an error and no value; give it, or leave out the error"
    for name in missing:
        if name in known:
            yield f"{name} is missing and has a value; leave out one of the two"
