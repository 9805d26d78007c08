"""What every method that a configuration can name is: a class whose fields are its settings, all its facts in one file.

Its file is imported whenever a configuration is read, so that what takes long to import (JAX, SciPy) is imported in the
functions that use it.
"""

from functools import cache
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

_KIND = "kind"
_SETTING, _TUNED, _INNER = "setting", "tuned", "inner"
_WORDS = ("type", "enum", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "default")
"""Of a field's JSON schema, what the schema of a configuration has too, in this order."""


def setting(default: Any, meaning: str, unit: str = "1", **limits: Any) -> Any:
    """A field that the configuration may set; without a default it must (`...`). Limits as for `pydantic.Field`."""
    return Field(default, description=meaning, json_schema_extra={_KIND: _SETTING, "unit": unit}, **limits)


def tuned(default: Any, meaning: str) -> Any:
    """A field that a fit chooses for itself: a hyperparameter."""
    return Field(default, description=meaning, json_schema_extra={_KIND: _TUNED})


def inner(default: Any, meaning: str) -> Any:
    """A field that the method changes by itself, such as how fine it is while candidates are compared."""
    return Field(default, description=meaning, json_schema_extra={_KIND: _INNER})


class Method(BaseModel):
    """A method of any kind; immutable, and equal where its fields are.

    Attributes:
        meaning: what it is, in words for the configuration's schema.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    meaning: ClassVar[str]

    @property
    def settings(self) -> dict[str, Any]:
        """The fields that the configuration may set, by name."""
        return self._fields(_SETTING)

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """The fields that a fit chooses, by name."""
        return self._fields(_TUNED)

    def changed(self, **values: Any) -> Self:
        """The same with other values of some fields.

        Raises:
            ValueError: a value is none that the field takes (pydantic's).
        """
        return type(self)(**{**dict(self), **values})

    @classmethod
    def setting_names(cls) -> tuple[str, ...]:
        """The keys of the configuration that it takes."""
        return tuple(cls.section()["properties"])

    @classmethod
    @cache
    def section(cls) -> dict[str, Any]:
        """Its section of a configuration's JSON schema."""
        fields = cls.model_json_schema()["properties"]
        properties = {
            name: {"description": field["description"], "unit": field["unit"]}
            | {word: field[word] for word in _WORDS if word in field}
            for name, field in fields.items()
            if field[_KIND] == _SETTING
        }
        return {
            "description": cls.meaning,
            "type": "object",
            "additionalProperties": False,
            "properties": properties,
        }

    def _fields(self, kind: str) -> dict[str, Any]:
        fields = type(self).model_fields.items()
        return {name: getattr(self, name) for name, field in fields if field.json_schema_extra[_KIND] == kind}
