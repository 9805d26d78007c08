"""Schemas of configurations as files, and the tables of their keys: made of sections and of what is registered.

`python -m nbody_emulator.configuration.key_table` writes workflow/schemas/config*.schema.json, for editors, and the
tables in config/README.md; a test holds all in step.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbody_emulator.configuration.kinds import KINDS
from nbody_emulator.settings.schema import limit_in_words, schema_of, types_of
from nbody_emulator.settings.section import KEYS_OF
from nbody_emulator.storage.files import write_text

REPOSITORY = Path(__file__).parents[3]
SCHEMAS = REPOSITORY / "workflow" / "schemas"
README_PATH = REPOSITORY / "config" / "README.md"

OWN_KEYS = {
    "config": (),
    "config_python": ("simulator", "parameters", "outputs"),
    "config_table": ("simulator", "sets"),
}
"""By the name of a schema, the keys that are told of it in a table of their own; of the first, all."""

_LIMITS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}

_TYPES = {
    "object": "section",
    "array": "list",
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "`true` or `false`",
    "null": "`null`",
}


def key_table(name: str) -> str:
    """A Markdown table with a row for every key: its meaning, unit, allowed values and default."""
    schema = schema_of(KINDS[name])
    told = OWN_KEYS[name] or tuple(schema["properties"])
    keys = {"properties": {key: schema["properties"][key] for key in told}, "required": schema["required"]}
    rows = ["| key | meaning | unit | allowed | default |", "|---|---|---|---|---|", *_rows(keys, "")]
    return "\n".join(rows) + "\n"


def with_tables(readme: str) -> str:
    """The text of config/README.md with its tables made anew."""
    for name in KINDS:
        begin, end = f"<!-- keys of {name}: made from the schema -->\n", f"<!-- end of keys of {name} -->\n"
        before, rest = readme.split(begin)
        readme = before + begin + key_table(name) + end + rest.split(end)[1]
    return readme


def _rows(section: Mapping[str, Any], path: str) -> Iterator[str]:
    for name, part in section.get("properties", {}).items():
        required = name in section.get("required", ())
        yield _row(f"{path}{name}", part, "required" if required else "left out")
        yield from () if KEYS_OF in part else _rows(part, f"{path}{name}.")
    for part in section.get("patternProperties", {}).values():
        yield from _rows(part, f"{path}<name>.")
    if section.get("type") == "array":
        yield from _rows(section["items"], f"{path.rstrip('.')}[].")


def _row(key: str, part: Mapping[str, Any], otherwise: str) -> str:
    default = f"`{_compact(part['default'])}`" if "default" in part else otherwise
    # Outside of code Markdown takes words in angle brackets for HTML.
    meaning = part["description"].replace("<", "&lt;")
    cells = (f"`{key}`", meaning, part.get("unit", ""), _allowed(part), default)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _compact(value: Any) -> str:
    return json.dumps(value).replace('"', "") or "''"


def _allowed(part: Mapping[str, Any]) -> str:
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    words = [" or ".join(_TYPES[name] for name in types_of(part))]
    words += [
        f"{words_of_limit} {limit_in_words(part[limit])}"
        for limit, words_of_limit in _LIMITS.items()
        if limit in part
    ]
    entries = part.get("items", {})
    is_plain_list = entries and "properties" not in entries
    return ", ".join(words) + (f" of: {_allowed(entries)}" if is_plain_list else "")


def schema_path(name: str) -> Path:
    """Where the schema of a kind of experiment lies."""
    return SCHEMAS / f"{name}.schema.json"


def schema_text(name: str) -> str:
    """The whole schema as its file has it."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "An experiment"}
    return json.dumps(dialect | schema_of(KINDS[name]), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name in KINDS:
        write_text(schema_path(name), schema_text(name))
    write_text(README_PATH, with_tables(README_PATH.read_text(encoding="utf-8")))
