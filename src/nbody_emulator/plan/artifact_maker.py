"""Results named by what decides them: settings, inputs, code, and pinned versions."""

import copy
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain
from typing import Any

from nbody_emulator.identity.code import CodeBase
from nbody_emulator.identity.versions import numerics_versions
from nbody_emulator.plan.artifact import Artifact, Stage
from nbody_emulator.settings.section import Section


class ArtifactMaker:
    """Names the results of any experiment with one tree's code and pins."""

    def __init__(self, code: CodeBase, pins: Mapping[str, str]):
        self._code = code
        self._versions = cache(lambda imports: numerics_versions(imports, pins))
        self._whose = ""

    def of_model(self, name: str) -> "ArtifactMaker":
        """The same, whose titles say that results are of this model."""
        other = copy.copy(self)
        other._whose = f" ({name})"
        return other

    def make(
        self,
        stage: Stage,
        title: str,
        settings: Section | Mapping[str, Any],
        inputs: Mapping[str, Iterable[Artifact]],
        registered: Iterable[str] = (),
    ) -> Artifact:
        """The result of a stage; `registered` are the modules of the methods it is made with."""
        settings = settings.written() if isinstance(settings, Section) else settings
        needed = {role: tuple(items) for role, items in inputs.items()}
        code = self._code.used(stage.script, registered)
        return Artifact(
            stage=stage,
            title=f"{title}{self._whose}",
            settings=settings,
            inputs=needed,
            code=code.digests,
            versions=self._versions(code.third_party),
            sealed=any(item.sealed for item in chain.from_iterable(needed.values()))
            or settings.get("sealed", False),
        )
