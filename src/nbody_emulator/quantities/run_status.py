"""How a run can have ended: the one list of it, in numbers and in words."""

from enum import IntEnum
from typing import Any

import numpy as np


class Status(IntEnum):
    """Stored with every run as its number, told as its word."""

    OK = 0
    ABOVE_TOLERANCE = 1
    UNUSABLE = 2
    NOT_FINITE = 3
    UNFINISHED = 4

    @property
    def word(self) -> str:
        """As tables, metrics and the flags of a NetCDF file call it."""
        return self.name.lower()

    @property
    def is_usable(self) -> bool:
        """Whether the run counts as data."""
        return self in (Status.OK, Status.ABOVE_TOLERANCE)


USABLE = tuple(status for status in Status if status.is_usable)
USABLE_WORDS = tuple(status.word for status in USABLE)


def status_flags() -> dict[str, Any]:
    """CF's attributes of a variable that holds them."""
    return {
        "flag_values": np.array([status.value for status in Status], dtype="int8"),
        "flag_meanings": " ".join(status.word for status in Status),
    }
