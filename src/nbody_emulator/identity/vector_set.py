"""What the processor of this machine is good at."""

from functools import cache
from pathlib import Path

# Flags of the processor that change which vector code XLA and the linear-algebra libraries choose, widest first.
_VECTOR_SETS = ("avx512f", "avx2", "asimd")


@cache
def vector_set() -> str:
    """The widest set of vector instructions, as Linux names it; empty where that is not known."""
    information = Path("/proc/cpuinfo")
    words = set(information.read_text().lower().split()) if information.exists() else set()
    return next((name for name in _VECTOR_SETS if name in words), "")
