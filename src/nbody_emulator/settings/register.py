"""Registers of interchangeable methods: a name maps to where the method lives, and is imported on use.

Registering by path, not by object, keeps a stage's code identity to the one method it names:
adding or editing a neighbour changes nothing for the others.
"""

import importlib
from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, TypeVar

Facts = TypeVar("Facts")


class Entry(NamedTuple, Generic[Facts]):
    """A method whose file takes long to import, and what the plan has to know of it without doing so."""

    location: str
    facts: Facts


class Register(Generic[Facts]):
    """Methods of one `kind` by name; each location reads `package.module:attribute`."""

    def __init__(self, kind: str, locations: Mapping[str, str | Entry[Facts]]):
        self.kind = kind
        self._locations = dict(locations)

    @property
    def names(self) -> tuple[str, ...]:
        """All registered names, in the order in which they were registered."""
        return tuple(self._locations)

    def module(self, name: str) -> str:
        """The dotted path of the module that holds `name`, without importing it."""
        return self._location(name).split(":")[0]

    def facts(self, name: str) -> Facts:
        """What the entry of `name` says of it."""
        return self._entry(name).facts

    def load(self, name: str) -> Any:
        """Import and return the method called `name`."""
        module, attribute = self._location(name).split(":")
        return getattr(importlib.import_module(module), attribute)

    def _location(self, name: str) -> str:
        entry = self._entry(name)
        return entry if isinstance(entry, str) else entry.location

    def _entry(self, name: str) -> Any:
        if name not in self._locations:
            raise KeyError(f"unknown {self.kind} {name!r}; known: {', '.join(self._locations)}")
        return self._locations[name]
