"""A result of the experiment before it is made: what it is, what it needs, and where it will lie."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nbody_emulator.identity.canonical import IDENTITY_DIGITS, canonical_json, digest
from nbody_emulator.storage.receipt import RECEIPT

STORE = "results/store"
SEALED_STORE = "results/sealed"


@dataclass(frozen=True, eq=False)
class Stage:
    """A kind of result.

    Attributes:
        name: of its folder in the store.
        script: that makes it.
        outputs: the files it consists of, by the names the script has for them, the one that is read first.
    """

    name: str
    script: str
    outputs: Mapping[str, str]

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(self.outputs.values())

    def file_for(self, role: str) -> str:
        """The file that is read in a role: that of the role's name or, without one, the first."""
        return self.outputs.get(role, self.files[0])


@dataclass(frozen=True, eq=False)
class Artifact:
    """One result, named by everything that decides its content.

    Attributes:
        stage: the kind of result.
        title: what a person calls it; no part of its identity.
        settings: the configuration it reads, as handed to the stage's function.
        inputs: artifacts it reads, by role, in order.
        code: digest by module of the code that makes it.
        versions: pinned version by package that code computes with.
        sealed: whether it descends from the sealed set of runs.
    """

    stage: Stage
    title: str
    settings: Mapping[str, Any]
    inputs: Mapping[str, tuple["Artifact", ...]] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    sealed: bool = False

    @cached_property
    def specification(self) -> dict[str, Any]:
        """Everything that decides this result's content; equal specifications mean equal results."""
        return {
            "stage": self.stage.name,
            "settings": self.settings,
            "inputs": {role: [item.identity for item in items] for role, items in self.inputs.items()},
            "code": self.code,
            "versions": self.versions,
        }

    @cached_property
    def canonical_specification(self) -> str:
        return canonical_json(self.specification)

    @cached_property
    def identity(self) -> str:
        return digest(self.canonical_specification)[:IDENTITY_DIGITS]

    @cached_property
    def folder(self) -> str:
        return f"{SEALED_STORE if self.sealed else STORE}/{self.stage.name}/{self.identity}"

    def path(self, file: str | None = None) -> str:
        """Where `file` (by default the stage's first) lies, relative to the repository's root."""
        return f"{self.folder}/{file or self.stage.files[0]}"

    def path_for(self, role: str) -> str:
        """Where the file lies that is read in a role."""
        return self.path(self.stage.file_for(role))

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file of the stored result, the receipt last."""
        return tuple(map(self.path, (*self.stage.files, RECEIPT)))
