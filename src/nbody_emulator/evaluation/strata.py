"""Parts of the judged rows in which coverage must hold too, for averages hide what compensates."""

from collections.abc import Sequence

import numpy as np

from nbody_emulator.evaluation.rows import Rows, Runs
from nbody_emulator.quantities.quantity import Parameter

THIRDS = ("low", "middle", "high")
HALVES = ("lower", "upper")


def strata(rows: Runs, parameters: Sequence[Parameter]) -> dict[str, np.ndarray]:
    """Masks (n,) by name: all, `<parameter>:low` and so on, `survival:low`, of one output `width:low`, `role:<role>`.

    Thirds of a parameter's box are equal on its own scale; thirds by predicted probability of survival and by predicted
    width hold equally many rows, but for rows of which the same survival was predicted, which stay together. Roles are
    told apart only where rows of several are judged.
    """
    found = {"all": np.ones(len(rows), dtype=bool)} | regions(rows, parameters)
    roles = np.unique(rows.role)
    if len(roles) > 1:
        found |= {f"role:{role}": rows.role == role for role in roles}
    return found


def regions(rows: Runs, parameters: Sequence[Parameter]) -> dict[str, np.ndarray]:
    """Those of them that are told by what is known before a run is made: by parameters and by predictions."""
    found = thirds(parameters, rows.inputs)
    if isinstance(rows, Rows):
        rank = np.argsort(np.argsort(rows.standard_deviation, kind="stable"), kind="stable")
        found |= _named("width", 3 * rank // max(len(rank), 1), THIRDS)
    ordered = np.sort(rows.survival)
    ties = np.searchsorted(ordered, rows.survival, "left") + np.searchsorted(ordered, rows.survival, "right")
    return found | _named("survival", 3 * (ties - 1) // max(2 * len(rows), 1), THIRDS)


def thirds(parameters: Sequence[Parameter], inputs: np.ndarray) -> dict[str, np.ndarray]:
    """Masks (n,) of `inputs` (n, d) by name: `<parameter>:low`, `:middle` and `:high`, equal on its own scale."""
    found: dict[str, np.ndarray] = {}
    for parameter, values in zip(parameters, inputs.T, strict=True):
        found |= _named(parameter.name, _part_of(parameter.to_unit_interval(values), THIRDS), THIRDS)
    return found


def halves(parameters: Sequence[Parameter], inputs: np.ndarray) -> dict[str, np.ndarray]:
    """Masks (n,) of `inputs` (n, d) by name: all, `<parameter>:lower` and `:upper`, equal on its own scale."""
    found = {"all": np.ones(len(inputs), dtype=bool)}
    for parameter, values in zip(parameters, inputs.T, strict=True):
        found |= _named(parameter.name, _part_of(parameter.to_unit_interval(values), HALVES), HALVES)
    return found


def _part_of(fractions: np.ndarray, words: Sequence[str]) -> np.ndarray:
    """Which of as many equal parts as there are words each of the fractions (n,) lies in."""
    return np.clip(np.floor(len(words) * fractions).astype(int), 0, len(words) - 1)


def _named(name: str, part: np.ndarray, words: Sequence[str]) -> dict[str, np.ndarray]:
    return {f"{name}:{word}": part == place for place, word in enumerate(words)}
