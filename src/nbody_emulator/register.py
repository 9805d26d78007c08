"""Registers of interchangeable methods: a name maps to where the method lives, and is imported on use.

Registering by path, not by object, keeps a stage's code identity to the one method it names:
adding or editing a neighbour changes nothing for the others.
"""

import importlib
from collections.abc import Mapping
from typing import Any


class Register:
    """Methods of one `kind` by name; each location reads `package.module:attribute`.

    `keys` lists, by method, the configuration's keys that this method needs and its neighbours may not know.
    """

    def __init__(
        self, kind: str, locations: Mapping[str, str], keys: Mapping[str, tuple[str, ...]] | None = None
    ):
        self.kind = kind
        self._locations = dict(locations)
        self._keys = dict(keys or {})

    @property
    def names(self) -> tuple[str, ...]:
        """All registered names, in the order in which they were registered."""
        return tuple(self._locations)

    def module(self, name: str) -> str:
        """The dotted path of the module that holds `name`, without importing it."""
        return self._location(name).split(":")[0]

    def keys(self, name: str) -> tuple[str, ...]:
        """The configuration's keys that the method called `name` takes."""
        return self._keys.get(name, ())

    def load(self, name: str) -> Any:
        """Import and return the method called `name`."""
        module, attribute = self._location(name).split(":")
        return getattr(importlib.import_module(module), attribute)

    def _location(self, name: str) -> str:
        if name not in self._locations:
            raise KeyError(f"unknown {self.kind} {name!r}; known: {', '.join(self._locations)}")
        return self._locations[name]
