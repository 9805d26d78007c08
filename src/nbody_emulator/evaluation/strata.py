"""Parts of the judged rows in which coverage must hold too, for averages hide what compensates."""

from collections.abc import Sequence

import numpy as np

from nbody_emulator.evaluation.rows import Rows
from nbody_emulator.quantities.quantity import Parameter

THIRDS = ("low", "middle", "high")


def strata(rows: Rows, parameters: Sequence[Parameter]) -> dict[str, np.ndarray]:
    """Masks (n,) by name: all, `<parameter>:low` and so on, `width:low` and so on, `role:<role>`.

    Thirds of a parameter's box are equal on its own scale; thirds by width hold equally many rows. Roles are
    told apart only where rows of several are judged.
    """
    found = {"all": np.ones(len(rows.target), dtype=bool)}
    for place, parameter in enumerate(parameters):
        fraction = parameter.to_unit_interval(rows.inputs[:, place])
        third = np.clip(np.floor(3 * fraction).astype(int), 0, 2)
        found |= _named(parameter.name, third)
    rank = np.argsort(np.argsort(rows.standard_deviation, kind="stable"), kind="stable")
    found |= _named("width", 3 * rank // max(len(rank), 1))
    roles = np.unique(rows.role)
    if len(roles) > 1:
        found |= {f"role:{role}": rows.role == role for role in roles}
    return found


def _named(name: str, third: np.ndarray) -> dict[str, np.ndarray]:
    return {f"{name}:{word}": third == place for place, word in enumerate(THIRDS)}
