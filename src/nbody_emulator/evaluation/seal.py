"""The test set's seal: none of its design points may have been seen, under any name."""

from collections.abc import Iterable

import xarray as xr

from nbody_emulator.evaluation.rows import text_or_number

SEALED = "sealed"


def refuse_seen(sealed: xr.Dataset, unsealed: xr.Dataset, seen_groups: Iterable[str] = ()) -> None:
    """Check predictions of sealed rows against those of all others.

    Raises:
        ValueError: a sealed design point is among the unsealed ones or among `seen_groups`, by its name or by
            its parameters; or a row's role is not what its side says.
    """
    roles, other_roles = set(text_or_number(sealed["role"])), set(text_or_number(unsealed["role"]))
    if roles != {SEALED} or SEALED in other_roles:
        raise ValueError(
            f"expected sealed rows on one side alone, found {sorted(roles)}, {sorted(other_roles)}"
        )
    by_name = set(text_or_number(sealed["group"])) & {*text_or_number(unsealed["group"]), *seen_groups}
    by_parameters = _points(sealed) & _points(unsealed)
    seen = sorted(map(str, by_name)) or sorted(map(str, by_parameters))
    if seen:
        raise ValueError(
            f"the test set is not sealed: {len(seen)} of its design points were seen, as {seen[0]}"
        )


def _points(predictions: xr.Dataset) -> set[tuple]:
    """The design points as tuples of parameters: equal to the last bit only if it is the same point."""
    return set(map(tuple, predictions["input"].transpose("row", "parameter").values.tolist()))
