"""What every method that a configuration can name is: a class whose fields are its settings, all its facts in one file.

Its file is imported whenever a configuration is read, so that what takes long to import (JAX, SciPy) is imported in the
functions that use it.
"""

from functools import cache
from typing import Any, ClassVar

from pydantic import Field, create_model

from nbody_emulator.settings.section import KIND, SETTING, Section

_TUNED, _INNER = "tuned", "inner"


def tuned(default: Any, meaning: str, **limits: Any) -> Any:
    """A field that a fit chooses for itself: a hyperparameter. Limits as for `pydantic.Field`."""
    return Field(default, description=meaning, json_schema_extra={KIND: _TUNED}, **limits)


def inner(default: Any, meaning: str) -> Any:
    """A field that the method changes by itself, such as how fine it is while candidates are compared."""
    return Field(default, description=meaning, json_schema_extra={KIND: _INNER})


class Method(Section):
    """A method of any kind; immutable, and equal where its fields are.

    Attributes:
        meaning: what it is, in words for the configuration's schema.
    """

    meaning: ClassVar[str]

    @property
    def settings(self) -> dict[str, Any]:
        """The fields that the configuration may set, by name."""
        return self._fields(SETTING)

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """The fields that a fit chooses, by name."""
        return self._fields(_TUNED)

    @property
    def inner_values(self) -> dict[str, Any]:
        """The fields that the method changes by itself, by name."""
        return self._fields(_INNER)

    @classmethod
    def setting_names(cls) -> tuple[str, ...]:
        """The keys of the configuration that it takes."""
        return tuple(cls.setting_fields())

    @classmethod
    def setting_fields(cls) -> dict[str, Any]:
        """Those fields, as pydantic describes them."""
        return {name: field for name, field in cls.model_fields.items() if _is_of(field, SETTING)}

    @classmethod
    @cache
    def section(cls) -> type[Section]:
        """Its section of a configuration, which takes its settings alone."""
        fields: dict[str, Any] = {
            name: (field.annotation, field) for name, field in cls.setting_fields().items()
        }
        return create_model(f"{cls.__name__}Section", __base__=Section, __doc__=cls.meaning, **fields)

    def _fields(self, kind: str) -> dict[str, Any]:
        fields = type(self).model_fields.items()
        return {name: getattr(self, name) for name, field in fields if _is_of(field, kind)}


def _is_of(field: Any, kind: str) -> bool:
    return field.json_schema_extra[KIND] == kind
