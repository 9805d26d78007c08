"""What an emulator says of new runs: a state and a joint distribution of outputs, read off in physical units."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any, cast

import jax
import numpy as np

from nbody_emulator.arrays import real_numbers
from nbody_emulator.emulators import questions
from nbody_emulator.emulators.descriptions import names_of, with_unit
from nbody_emulator.emulators.functionals import Functionals, functionals
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.emulators.points import each_answer
from nbody_emulator.emulators.random_keys import counted_off
from nbody_emulator.quantities.quantity import Output

REPR_LEVEL = 0.68
"""Of the intervals in which a single prediction is printed."""


@dataclass(frozen=True, repr=False, eq=False)
class Prediction:
    """What may become of one new run at each input point: its state, and the distribution of its q outputs.

    What is said of targets takes them transformed, (..., q), NaN where an output is missing; medians, quantiles,
    intervals and samples are in each output's own unit (transforms are monotonic, so that they carry over), of a run
    that has the output. Nothing is computed before it is asked for.

    Attributes:
        outputs: the q outputs, in the order of the last axis.
        outcome: a function of one point, a tree of arrays.
        points: the points, the axes of the prediction in front of all arrays.
        known: (...) whether the point is answered at all; NaN is said of those that are not.
        scale: (q,) the spread of each transformed output over the training runs, in which energy scores are told.
        places: of the outputs among those of `outcome`; -1 is one that was not learned.
    """

    outputs: tuple[Output, ...]
    outcome: Callable[[Any], Outcome]
    points: Any
    known: np.ndarray
    scale: np.ndarray
    places: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The outputs' names, in the order of the last axis."""
        return tuple(output.name for output in self.outputs)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        """Over the outputs' names, as a mapping does."""
        return iter(self.names)

    def __repr__(self) -> str:
        if self._shape:
            shape = " x ".join(map(str, self._shape))
            return f"Prediction(at {shape} points: {names_of(self.outputs)})"
        low, high = self.interval(REPR_LEVEL)
        parts = [
            with_unit(f"{name} = {median:.4g} [{below:.4g}, {above:.4g}]", output.unit)
            for name, output, median, below, above in zip(
                self.names, self.outputs, self.median, low, high, strict=True
            )
        ]
        return f"Prediction({'; '.join(parts)}; medians and {REPR_LEVEL:.0%} intervals)"

    @property
    def survival(self) -> np.ndarray:
        """(...) the probability that a run has any output at all."""
        return self._ask(questions.survival)

    @property
    def existence(self) -> np.ndarray:
        """(..., q) the probability that a run has the output."""
        return self._ask(questions.existence)

    @property
    def mean(self) -> np.ndarray:
        """(..., q) in transformed units."""
        return self._ask(questions.mean)

    @property
    def variance(self) -> np.ndarray:
        """(..., q) total predictive variance of one new run, in transformed units squared."""
        return self._ask(questions.variance)

    @property
    def epistemic_variance(self) -> np.ndarray:
        """(..., q) the part of the variance that more training runs would remove."""
        return self._ask(questions.epistemic_variance)

    @property
    def standard_deviation(self) -> np.ndarray:
        """(..., q) square root of the total variance, in transformed units."""
        return np.sqrt(self.variance)

    @property
    def covariance(self) -> np.ndarray:
        """(..., q, q) of the transformed outputs of one new run."""
        return self._ask(questions.covariance)

    @property
    def median(self) -> np.ndarray:
        """(..., q) in each output's own unit."""
        return self.quantile(0.5)

    def quantile(self, probability: float) -> np.ndarray:
        """(..., q) the value below which `probability` lies, in each output's own unit.

        Raises:
            ValueError: `probability` is not between 0 and 1.
        """
        return self._physical(self.transformed_quantile(probability))

    def transformed_quantile(self, probability: float) -> np.ndarray:
        """(..., q) as `quantile`, of the transformed outputs."""
        _check_probability("a probability", probability)
        return self._ask(questions.quantile, np.full(self._shape, float(probability)))

    @property
    def quantile_function(self) -> np.ndarray:
        """(..., q, m) the transformed outputs at the standard normal's quantiles `functionals.NORMAL_SCORES` (m,)."""
        return self._ask(questions.quantile_function)

    def interval(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper ends (..., q), in each output's own unit, of the central interval of probability
        `level`.

        Raises:
            ValueError: `level` is not between 0 and 1.
        """
        _check_probability("the level of an interval", level)
        _check_probability(f"the upper end of an interval of level {level}", 0.5 + 0.5 * level)
        return self.quantile(0.5 - 0.5 * level), self.quantile(0.5 + 0.5 * level)

    def sample(self, draws: int, seed: int) -> np.ndarray:
        """(draws, ..., q) outputs of new runs, drawn jointly, in each output's own unit.

        Raises:
            ValueError: `draws` is no whole number from 1 on, or `seed` none at all.
        """
        for name, given, least in (("draws", draws, 1), ("seed", seed, 0)):
            if isinstance(given, bool) or not (isinstance(given, Integral) and least <= given < 2**63):
                raise ValueError(f"{name} must be a whole number from {least} to 2**63 - 1, not {given!r}")
        points = np.arange(int(np.prod(self._shape)), dtype=np.uint32).reshape(self._shape)
        with counted_off():
            drawn = self._ask(questions.sample, points, np.full(self._shape, seed), draws=int(draws))
        return self._physical(np.moveaxis(drawn, -2, 0))

    def log_prob(self, target: np.ndarray) -> np.ndarray:
        """(...) logarithm of the joint density of the transformed outputs at `target` [nats], of a run that has them;
        missing ones are marginalised.
        """
        return self._ask(questions.log_prob, self._targets(target))

    def state_log_prob(self, target: np.ndarray) -> np.ndarray:
        """(...) logarithm of the probability that a run has the outputs that `target` has, and no others [nats]."""
        return self._ask(questions.state_log_prob, self._targets(target))

    def log_density(self, target: np.ndarray) -> np.ndarray:
        """(..., q) logarithm of each transformed output's own density at `target` [nats]."""
        return self._ask(questions.log_density, self._targets(target))

    def cdf(self, target: np.ndarray) -> np.ndarray:
        """(..., q) probability below `target`: its PIT."""
        return self._ask(questions.cdf, self._targets(target))

    def normal_score(self, target: np.ndarray) -> np.ndarray:
        """(..., q) the standard normal's quantile of the PIT: of a Gaussian the standardised residual."""
        return self._ask(questions.normal_score, self._targets(target))

    def crps(self, target: np.ndarray) -> np.ndarray:
        """(..., q) the continuous ranked probability score at `target`, in transformed units."""
        return self._ask(questions.crps, self._targets(target))

    def at(self, target: np.ndarray) -> Functionals:
        """All that is to be kept of the prediction of runs whose outputs are known."""
        scale = np.broadcast_to(self.scale, (*self._shape, len(self.outputs)))
        with counted_off():
            return self._ask(functionals, self._targets(target), scale)

    def __getitem__(self, name: str) -> "Prediction":
        """The prediction of one output alone, its last axis of length 1."""
        if name not in self.names:
            raise KeyError(f"no output {name!r}; there are {', '.join(self.names)}")
        return self._arranged((self.outputs[self.names.index(name)],))

    def of_outputs(self, outputs: Sequence[Output]) -> "Prediction":
        """The same prediction of these outputs in their order; NaN for those that the emulator has not learned."""
        return self._arranged(tuple(outputs))

    @property
    def _shape(self):
        return self.known.shape

    def _arranged(self, outputs):
        old = [self.names.index(each.name) if each.name in self else -1 for each in outputs]
        places = tuple(-1 if place < 0 else self.places[place] for place in old)
        scale = np.array([np.nan if place < 0 else self.scale[place] for place in old])
        return replace(self, outputs=outputs, scale=scale, places=places)

    def _ask(self, question: Callable, *arrays: np.ndarray, **settings: Any) -> Any:
        answer = each_answer(
            _answer,
            self.outcome,
            self._shape,
            self.points,
            *arrays,
            question=question,
            places=self.places,
            **settings,
        )
        return jax.tree.map(self._blanked, answer)

    def _blanked(self, leaf):
        known = self.known.reshape((*self._shape, *[1] * (leaf.ndim - self.known.ndim)))
        return np.where(known, leaf, np.nan)

    def _targets(self, target):
        target, shape = real_numbers("target", target, "1"), (*self._shape, len(self.outputs))
        if np.isinf(target).any():
            raise ValueError("target must be finite, or NaN where an output is missing, and is infinite")
        try:
            return np.broadcast_to(target, shape)
        except ValueError:
            raise ValueError(
                f"target must have a value each for {', '.join(self.names)} at every point, a shape that broadcasts to "
                f"{shape}, not {target.shape}"
            ) from None

    def _physical(self, transformed):
        columns = [output.inverse(transformed[..., index]) for index, output in enumerate(self.outputs)]
        return np.stack(columns, axis=-1)


def _check_probability(what: str, given: object) -> None:
    if not (isinstance(given, Real) and 0.0 < cast(float, given) < 1.0):
        raise ValueError(f"{what} must lie between 0 and 1, not {given}")


def _answer(outcome, *arrays, question, places, **settings):
    return question(outcome.arranged(places), *arrays, **settings)
