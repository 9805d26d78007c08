"""Public faces that import what they offer on first use, so that reading a room's register costs nothing."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def exports(package: str, locations: Mapping[str, str]) -> Callable[[str], Any]:
    """A module-level `__getattr__` (PEP 562) for `package`: public name -> module that holds it."""

    def get(name: str) -> Any:
        if name not in locations:
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}; it offers {', '.join(locations)}"
            )
        return getattr(importlib.import_module(locations[name]), name)

    return get
