"""What an emulator says of new runs in transformed units, and how it is asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import jax
import numpy as np

from nbody_emulator.emulators import questions
from nbody_emulator.emulators.asked import Asked
from nbody_emulator.emulators.functionals import Functionals, functionals
from nbody_emulator.emulators.outcome import Outcome
from nbody_emulator.emulators.points import each_answer, each_answers
from nbody_emulator.emulators.random_keys import counted_off
from nbody_emulator.emulators.targets import check_probability, transformed_targets
from nbody_emulator.quantities.quantity import Output


@dataclass(frozen=True, repr=False, eq=False)
class TransformedPrediction:
    """The part of a `Prediction` that is in transformed units: logarithms of lengths, logits of shares.

    What is said of targets takes them transformed, (..., q), NaN where an output is missing.

    Attributes:
        outputs: the q outputs, in the order of the last axis.
        outcome: a function of one point, a tree of arrays.
        points: the points, the axes of the prediction in front of all arrays.
        known: (...) whether the point is answered at all; NaN is said of those that are not.
        scale: (q,) the spread of each transformed output over the training runs, in which energy scores are told.
        places: of the outputs among those of `outcome`; -1 is one that was not learned.
        asked: the points as they were asked.
        is_of_one: whether there is no axis of outputs.
    """

    outputs: tuple[Output, ...]
    outcome: Callable[[Any], Outcome]
    points: Any
    known: np.ndarray
    scale: np.ndarray
    places: tuple[int, ...]
    asked: Asked
    is_of_one: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The outputs' names, in the order of the last axis."""
        return tuple(output.name for output in self.outputs)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        """Over the outputs' names, as a mapping does."""
        return iter(self.names)

    def keys(self) -> tuple[str, ...]:
        """The same: `dict(prediction)` has the prediction of each output by its name."""
        return self.names

    def __getitem__(self, name: str) -> Self:
        """The prediction of one output alone, without an axis of outputs."""
        if name not in self.names:
            raise KeyError(f"no output {name!r}; there are {', '.join(self.names)}")
        return replace(self._arranged((self.outputs[self.names.index(name)],)), is_of_one=True)

    def of_outputs(self, outputs: Sequence[Output]) -> Self:
        """The same prediction of these outputs in their order; NaN for those that the emulator has not learned."""
        return self._arranged(tuple(outputs))

    @property
    def transformed_mean(self) -> np.ndarray:
        """(..., q)."""
        return self._of_outputs(self._transformed_moments[0])

    @property
    def transformed_variance(self) -> np.ndarray:
        """(..., q) total predictive variance of one new run."""
        return self._of_outputs(self._transformed_moments[1])

    @property
    def transformed_std(self) -> np.ndarray:
        """(..., q) square root of the total variance."""
        return np.sqrt(self.transformed_variance)

    @property
    def transformed_epistemic_variance(self) -> np.ndarray:
        """(..., q) the part of the variance that more training runs would remove."""
        return self._of_outputs(self._ask(questions.epistemic_variance))

    @property
    def transformed_covariance(self) -> np.ndarray:
        """(..., q, q) of one new run."""
        return self._ask(questions.covariance)

    def transformed_quantile(self, probability: float) -> np.ndarray:
        """(..., q) as `quantile`."""
        check_probability("a probability", probability)
        return self._of_outputs(self._quantile(probability))

    @property
    def transformed_quantile_function(self) -> np.ndarray:
        """(..., q, m) the outputs at the standard normal's quantiles `functionals.NORMAL_SCORES` (m,)."""
        return self._of_outputs(self._ask(questions.quantile_function))

    def transformed_log_prob(self, target: np.ndarray) -> np.ndarray:
        """(...) logarithm of the joint density at `target` (..., q) [nats]; NaN was not observed."""
        return self._ask(questions.log_prob, self._targets(target))

    def transformed_log_density(self, target: np.ndarray) -> np.ndarray:
        """(..., q) logarithm of each output's own density at `target` [nats]."""
        return self._of_outputs(self._ask(questions.log_density, self._targets(target)))

    def transformed_normal_score(self, target: np.ndarray) -> np.ndarray:
        """(..., q) the standard normal's quantile of the PIT: of a Gaussian the standardised residual."""
        return self._of_outputs(self._ask(questions.normal_score, self._targets(target)))

    def transformed_crps(self, target: np.ndarray) -> np.ndarray:
        """(..., q) the continuous ranked probability score at `target`."""
        return self._of_outputs(self._ask(questions.crps, self._targets(target)))

    def transformed_functionals(self, target: np.ndarray) -> Functionals:
        """All that is to be kept of the prediction of runs whose outputs are known."""
        scale = np.broadcast_to(self.scale, (*self._shape, len(self.outputs)))
        with counted_off():
            return self._ask(functionals, self._targets(target), scale)

    @property
    def _shape(self) -> tuple[int, ...]:
        return self.known.shape

    @cached_property
    def _transformed_moments(self) -> Sequence[np.ndarray]:
        # Together: what the model says is the larger part of the work.
        settings = [
            {"question": question, "places": self.places} for question in (questions.mean, questions.variance)
        ]
        answers = each_answers(_answer, self.outcome, self._shape, self.points, settings=settings)
        return [self._blanked(answer) for answer in answers]

    def _arranged(self, outputs):
        old = [self.names.index(each.name) if each.name in self else -1 for each in outputs]
        places = tuple(-1 if place < 0 else self.places[place] for place in old)
        scale = np.array([np.nan if place < 0 else self.scale[place] for place in old])
        return replace(self, outputs=outputs, scale=scale, places=places)

    def _of_outputs(self, answer):
        """Without the axis of outputs where there is one output alone; single numbers are no arrays."""
        return answer.squeeze(axis=len(self._shape))[()] if self.is_of_one else answer

    def _quantile(self, probability):
        return self._ask(questions.quantile, np.full(self._shape, float(probability)))

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
        return np.where(known, leaf, np.nan)[()]

    def _targets(self, target):
        if self.is_of_one and np.ndim(target):
            target = np.expand_dims(target, -1)
        return transformed_targets(self.outputs, target, self._shape)


def _answer(outcome, *arrays, question, places, **settings):
    return question(outcome.arranged(places), *arrays, **settings)
