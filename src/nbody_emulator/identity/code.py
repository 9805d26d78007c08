"""The code a stage runs, as a digest that comments, docstrings and formatting leave alone.

The import closure of a stage is followed statically, by path, inside this repository: nothing is imported
(that would start JAX while the workflow is planned). A module counts by the meaning of its syntax tree.
Registers count without their entries: a stage names the one registered method it uses as a further root,
so a new neighbour in the register changes nothing for it. What a setting means, in words, counts no more
than a docstring.

What a package's modules read from its own folder, the parts of a page, counts with the package, byte for byte.

Limits: imports made from computed strings are not seen (registers are the one place that makes them), nor are
other data files inside the package. A test compares the closure with what each stage really imports.
"""

import ast
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any, cast

from nbody_emulator.identity.accepted import Acceptance, restore

PACKAGE = "nbody_emulator"

PARTS = (".css", ".html", ".js")
"""Endings of the files beside a package's modules that count with it."""


@dataclass
class CodeBase:
    """The repository's own modules: `source` holds the package, `scripts` the workflow's scripts.

    Modules in `accepted` were refactored and shown to give the same bytes: they keep the name of what they replaced.
    """

    source: Path
    scripts: Path
    accepted: Sequence[Acceptance] = ()

    def __post_init__(self) -> None:
        self._files: dict[str, Path | None] = {}
        self._modules: dict[Path, Module] = {}
        self._imports: dict[Path, frozenset[Path]] = {}
        self._closures: dict[Path, frozenset[Path]] = {}
        self._used: dict[tuple[str, frozenset[str]], UsedCode] = {}

    def used(self, script: str, registered: Iterable[str] = ()) -> "UsedCode":
        """What `script` runs with the `registered` modules (dotted names); found once, for thousands of results."""
        key = (script, frozenset(registered))
        if key not in self._used:
            modules = self._closure(*key)
            digests = restore({module.name: module.digest for module in modules}, self.accepted)
            self._used[key] = UsedCode(
                digests, frozenset().union(*(module.foreign_imports for module in modules))
            )
        return self._used[key]

    def _closure(self, script: str, registered: Iterable[str]) -> tuple["Module", ...]:
        """Every module reached, sorted by name."""
        named = (path for name in registered for path in self._with_packages(name))
        paths = frozenset().union(*(self._reachable(root) for root in [self.scripts / script, *named]))
        return tuple(sorted((self._module(path) for path in paths), key=lambda module: module.name))

    def _reachable(self, root: Path) -> frozenset[Path]:
        if root not in self._closures:
            seen, waiting = set(), [root]
            while waiting:
                path = waiting.pop()
                if path not in seen:
                    seen.add(path)
                    waiting.extend(self._local_imports(path))
            self._closures[root] = frozenset(seen)
        return self._closures[root]

    def _module(self, path: Path) -> "Module":
        if path not in self._modules:
            inside = path.is_relative_to(self.source)
            name = ".".join(path.relative_to(self.source).with_suffix("").parts) if inside else path.name
            self._modules[path] = _module_of(name.removesuffix(".__init__"), path.read_text(), _parts(path))
        return self._modules[path]

    def _local_imports(self, path: Path) -> frozenset[Path]:
        if path not in self._imports:
            local = (name for name in self._module(path).imported_names if name.split(".")[0] == PACKAGE)
            self._imports[path] = frozenset(chain.from_iterable(map(self._with_packages, local)))
        return self._imports[path]

    def _with_packages(self, dotted: str) -> Iterable[Path]:
        """The files of a module and of the packages around it, which are imported with it."""
        parts = dotted.split(".")
        prefixes = (".".join(parts[:end]) for end in range(1, len(parts) + 1))
        return (path for path in map(self._file, prefixes) if path)

    def _file(self, dotted: str) -> Path | None:
        """That of a module or package; None if there is none. Looked for once, for thousands of imports."""
        if dotted not in self._files:
            base = self.source.joinpath(*dotted.split("."))
            path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
            self._files[dotted] = path if path.exists() else None
        return self._files[dotted]


@dataclass(frozen=True)
class UsedCode:
    """The code of one kind of result.

    Attributes:
        digests: module name -> 12-digit digest over the import closure; this is what enters an identity.
        third_party: top-level names of everything the closure imports from outside the repository.
    """

    digests: Mapping[str, str]
    third_party: frozenset[str]


@dataclass(frozen=True)
class Module:
    """One module's text, with the digest of its meaning and the names it imports.

    Attributes:
        parts: name and content of the files that count with it.
        is_ours: whether it declares keys and registers as this package does, whose words and entries do not count.
        is_package: whether relative imports begin at itself.
    """

    name: str
    text: str
    parts: tuple[tuple[str, bytes], ...] = ()
    is_ours: bool = True
    is_package: bool = False

    @property
    def tree(self) -> ast.Module:
        """Read anew each time: hundreds of trees, kept, are looked through again and again for garbage."""
        return ast.parse(self.text)

    @property
    def digest(self) -> str:
        """12 hexadecimal digits that change if and only if the syntax tree without docstrings or a part does."""
        return self._found[0]

    @property
    def imported_names(self) -> frozenset[str]:
        """Dotted names of everything imported, at any depth; `from a import b` counts as a and a.b."""
        return self._found[1]

    @cached_property
    def _found(self) -> tuple[str, frozenset[str]]:
        tree = self.tree
        digested = hashlib.sha256(_normal_form(tree, self.is_ours).encode())
        for part in self.parts:
            digested.update(repr(part).encode())
        package = self.name if self.is_package else self.name.rpartition(".")[0]
        names = (name for each in _statements(tree) for name in _names_imported_by(each, package))
        return digested.hexdigest()[:12], frozenset(names)

    @property
    def foreign_imports(self) -> frozenset[str]:
        return frozenset(name.split(".")[0] for name in self.imported_names) - {PACKAGE}


@cache
def _module_of(name: str, text: str, parts: tuple[tuple[str, bytes], ...]) -> Module:
    # Several plans in one process share what parsing has found.
    return Module(name, text, parts)


def _parts(path: Path) -> tuple[tuple[str, bytes], ...]:
    """Those of the package whose `__init__.py` is at `path`; a module has none of its own."""
    if path.name != "__init__.py":
        return ()
    return tuple(
        (each.name, each.read_bytes()) for each in sorted(path.parent.iterdir()) if each.suffix in PARTS
    )


BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Where a statement holds others."""


def _statements(node: ast.AST) -> Iterable[ast.AST]:
    """Every statement at any depth; expressions, most of a tree, hold none."""
    for name in BLOCKS:
        for each in getattr(node, name, ()):
            yield each
            yield from _statements(each)


def _names_imported_by(node: ast.AST, package: str) -> Iterable[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        module = _absolute(node, package)
        yield module
        yield from (f"{module}.{alias.name}" for alias in node.names)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """What is imported from, counted from `package` where it is relative."""
    if not node.level:
        return cast(str, node.module)
    parts = package.split(".")
    return ".".join([*parts[: len(parts) + 1 - node.level], *filter(None, [node.module])])


WITH_DOCSTRINGS = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _normal_form(node: Any, is_ours: bool) -> str:
    """The meaning of a syntax tree, as nested tuples are written; empty fields are left out, so Python minors agree."""
    if isinstance(node, list):
        return _tuple([_normal_form(each, is_ours) for each in node])
    if not isinstance(node, ast.AST):
        return repr(repr(node))
    if is_ours and isinstance(node, ast.Call):
        node = _without_words(_without_entries(node))
    kind: Any = type(node)
    form = [repr(kind.__name__)]
    for name in _fields_of(kind):
        value: Any = getattr(node, name, None)
        if name == "body" and kind in WITH_DOCSTRINGS:
            value = [each for each in value if not _is_bare_string(each)]
            form.append(f"('body', {_normal_form(value, is_ours)})")
        elif value is not None and value != []:
            form.append(f"({name!r}, {_normal_form(value, is_ours)})")
    return _tuple(form)


def _tuple(parts: list[str]) -> str:
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


@cache
def _fields_of(kind: Any) -> tuple[str, ...]:
    """In alphabetical order; sorted once, for millions of nodes."""
    return tuple(sorted(kind._fields))


def _is_bare_string(statement: ast.stmt) -> bool:
    # A string that stands alone does nothing: a docstring, or the description of an attribute.
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


DESCRIBED = ("setting", "tuned", "inner")
"""What declares a key: its second argument says what the key means."""

MEANING = "meaning"
"""The argument that says so wherever else it is said."""


def _without_words(call: ast.Call) -> ast.Call:
    if isinstance(call.func, ast.Name) and call.func.id in DESCRIBED:
        return ast.Call(func=call.func, args=[*call.args[:1], *call.args[2:]], keywords=call.keywords)
    if any(each.arg == MEANING for each in call.keywords):
        keywords = [each for each in call.keywords if each.arg != MEANING]
        return ast.Call(func=call.func, args=call.args, keywords=keywords)
    return call


def _without_entries(call: ast.Call) -> ast.Call:
    if isinstance(call.func, ast.Name) and call.func.id == "Register":
        return ast.Call(func=call.func, args=call.args[:1], keywords=[])
    return call
