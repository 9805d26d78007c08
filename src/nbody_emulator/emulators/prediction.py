"""What an emulator says of new runs: a state, and a joint distribution of outputs in their own units."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from nbody_emulator.emulators import physical, questions, showing
from nbody_emulator.emulators.descriptions import names_of, with_unit
from nbody_emulator.emulators.random_keys import counted_off
from nbody_emulator.emulators.targets import check_count, check_probability, physical_values
from nbody_emulator.emulators.transformed_prediction import TransformedPrediction

if TYPE_CHECKING:
    import xarray as xr

REPR_LEVEL = 0.68
"""Of the intervals in which a single prediction is printed."""

LEVEL = 0.90
"""Of the intervals in tables."""

_AT_ONCE = 512
"""Points whose nodes of the quadrature are held in memory."""


@dataclass(frozen=True, repr=False, eq=False)
class Prediction(TransformedPrediction):
    """What may become of one new run at each input point: its state, and the distribution of its q outputs.

    All is in each output's own unit, of a run that has the output, unless its name begins with `transformed`. Arrays
    have the axes of the points, and then one of the outputs, which `prediction["name"]` goes without: there one point
    gives single numbers. Nothing is computed before it is asked for.
    """

    def __repr__(self) -> str:
        if self._shape:
            shape = " x ".join(map(str, self._shape))
            return f"Prediction(at {shape} points: {names_of(self.outputs)})"
        low, high = self.interval(REPR_LEVEL)
        columns = (np.atleast_1d(values).tolist() for values in (self.median, low, high))
        parts = [
            with_unit(f"{output.name} = {median:.4g} [{below:.4g}, {above:.4g}]", output.unit)
            for output, median, below, above in zip(self.outputs, *columns, strict=True)
        ]
        return f"Prediction({'; '.join(parts)}; medians and {REPR_LEVEL:.0%} intervals)"

    @property
    def probability(self) -> np.ndarray:
        """(...) the probability that a run survives, which is to have any output at all."""
        return self._ask(questions.survival)

    @property
    def existence(self) -> np.ndarray:
        """(..., q) the probability that a run has the output."""
        return self._of_outputs(self._ask(questions.existence))

    @property
    def inside(self) -> np.ndarray:
        """(...) whether the point lies in the box of the training runs, its edges included."""
        return self.asked.inside[()]

    @property
    def applicability(self) -> np.ndarray:
        """(...) how far the point is from the training runs: above 1 is farther than nearly all calibration runs.

        Raises:
            ValueError: the emulator was given nothing to tell by.
        """
        if self.asked.applicability is None:
            raise ValueError(
                "this emulator knows no distances to its training runs; give it them: "
                "emulator.with_applicability(Applicability.of(emulator, training, calibration))"
            )
        return self.asked.applicability.score(self.asked.fractions)[()]

    @property
    def mean(self) -> np.ndarray:
        """(..., q) over the central 99.99 %, by quadrature: heavy tails of logarithms have no mean beyond."""
        return self._of_outputs(self._moments[0])

    @property
    def std(self) -> np.ndarray:
        """(..., q) standard deviation of one new run, over the same."""
        return self._of_outputs(self._moments[1])

    @property
    def median(self) -> np.ndarray:
        """(..., q)."""
        return self.quantile(0.5)

    def quantile(self, probability: float) -> np.ndarray:
        """(..., q) the value below which `probability` lies.

        Raises:
            ValueError: `probability` is not between 0 and 1.
        """
        check_probability("a probability", probability)
        return self._of_outputs(physical.inverse(self.outputs, self._quantile(probability)))

    def interval(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper ends (..., q) of the central interval of probability `level`.

        Raises:
            ValueError: `level` is not between 0 and 1.
        """
        check_probability("the level of an interval", level)
        check_probability(f"the upper end of an interval of level {level}", 0.5 + 0.5 * level)
        return self.quantile(0.5 - 0.5 * level), self.quantile(0.5 + 0.5 * level)

    def sample(self, draws: int, seed: int) -> np.ndarray:
        """(draws, ..., q) outputs of new runs that have them, drawn jointly.

        Raises:
            ValueError: `draws` is no whole number from 1 on, or `seed` none at all.
        """
        check_count("draws", draws, 1)
        check_count("seed", seed, 0)
        points = np.arange(int(np.prod(self._shape)), dtype=np.uint32).reshape(self._shape)
        with counted_off():
            drawn = self._ask(questions.sample, points, np.full(self._shape, seed), draws=int(draws))
        values = physical.inverse(self.outputs, np.moveaxis(drawn, -2, 0))
        return values[..., 0] if self.is_of_one else values

    def log_prob(self, values: Any) -> np.ndarray:
        """(...) logarithm of the joint density of the outputs at `values` [nats], of a run that has them.

        Args:
            values: by name, bare or with units, or an array (..., q); outputs that are NaN or not named were not
                observed, and are marginalised.
        """
        transformed, log_slopes = self._forward(values)
        return self._ask(questions.log_prob, transformed) + log_slopes

    def cdf(self, values: Any) -> np.ndarray:
        """(..., q) probability below `values`, given as to `log_prob`: the PIT."""
        return self._of_outputs(self._ask(questions.cdf, self._forward(values)[0]))

    def state_log_prob(self, values: Any) -> np.ndarray:
        """(...) logarithm of the probability that a run has the outputs that `values` has, and no others [nats]."""
        return self._ask(questions.state_log_prob, self._forward(values)[0])

    def to_xarray(self, level: float = LEVEL) -> "xr.Dataset":
        """Probabilities, and of each output mean, standard deviation, median and the ends of the interval of this
        level, over the dimensions of the points, with units as CF has them.
        """
        return showing.dataset_of(self, level)

    def to_dataframe(self, level: float = LEVEL) -> "showing.DataFrame":
        """The same as a table with a row for each point, its parameters first."""
        return showing.frame_of(self, level)

    def plot(self) -> "showing.Figure":
        """Of points along one parameter the medians and the bands of 68 and 90 %; of one point every pair of outputs
        by a sample.

        Raises:
            ValueError: the points are neither.
        """
        return showing.drawn(self)

    def _forward(self, values: Any) -> tuple[np.ndarray, np.ndarray]:
        is_bare = self.is_of_one and not hasattr(values, "keys")
        given = {self.names[0]: values} if is_bare else values
        return physical.forward(self.outputs, physical_values(self.outputs, given, self._shape))

    @cached_property
    def _moments(self) -> tuple[np.ndarray, np.ndarray]:
        parts = [physical.moments(part.outputs, *part._ask(questions.nodes)) for part in self._parts]
        mean, std = (
            np.concatenate(column).reshape(*self._shape, len(self.outputs))
            for column in zip(*parts, strict=True)
        )
        return mean, std

    @property
    def _parts(self) -> Iterator["Prediction"]:
        """The same of few points at a time, on one axis: what is large of each must not be held of all."""
        axes = len(self._shape)
        flat = jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[axes:]), (self.points, self.known))
        for start in range(0, max(self.known.size, 1), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            points = jax.tree.map(itemgetter(some), flat[0])
            yield replace(self, points=points, known=flat[1][some])
