"""What models that have not seen a run say of it: one model a fold, each asked about its own held-out rows."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from nbody_emulator.emulators.family import Model
from nbody_emulator.emulators.points import each_answer


class OutOfFold(NamedTuple):
    """Models and the rows that each has not seen.

    Attributes:
        models: one for each fold.
        fold: (n,) the fold of each row.
        inputs: (n, d) scaled inputs of all rows.
        of_cluster: (n, c) those that are not of single stars, by which calibrators tell rows apart.
    """

    models: Sequence[Model]
    fold: np.ndarray
    inputs: np.ndarray
    of_cluster: np.ndarray

    def ask(self, question: Callable, *arrays: np.ndarray, **settings: Any) -> Any:
        """`question` of the distribution predicted of each row, and of what each of the `arrays` (n, ...) holds for it.

        Args:
            question: of a distribution, of one row of each array, and of the settings, which are the same for all.
        """
        places = [np.flatnonzero(self.fold == fold) for fold in range(len(self.models))]
        answers = [
            each_answer(
                question,
                model,
                (len(rows),),
                self.inputs[rows],
                *(array[rows] for array in arrays),
                **settings,
            )
            for rows, model in zip(places, self.models, strict=True)
        ]
        order = np.argsort(np.concatenate(places))
        return jax.tree.map(lambda *leaves: np.concatenate(leaves)[order], *answers)
