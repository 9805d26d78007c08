"""The code of a function that someone else wrote, found by its name without running it: what its results depend on."""

import importlib.metadata
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nbody_emulator.identity.code import Module


@dataclass(frozen=True)
class FunctionSource:
    """A function named module:function, and the files it comes from.

    Attributes:
        named: as in a configuration.
        base: the folder from which its modules are imported.
        installed: whether that is a library's, of which only the package itself is followed.
    """

    named: str
    base: Path
    installed: bool

    @property
    def module(self) -> str:
        return self.named.partition(":")[0]

    @property
    def function(self) -> str:
        return self.named.partition(":")[2]

    @cached_property
    def modules(self) -> dict[str, Module]:
        """Every module that is imported with the function's, under `base`, as far as can be told without running it."""
        found: dict[str, Module] = {}
        waiting = [self.module]
        while waiting:
            name = waiting.pop()
            path = _file(self.base, name)
            if name in found or path is None or not self._followed(name):
                continue
            found[name] = Module(name, path.read_text(encoding="utf-8"))
            waiting += [*_packages(name), *found[name].imported_names]
        return found

    @property
    def digests(self) -> dict[str, str]:
        """By module, a digest that comments and formatting leave alone."""
        return {name: module.digest for name, module in sorted(self.modules.items())}

    @property
    def packages(self) -> dict[str, str]:
        """The installed version of every library that these modules import."""
        own = {name.partition(".")[0] for name in self.modules}
        imported = set().union(*(module.foreign_imports for module in self.modules.values())) - own
        if self.installed:
            imported |= own
        distributions = importlib.metadata.packages_distributions()
        return {
            name: importlib.metadata.version(distributions[name][0])
            for name in sorted(imported)
            if name in distributions
        }

    def defines(self) -> bool:
        """Whether the module has such a function, or imports it."""
        module = self.modules[self.module]
        imported = {name.rpartition(".")[2] for name in module.imported_names}
        return self.function in {getattr(node, "name", None) for node in module.tree.body} | imported

    def _followed(self, name: str) -> bool:
        return not self.installed or name.partition(".")[0] == self.module.partition(".")[0]


def find_function(named: str, root: Path) -> FunctionSource | None:
    """The function in the folder `root`, or else in an installed library; None where there is no such module."""
    module = named.partition(":")[0]
    if _file(root, module):
        return FunctionSource(named, root, installed=False)
    spec = importlib.util.find_spec(module.partition(".")[0])
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
    found = FunctionSource(named, package.parent, installed=True)
    return found if _file(found.base, module) else None


def _file(base: Path, dotted: str) -> Path | None:
    path = base.joinpath(*dotted.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((each for each in candidates if each.is_file()), None)


def _packages(dotted: str) -> Iterator[str]:
    parts = dotted.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts)))
