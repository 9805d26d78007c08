"""What every section of a configuration is: an immutable, typed object that takes its own keys and no others.

Keys are described where they are declared, with their units and limits; the schema of a configuration and the table of
its keys are made from that. What stages are given are the same objects, so this imports nothing that takes long.
"""

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, create_model, model_validator
from pydantic_core import CoreSchema, PydanticCustomError

UNIT = "unit"
KIND, SETTING = "kind", "setting"
KEYS_OF = "keys_of"
"""In the schema of a section: which other's keys it takes, so that they are told once."""

T = TypeVar("T")
Kind = TypeVar("Kind", bound="Section")


class _LeftOut:
    """Marks a key that may be left out, but not be written as null."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler(source)["schema"]  # what may also be null, without the null


Maybe = Annotated[T | None, _LeftOut()]
"""The type of a key that may be left out: None then, and never null in a file."""

Listed = Annotated[tuple[T, ...], Field(strict=False)]
"""The type of a list in a file."""


def maybe(kind: Any) -> Any:
    """`Maybe` of a type that is known only once it has been made."""
    form: Any = Maybe
    return form[kind]


def setting(default: Any, meaning: str | None = None, unit: str | None = None, **limits: Any) -> Any:
    """A key of a section; without a default it must be given (`...`). Limits as for `pydantic.Field`.

    A key that is a section of its own means what that says of itself; a number without a unit has no dimension.
    """
    return Field(default, description=meaning, json_schema_extra={KIND: SETTING, UNIT: unit}, **limits)


class Section(BaseModel):
    """A section of a configuration; equal where its keys are."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def written(self) -> dict[str, Any]:
        """As a file would have it: defaults filled in, what is left out left out, keys in alphabetical order."""
        values = self._given()
        return {name: _written(values[name]) for name in sorted(values)}

    def changed(self, **values: Any) -> Self:
        """The same with other values of some keys.

        Raises:
            ValueError: a value is none that the key takes (pydantic's).
        """
        return type(self)(**{**self._given(), **values})

    def _given(self) -> dict[str, Any]:
        """Every key but those that are left out."""
        fields = {name: self.__dict__[name] for name in type(self).model_fields}
        values, optional = fields | (self.__pydantic_extra__ or {}), _may_be_left_out(type(self))
        return {name: value for name, value in values.items() if value is not None or name not in optional}


class OneKey(Section):
    """A section of which exactly one key is given."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise PydanticCustomError("one_key", "exactly one key is given")
        return self


@cache
def _may_be_left_out(section: type[Section]) -> frozenset[str]:
    """Names of the keys that may be."""
    fields = section.model_fields.items()
    return frozenset(
        name for name, field in fields if any(isinstance(each, _LeftOut) for each in field.metadata)
    )


def _written(value: Any) -> Any:
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, Section):
        return value.written()
    if isinstance(value, dict):
        return {name: _written(item) for name, item in sorted(value.items())}
    return [_written(item) for item in value] if isinstance(value, tuple | list) else value


def with_names(section: type[Kind], **names: Sequence[str]) -> type[Kind]:
    """The section in which these keys are one of these names each."""
    fields: dict[str, Any] = {
        key: (Literal[tuple(choices)], section.model_fields[key]) for key, choices in names.items()
    }
    return create_model(section.__name__, __base__=section, __doc__=section.__doc__, **fields)
