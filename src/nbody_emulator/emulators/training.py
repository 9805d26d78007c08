"""The rows a model is trained on, in the one order that does not depend on how they arrived."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import equinox as eqx
import numpy as np

from nbody_emulator.emulators.scaling import (
    PhysicalInputs,
    Scaler,
    axis_values,
    fit_scaler,
)
from nbody_emulator.quantities.quantity import Output, Parameter, cluster_columns

if TYPE_CHECKING:
    from nbody_emulator.quantities.tables import Table


class UnlearnableOutput(ValueError):
    """An output has too few values to be learned; `output` is its name."""

    def __init__(self, output: str, problem: str):
        super().__init__(f"output {output!r} {problem}")
        self.output = output


@dataclass(frozen=True)
class Columns:
    """What the columns of scaled rows are, for a family that needs more than scaled numbers.

    Attributes:
        parameters: of the inputs, what is seen of a run beside its parameters included.
        outputs: of the targets.
        input_scaler: of the parameters' axes.
        output_scaler: of the transformed outputs.
    """

    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...]
    input_scaler: Scaler
    output_scaler: Scaler

    @property
    def physical_inputs(self) -> PhysicalInputs:
        """From scaled inputs to parameters in their own units."""
        return PhysicalInputs.of(self.parameters, self.input_scaler)


@dataclass(frozen=True)
class TrainingSet:
    """Scaled training rows.

    Attributes:
        inputs: (n, d) scaled inputs, finite.
        targets: (n, q) scaled targets; NaN = missing, and a row whose targets are all NaN is held out.
        groups: (n,) integer number of the design point; rows of one point are never split.
        columns: what the d inputs and q targets are.
    """

    inputs: np.ndarray
    targets: np.ndarray
    groups: np.ndarray
    columns: Columns

    @property
    def of_cluster(self) -> np.ndarray:
        """(n, c) the inputs that are not of single stars."""
        return self.inputs[:, : cluster_columns(self.columns.parameters)]

    @property
    def observed(self) -> np.ndarray:
        """(n, q) True where a target exists."""
        return np.isfinite(self.targets)

    def without(self, rows: np.ndarray) -> "TrainingSet":
        """The same rows with the targets of `rows` (n,) bool taken away: shapes stay, knowledge goes.

        Keeping the shapes lets one compiled function serve every fold.
        """
        return replace(self, targets=np.where(rows[:, None], np.nan, self.targets))

    def select(self, rows: np.ndarray) -> "TrainingSet":
        """These rows alone, by mask (n,) or by index."""
        return replace(self, inputs=self.inputs[rows], targets=self.targets[rows], groups=self.groups[rows])


def training_rows(table: "Table") -> "Table":
    """The rows of `table` that have at least one target, sorted by (group, replicate).

    Sorting makes a fit independent of the order in which runs were read.

    Raises:
        UnlearnableOutput: an output has fewer than two values, or all are the same.
    """
    observed = np.isfinite(table.targets)
    for output, targets in zip(table.outputs, table.targets.T, strict=True):
        values = targets[np.isfinite(targets)]
        if len(values) < 2:
            problem = f"has {len(values)} values in the training runs; at least 2 are needed"
            raise UnlearnableOutput(output.name, problem)
        if np.ptp(values) == 0.0:
            problem = (
                "is the same in all training runs, so that there is nothing to learn of it; leave it out"
            )
            raise UnlearnableOutput(output.name, problem)
    rows = np.flatnonzero(observed.any(axis=1))
    order = np.lexsort((table.replicates[rows], table.groups[rows]))
    return table.select(rows[order])


class Scalers(NamedTuple):
    """Scalers of inputs and outputs, and the design points (n,) of the rows they were fitted to."""

    inputs: Scaler
    outputs: Scaler
    groups: np.ndarray


def fit_scalers(table: "Table") -> Scalers:
    """The scalers of these rows; what they have seen goes with them."""
    scaler = fit_scaler(_axes(table))
    cluster = cluster_columns(table.columns)
    if cluster < len(table.columns):
        # What is of single stars has no scale, and all stars must be told alike.
        scaler = Scaler(scaler.center.at[cluster:].set(0.0), scaler.spread.at[cluster:].set(1.0))
    return Scalers(scaler, fit_scaler(table.targets), table.groups)


def scale_rows(table: "Table", input_scaler: Scaler, output_scaler: Scaler) -> TrainingSet:
    """The rows of `table` in the scaled units a family works in."""
    numbers = np.unique(np.asarray(table.groups, dtype=str), return_inverse=True)[1]
    return TrainingSet(
        scaled_inputs(table, input_scaler),
        np.asarray(_scaled(output_scaler, table.targets)),
        numbers,
        Columns(tuple(table.columns), tuple(table.outputs), input_scaler, output_scaler),
    )


def scaled_inputs(table: "Table", input_scaler: Scaler) -> np.ndarray:
    """All that is given of these runs (n, d) in the scaled units a family works in."""
    return np.asarray(_scaled(input_scaler, _axes(table)))


def _axes(table):
    return np.asarray(_axis_values(table.columns, table.given))


# Compiled as one: each of their operations alone would be compiled for every number of rows.
_axis_values = eqx.filter_jit(axis_values)
_scaled = eqx.filter_jit(Scaler.forward)


def grouped_folds(groups: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    """Fold number (n,) of every row: whole groups, shuffled, dealt into `count` parts of near-equal size."""
    names = np.unique(groups)
    fold_of_group = np.empty(len(names), dtype=int)
    for fold, members in enumerate(np.array_split(generator.permutation(len(names)), min(count, len(names)))):
        fold_of_group[members] = fold
    return fold_of_group[np.searchsorted(names, groups)]


def padded(training: TrainingSet, multiple: int) -> TrainingSet:
    """`training` with held-out rows appended up to the next multiple, so that near-equal sizes share a
    compilation.
    """
    extra = -len(training.inputs) % multiple
    return replace(
        training,
        inputs=np.concatenate([training.inputs, np.zeros((extra, training.inputs.shape[1]))]),
        targets=np.concatenate([training.targets, np.full((extra, training.targets.shape[1]), np.nan)]),
        groups=np.concatenate([training.groups, np.full(extra, -1)]),
    )
