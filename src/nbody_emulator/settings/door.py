"""The one door of sections: whatever a person typed is checked, and comes out as typed objects."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from nbody_emulator.settings.plain import plain
from nbody_emulator.settings.section import Section

Kind = TypeVar("Kind", bound=Section)


def checked(section: type[Kind], given: Mapping[str, Any]) -> Kind:
    """The section with these keys.

    Raises:
        ConfigurationError: one line that names the key as typed, its value and the remedy.
    """
    given = plain(given)
    try:
        return section.model_validate(given)
    except ValidationError as error:
        # Imported here: words are for those who need them.
        from nbody_emulator.settings.complaints import refuse_the_first

        return refuse_the_first(error, section, given)
