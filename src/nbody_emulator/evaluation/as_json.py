"""Numbers of tables as a nested dictionary of plain values, checked against its schema."""

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[3] / "workflow" / "schemas"


def checked(metrics: dict[str, Any], schema: str) -> dict[str, Any]:
    """The numbers with None for those that do not exist, after a look at workflow/schemas/<schema>.schema.json.

    Raises:
        jsonschema.ValidationError: they do not fit it.
    """
    metrics = without_nan(metrics)
    described = json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(described).validate(metrics)
    return metrics


def with_error(row) -> dict:
    """The value, its standard error and, where the table has it, its 95 % interval, from columns of those names."""
    return {"value": row.value} | errors_of(row)


def errors_of(row, prefix: str = "") -> dict:
    """Those of standard_error, lower and upper that a row has, in columns of these names after the prefix."""
    names = ("standard_error", "lower", "upper")
    return {name: getattr(row, prefix + name) for name in names if hasattr(row, prefix + name)}


def nested(table: pd.DataFrame, keys: list[str], leaf) -> dict:
    """A dictionary as deep as `keys`, whose leaves are `leaf(row)`; keys are text, as JSON has them."""
    nested: dict = {}
    for row in table.itertuples():
        *path, last = (str(getattr(row, key)) for key in keys)
        level = nested
        for key in path:
            level = level.setdefault(key, {})
        level[last] = leaf(row)
    return nested


def without_nan(value):
    """The same with None for every number that JSON has no word for."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value
