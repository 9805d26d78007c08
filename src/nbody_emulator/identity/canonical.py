"""One text for one meaning: canonical JSON, and the short name made from it."""

import hashlib
import json
from typing import Any

IDENTITY_DIGITS = 12
"""Hexadecimal digits of an identity: among a million results a collision has odds of 1 in 560."""


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no blanks and no NaN, so that equal meaning gives equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=True)


def digest(text: str) -> str:
    """The sha256 of `text`, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def identity(specification: Any) -> str:
    """The name of the result that `specification` describes."""
    return digest(canonical_json(specification))[:IDENTITY_DIGITS]
