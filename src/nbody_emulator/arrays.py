"""The one door for numbers that come from outside: plain, with units, with named dimensions, or masked.

What carries units (astropy, pint, unyt, unxt) is converted through its own `to`, xarray is broadcast by the names of
its dimensions, and what is masked or no number is refused by name, in one line. None of these libraries is imported.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nbody_emulator.units import udunits

SOLAR_MASS_IN_KG = 1.98841e30
"""For libraries that know no sun, such as pint."""

SPELLINGS = {
    "1": (("", 1.0), ("dimensionless", 1.0)),
    "Msun": (("Msun", 1.0), ("kg", 1.0 / SOLAR_MASS_IN_KG)),
    "AU": (("AU", 1.0), ("au", 1.0)),
}
"""How libraries may call a unit, and the factor that takes what they then give to it; others have one name."""

DIMENSIONLESS = ("", "1", "dimensionless")
"""What a label of plain numbers may say."""


def real_numbers(name: str, given: Any, unit: str | None, wanted: str = "real numbers") -> np.ndarray:
    """What was given for the argument `name`, as float64 in `unit`.

    Args:
        unit: as in "pc" or "pc/Myr"; "1" for what has no dimension; None where no unit can be right.
        wanted: what the argument is to be, in words.

    Raises:
        TypeError: it is no plain number: words, truth values, complex numbers, dates, nothing, or values that JAX is
            still tracing; something is masked; or its unit is of another dimension.
    """
    bare = without_unit(name, given, unit)
    try:
        array = np.asanyarray(bare)
    except (TypeError, ValueError):  # rows of different lengths, or values that JAX is still tracing
        array = None
    _check_mask(name, array)  # a variable of a file shows its mask only now
    if array is None or array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must be {wanted}{_in_unit(unit)}, not {shown(given)}")
    return np.asarray(array).astype(float)


def without_unit(name: str, given: Any, unit: str | None) -> Any:
    """What was given in `unit`, bare; what has no unit comes back as it is, traced by JAX or not.

    Raises:
        TypeError: something is masked, or its unit is of another dimension.
    """
    if isinstance(given, int | float):
        return given
    if isinstance(given, list | tuple):
        return [without_unit(name, each, unit) for each in given]
    if has_dimensions(given):
        _check_label(name, given.attrs.get("units"), unit)
        return without_unit(name, given.data, unit)
    if is_column(given):
        _check_label(name, given.attrs.get("units"), unit)
        return given.to_numpy()
    _check_mask(name, given)
    held = _unit_of(given)
    if held is None:
        return given
    if isinstance(held, str) and not hasattr(given, "to"):
        _check_label(name, held, unit)
        return given
    return _converted(name, given, unit)


def plain_array(given: Any) -> np.ndarray | None:
    """An array of what was given, words and truth values too; None where it is none, or masked."""
    try:
        array = np.asanyarray(given)
    except (TypeError, ValueError):  # rows of different lengths, or values that JAX is still tracing
        return None
    return None if np.ma.is_masked(array) else np.asarray(array)


def broadcast(given: Mapping[str, Any], units: Mapping[str, str]) -> np.ndarray:
    """Arguments by name as one array (..., arguments), in the order and units of `units`.

    Plain arrays broadcast as in numpy. xarray's broadcast by the names of their dimensions, which are then ordered as
    they are first met; beside them only single numbers can be plain.

    Raises:
        TypeError: as for `real_numbers`, or an array without names beside one that has them.
        ValueError: shapes, sizes or labels that do not fit together.
    """
    columns = {name: real_numbers(name, given[name], unit) for name, unit in units.items()}
    check_labels({name: given[name].index for name in units if is_column(given[name])}, "rows")
    named = {name: given[name] for name in units if has_dimensions(given[name]) and given[name].ndim}
    if named:
        columns = _along_dimensions(columns, named)
    try:
        return np.stack(np.broadcast_arrays(*columns.values()), axis=-1)
    except ValueError:
        told = ", ".join(f"{name} {column.shape}" for name, column in columns.items())
        raise ValueError(f"parameters must have shapes that broadcast, not {told}") from None


def axes(given: Mapping[str, Any], shape: Sequence[int]) -> tuple[tuple[str, np.ndarray | None], ...]:
    """The axes of what `broadcast` made of these arguments, with the `shape` that it has: (name, labels) of each.

    Named dimensions keep their names and coordinates, rows of pandas their index; plain axes are called `point`, or
    `point_0`, `point_1`, ... if there are several, and have no labels.
    """
    named = [values for values in given.values() if has_dimensions(values)]
    found = {dimension: None for array in named for dimension in array.dims}
    if found:
        indexes = [getattr(array, "indexes", {}) for array in named]
        labels = {name: next((each[name] for each in indexes if name in each), None) for name in found}
        return tuple((str(name), None if at is None else np.asarray(at)) for name, at in labels.items())
    columns = [values.index for values in given.values() if is_column(values)]
    if len(shape) == 1 and columns:
        return ((str(columns[0].name or "row"), np.asarray(columns[0])),)
    plain = ["point"] if len(shape) == 1 else [f"point_{place}" for place in range(len(shape))]
    return tuple((name, None) for name in plain)


def by_name(given: Any, names: Sequence[str], what: str) -> Mapping[str, Any]:
    """Values by name: a mapping as it is, a table or row (of pandas, xarray or astropy) by the names of its columns.

    Args:
        names: what is wanted, for the example in the message.
        what: the values in words, such as "parameters".

    Raises:
        TypeError: `given` has no names.
        ValueError: a name stands for two columns.
    """
    if isinstance(given, Mapping):
        return given
    keys = list(given.keys()) if hasattr(given, "keys") and not isinstance(given, type) else []
    if not keys or not all(isinstance(key, str) for key in keys):
        example = ", ".join(f'"{name}": ...' for name in names)
        raise TypeError(
            f"{what} are given by name, not as {type(given).__name__} without names: write {{{example}}}"
        )
    twice = sorted(key for key in set(keys) if keys.count(key) > 1)
    if twice:
        raise ValueError(f"{what} are given twice: {', '.join(twice)}; leave one of each")
    return {key: given[key] for key in keys}


def has_dimensions(given: Any) -> bool:
    """Whether it is one of xarray's arrays, with named dimensions and attributes."""
    return all(hasattr(type(given), word) for word in ("dims", "attrs", "data"))


def is_column(given: Any) -> bool:
    """Whether it is one of pandas' tables or columns, whose rows have labels."""
    return all(hasattr(type(given), word) for word in ("to_numpy", "iloc"))


def check_labels(labels: Mapping[str, Any], what: str) -> None:
    """Refuse indexes that would put numbers side by side that do not belong together."""
    for name, index in labels.items():
        first = next(iter(labels))
        if not index.equals(labels[first]):
            raise ValueError(
                f"{name} and {first} have other {what}; bring them into one order, or give bare values"
            )


def shown(given: Any) -> str:
    """What was given, short and on one line."""
    text = " ".join(repr(given).split())
    return text if len(text) <= 60 else f"{text[:60]}..."


def _in_unit(unit: str | None) -> str:
    return "" if unit in (None, "1") else f" in {unit}"


def _check_mask(name: str, given: Any) -> None:
    # Others call a method or a switch so.
    mask = getattr(given, "mask", None)
    if isinstance(mask, np.ndarray | np.bool_) and np.any(mask):
        raise TypeError(f"{name} must not be masked, as {shown(given)} is; leave out what is masked")


def _unit_of(given: Any) -> Any:
    """The unit that it carries, an object or a text; None for bare numbers."""
    found = (getattr(given, word, None) for word in ("unit", "units"))
    return next((unit for unit in found if unit is not None), None)


def _converted(name: str, given: Any, unit: str | None) -> Any:
    for spelling, factor in _spellings(unit):
        try:
            converted = given.to(spelling)
        except Exception:  # each library has its own for a unit of another dimension, or one it does not know
            continue
        bare = converted.magnitude if hasattr(converted, "magnitude") else converted.value
        return bare if factor == 1.0 else bare * factor
    wanted = {None: "bare numbers", "1": "without dimension"}.get(unit, f"in {unit}")
    raise TypeError(f"{name} must be {wanted}, into which {shown(given)} cannot be converted")


def _spellings(unit: str | None) -> tuple[tuple[str, float], ...]:
    if unit is None:
        return ()
    # "pc Myr-1" in words that pint and unyt read, too.
    product = re.sub(r"([A-Za-z]+)(-?\d+)", r"\1**\2", unit).replace(" ", "*")
    return SPELLINGS.get(unit, ((unit, 1.0), (product, 1.0)))


def _check_label(name: str, label: Any, unit: str | None) -> None:
    """Refuse an attribute that tells another unit than the one the numbers would be read in."""
    right = DIMENSIONLESS if unit in (None, "1") else (unit, udunits(unit))
    if label is not None and str(label) not in right:
        wanted = "bare numbers" if unit is None else f"in {unit}"
        raise TypeError(
            f"{name} must be {wanted}, yet its attribute `units` says {str(label)!r}; convert it and correct the "
            "attribute, or drop it"
        )


def _along_dimensions(columns: Mapping[str, np.ndarray], named: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """The columns with one axis for every dimension, in the order in which dimensions are first met."""
    sizes: dict[str, int] = {}
    for name, column in columns.items():
        if column.ndim and name not in named:
            raise TypeError(
                f"{name} has no names of dimensions, which {next(iter(named))} has; "
                "give all arrays as DataArrays, or none"
            )
    for name, array in named.items():
        for dimension, size in zip(array.dims, array.shape, strict=True):
            if sizes.setdefault(dimension, size) != size:
                raise ValueError(
                    f"{name} has {size} values along {dimension!r}, where others have {sizes[dimension]}"
                )
    for dimension in sizes:
        indexes = {name: getattr(array, "indexes", {}) for name, array in named.items()}
        labels = {name: index[dimension] for name, index in indexes.items() if dimension in index}
        check_labels(labels, f"coordinates along {dimension!r}")
    return {
        name: _spread(column, named[name].dims, sizes) if name in named else column
        for name, column in columns.items()
    }


def _spread(column: np.ndarray, dims: Sequence[str], sizes: Mapping[str, int]) -> np.ndarray:
    axes = sorted(range(column.ndim), key=lambda axis: list(sizes).index(dims[axis]))
    return column.transpose(axes).reshape([size if name in dims else 1 for name, size in sizes.items()])
