"""The one door for configurations: YAML or a dictionary in, a complete, typed and consistent experiment out.

The Snakefile comes through here each time it is parsed, so nothing here imports JAX or pandas.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import yaml

from nbody_emulator.configuration.checks import check_consistency
from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.configuration.kinds import kind_of
from nbody_emulator.settings.door import checked
from nbody_emulator.settings.error import ConfigurationError, refuse

CONFIGURATIONS = Path("config")
"""The folder whose files are experiments by name."""

_PLAIN_NAME = "[a-z][a-z0-9_-]*"
_PLAIN_NAME_IN_WORDS = "a name has small letters, digits, '-' and '_', beginning with a letter"


def load(path: str | Path) -> Experiment:
    """The experiment in the YAML file at `path`.

    Raises:
        ConfigurationError: one line that names the file or the key, and the remedy.
    """
    raw = read(path)
    check_name(path, raw)
    return validated(raw)


def validated(raw: Mapping[str, Any]) -> Experiment:
    """The experiment that `raw` describes, with every default filled in and no contradictions.

    Raises:
        ConfigurationError: one line that names the key as typed and the remedy.
    """
    if not isinstance(raw, Mapping):
        raise ConfigurationError("the configuration is no section of keys; begin with 'experiment: <name>'")
    experiment = checked(kind_of(raw), raw)
    check_consistency(experiment)
    return experiment


def read(path: str | Path) -> dict[str, Any]:
    """What the YAML file at `path` says, unchecked but for YAML itself and for keys that occur twice."""
    path = Path(path)
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: no such file; {_neighbours(path)}") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: {_in_words(error)}") from None
    except (KeyError, AttributeError, IndexError, RecursionError) as error:  # PyYAML's own, of odd tags
        raise ConfigurationError(
            f"{path}: not readable YAML ({error!r}); remove tags that begin with '!'"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or a date that no calendar has
        raise ConfigurationError(f"{path}: cannot be read ({error}); name a YAML file in UTF-8") from None
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path}: holds no keys; copy config/laptop.yaml and edit the copy")
    return content


def check_name(path: str | Path, raw: Mapping[str, Any]) -> None:
    """Refuse a file without its experiment's name: a copy not yet renamed would overwrite the original's results."""
    name = Path(path).stem
    if raw.get("experiment", name) != name:
        refuse("experiment", f"{raw['experiment']!r} is not the name of {path}", _name_remedy(name))
    namesake = CONFIGURATIONS / f"{name}.yaml"
    elsewhere = Path(path).is_file() and Path(path).resolve().parent.name != CONFIGURATIONS.name
    if elsewhere and namesake.is_file():
        refuse(
            "experiment",
            f"{name!r} is the name of {namesake} too",
            f"give {path} and its experiment another name",
        )


def _name_remedy(name: str) -> str:
    if not re.fullmatch(_PLAIN_NAME, name):
        return f"rename the file, for {_PLAIN_NAME_IN_WORDS}"
    return f"write {name}" if isinstance(yaml.safe_load(name), str) else f'write "{name}", in quotes'


_YAML = "tag:yaml.org,2002:"
_KINDS_READ = {f"{_YAML}{name}" for name in ("bool", "null", "merge")}


class _StrictLoader(yaml.SafeLoader):
    """YAML's safe subset, in which a key may occur once, nothing is tagged, and numbers are decimal.

    What YAML 1.1 takes for a date, or for a number to base 60 (`1:30`), 8 (`010`), 2 or 16, stays text, of which the
    schema then tells the key.
    """

    yaml_implicit_resolvers: ClassVar = {  # type: ignore[misc] # PyYAML's is the class's too
        first: [(tag, pattern) for tag, pattern in resolvers if tag in _KINDS_READ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        tag = getattr(self.peek_event(), "tag", None)
        if tag is not None:
            problem = (
                f"the tag '{tag.replace(_YAML, '!!')}' is not read; remove it and write the value itself"
            )
            raise yaml.constructor.ConstructorError(None, None, problem, self.peek_event().start_mark)
        return super().compose_node(parent, index)

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        # Looked at before construction, which merges the keys of `<<` in.
        node = super().compose_mapping_node(anchor)
        keys = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for place, key in enumerate(keys):
            if key.value in (earlier.value for earlier in keys[:place]):
                problem = f"the key '{key.value}' occurs twice; keep one"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
        return node


_NUMBERS = {
    "int": r"[-+]?(0|[1-9][0-9_]*)$",
    "float": r"[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)([eE][-+][0-9]+)?$|[-+]?\.(inf|Inf|INF)$|\.(nan|NaN|NAN)$",
}
for _tag, _pattern in _NUMBERS.items():
    _StrictLoader.add_implicit_resolver(_YAML + _tag, re.compile(_pattern), list("-+.0123456789"))


def _in_words(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    problem = getattr(error, "problem", None) or str(error)
    if "'\\t'" in problem:
        return f"{place}a tab, which YAML takes for no blank; write spaces instead"
    return f"{place}{problem}; correct the YAML there"


def _neighbours(path: Path) -> str:
    found = ", ".join(sorted(str(item) for item in path.parent.glob("*.yaml")))
    return f"there are {found}" if found else "name a YAML file"
