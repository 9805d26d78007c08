"""The code of a function that someone else wrote, found by its name without running it: what its results depend on."""

import ast
import importlib.metadata
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from nbody_emulator.identity.code import BLOCKS, Module


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
            text = path.read_text(encoding="utf-8")
            found[name] = Module(name, text, is_ours=False, is_package=path.stem == "__init__")
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
        distributions = _distributions()
        return {
            name: importlib.metadata.version(distributions[name][0])
            for name in sorted(imported)
            if name in distributions
        }

    def defines(self) -> bool:
        """Whether the module has a thing of the function's name, or may have got it with all names of another."""
        return not {self.function, "*"}.isdisjoint(_bound(self.modules[self.module].tree.body))

    @property
    def arguments(self) -> ast.arguments | None:
        """What the function takes; None where it is made in another way than by `def`, in the module itself."""
        body = self.modules[self.module].tree.body
        found = [each for each in body if isinstance(each, ast.FunctionDef) and each.name == self.function]
        return found[-1].args if found and not found[-1].decorator_list else None

    def _followed(self, name: str) -> bool:
        return not self.installed or name.partition(".")[0] == self.module.partition(".")[0]


@cache
def _distributions() -> Mapping[str, list[str]]:
    """Which distributions each module may come from; to look through all that is installed takes half a second."""
    return importlib.metadata.packages_distributions()


def find_function(named: str, root: Path) -> FunctionSource | None:
    """The function in the folder `root`, or else in an installed library; None where there is no such module."""
    module = named.partition(":")[0]
    if _file(root, module):
        return FunctionSource(named, root, installed=False)
    try:
        spec = importlib.util.find_spec(module.partition(".")[0])
    except ValueError:  # of what runs now, as __main__
        return None
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
    found = FunctionSource(named, package.parent, installed=True)
    return found if _file(found.base, module) else None


def _file(base: Path, dotted: str) -> Path | None:
    path = base.joinpath(*dotted.split("."))
    candidates = (path / "__init__.py", path.with_suffix(".py"))
    return next((each for each in candidates if each.is_file()), None)


def _bound(body: Iterable[ast.stmt]) -> Iterator[str]:
    """The names that statements give to something, also under a condition."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (
                each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)
            )
        else:
            for name in BLOCKS:
                yield from _bound(getattr(node, name, ()))


def _packages(dotted: str) -> Iterator[str]:
    parts = dotted.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts)))
