"""Parts of the judged rows in which coverage must hold too, for averages hide what compensates."""

from collections.abc import Sequence

import numpy as np

from nbody_emulator.evaluation.rows import Rows, Runs
from nbody_emulator.quantities.quantity import Parameter

THIRDS = ("low", "middle", "high")


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
    found: dict[str, np.ndarray] = {}
    for place, parameter in enumerate(parameters):
        fraction = parameter.to_unit_interval(rows.inputs[:, place])
        third = np.clip(np.floor(3 * fraction).astype(int), 0, 2)
        found |= _named(parameter.name, third)
    if isinstance(rows, Rows):
        rank = np.argsort(np.argsort(rows.standard_deviation, kind="stable"), kind="stable")
        found |= _named("width", 3 * rank // max(len(rank), 1))
    ordered = np.sort(rows.survival)
    ties = np.searchsorted(ordered, rows.survival, "left") + np.searchsorted(ordered, rows.survival, "right")
    return found | _named("survival", 3 * (ties - 1) // max(2 * len(rows), 1))


def _named(name: str, third: np.ndarray) -> dict[str, np.ndarray]:
    return {f"{name}:{word}": third == place for place, word in enumerate(THIRDS)}
