"""What labelled arrays say of their order: rows that belong together stand side by side, components as x, y, z.

Tables and columns of pandas have labels of rows (`index`), arrays of xarray names of dimensions (`dims`) and, if they
like, coordinates along them. What has no labels is taken as it stands.
"""

from collections.abc import Mapping
from typing import Any

from nbody_emulator.arrays import check_labels, has_dimensions, is_column

COMPONENTS = ["x", "y", "z"]


def check_rows(given: Mapping[str, Any], axes: int = 1) -> None:
    """Refuse arguments whose first `axes` are labelled, and not alike.

    Raises:
        ValueError: rows have other labels, or run along dimensions of other names.
    """
    named = {name: each for name, each in given.items() if has_dimensions(each) and each.ndim >= axes}
    for name, array in named.items():
        first = next(iter(named))
        along, wanted = (tuple(each.dims[:axes]) for each in (array, named[first]))
        if along != wanted:
            raise ValueError(
                f"{name} begins with the dimensions {_in_words(along)}, and {first} with {_in_words(wanted)}; "
                f"transpose it, or give bare values"
            )
    for axis in range(axes):
        labels = {name: _labels(each, axis) for name, each in given.items()}
        check_labels({name: index for name, index in labels.items() if index is not None}, "labels of rows")


def check_components(name: str, given: Any) -> None:
    """Refuse vectors whose columns are labelled x, y and z (or vx, vy, vz) in another order."""
    labels: Any = getattr(given, "columns", None) if is_column(given) else None
    if has_dimensions(given) and given.ndim:
        labels = _labels(given, given.ndim - 1)
    words = [str(label).lower() for label in labels] if labels is not None else []
    found = [next((each for each in COMPONENTS if each in word), "") for word in words]
    if sorted(found) == COMPONENTS != found:
        raise ValueError(
            f"{name} has the columns {', '.join(map(str, labels))}; bring them into the order x, y, z"
        )


def _labels(given: Any, axis: int) -> Any:
    """The index along an axis; None where it has none."""
    if is_column(given):
        return given.index if axis == 0 else None
    if has_dimensions(given) and given.ndim > axis:
        return getattr(given, "indexes", {}).get(given.dims[axis])
    return None


def _in_words(dimensions: tuple) -> str:
    return ", ".join(repr(str(each)) for each in dimensions)
