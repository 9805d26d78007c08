"""The schema of a configuration as a file, and the table of its keys: made of its sections and of what is registered.

`python -m nbody_emulator.configuration.key_table` writes workflow/schemas/config.schema.json, for editors, and the
table in config/README.md; a test holds all in step.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbody_emulator.configuration.experiment import Experiment
from nbody_emulator.settings.schema import limit_in_words, schema_of, types_of
from nbody_emulator.settings.section import KEYS_OF
from nbody_emulator.storage.files import write_text

REPOSITORY = Path(__file__).parents[3]
SCHEMA_PATH = REPOSITORY / "workflow" / "schemas" / "config.schema.json"
README_PATH = REPOSITORY / "config" / "README.md"
BEGIN, END = "<!-- keys: made from the schema -->\n", "<!-- end of keys -->\n"

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
    "null": "`null`",
}


def key_table() -> str:
    """A Markdown table with a row for every key: its meaning, unit, allowed values and default."""
    rows = [
        "| key | meaning | unit | allowed | default |",
        "|---|---|---|---|---|",
        *_rows(schema_of(Experiment), ""),
    ]
    return "\n".join(rows) + "\n"


def with_table(readme: str) -> str:
    """The text of config/README.md with its table made anew."""
    before, rest = readme.split(BEGIN)
    return before + BEGIN + key_table() + END + rest.split(END)[1]


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
    cells = (f"`{key}`", part["description"], part.get("unit", ""), _allowed(part), default)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _compact(value: Any) -> str:
    return json.dumps(value).replace('"', "")


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


def schema_text() -> str:
    """The whole schema as its file has it."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "An experiment"}
    return json.dumps(dialect | schema_of(Experiment), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_text(SCHEMA_PATH, schema_text())
    write_text(README_PATH, with_table(README_PATH.read_text(encoding="utf-8")))
