"""Tables and metrics as text, with as many digits as mean anything: what is published stays in git for ever."""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 6
"""Significant digits of every number that is not whole; the best known of them has an error in the third."""


def csv_text(table: "pd.DataFrame") -> str:
    """The table as CSV without its index."""
    return table.to_csv(index=False, float_format=f"%.{DIGITS}g")


def json_text(content: Any) -> str:
    """`content` as JSON for people, keys sorted."""
    return json.dumps(_rounded(content), indent=1, sort_keys=True) + "\n"


def _rounded(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _rounded(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_rounded(value) for value in content]
    return float(f"{content:.{DIGITS}g}") if isinstance(content, float) else content
