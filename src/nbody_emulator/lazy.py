"""Public faces that import what they offer on first use, so that reading a room's register costs nothing.

Editors and type checkers read the same names in the `__init__.pyi` beside each; a test holds the two in step.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def exports(
    package: str, locations: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """`__getattr__` and `__dir__` (PEP 562) and `__all__` for `package`: public name -> module that holds it."""

    def get(name: str) -> Any:
        if name not in locations:
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}; it offers {', '.join(locations)}"
            )
        return getattr(importlib.import_module(locations[name]), name)

    return get, lambda: sorted(locations), list(locations)
