"""Whether what is asked of a cluster's stars fits together, wherever it is asked: in a configuration or of `draw`.

A cluster is nested as in a file, of plain numbers or, where a parameter varies, boxes. `typed` gives, for a place in
`cluster`, the key that a person typed or is to type. Registers are handed in, for nothing here may know a room.
"""

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

from nbody_emulator.settings.error import refuse, shown
from nbody_emulator.settings.parameters import Box, largest, smallest
from nbody_emulator.settings.register import Register
from nbody_emulator.settings.section import UNIT

Nested = Mapping[str, Any]
Typed = Callable[[tuple[str, ...]], str]


def check_masses(cluster: Nested, functions: Register, typed: Typed) -> None:
    """A mass function is given what it needs and nothing else, and a range of masses has an inside."""
    masses = cluster["masses"]
    check_keys(("masses",), masses, "function", functions, typed)
    if "maximum" in masses and largest(masses["minimum"]) >= smallest(masses["maximum"]):
        low, high = (typed(("masses", key)) for key in ("minimum", "maximum"))
        problem = (
            f"{shown(largest(masses['minimum']))} is not below {high} {shown(smallest(masses['maximum']))}"
        )
        refuse(low, problem, f"lower it or raise {high}")


def check_profile(cluster: Nested, profiles: Register, typed: Typed) -> None:
    """A profile is given what it needs, and nothing that only another one needs."""
    own = set(chain.from_iterable(profiles.load(name).setting_names() for name in profiles.names))
    section = {key: value for key, value in cluster.items() if key in {"profile", *own}}
    check_keys((), section, "profile", profiles, typed)


def check_softening(key: str, value: Any, limit: float, limit_is: str) -> None:
    """Softening leaves the smallest cluster a shape."""
    if largest(value) >= limit:
        problem = f"{shown(largest(value))} softens the smallest cluster away"
        refuse(key, problem, f"write less than {limit:.6g}, {limit_is}")


def check_keys(
    place: tuple[str, ...], section: Nested, choice: str, register: Register, typed: Typed
) -> None:
    """The section at `place` in `cluster` holds the keys of the method it chooses, and no others."""
    method = section[choice]
    wanted = register.load(method).setting_fields()
    for key, field in wanted.items():
        if key not in section:
            unit = field.json_schema_extra[UNIT]
            remedy = f"the {register.kind} {method} needs it{f', in {unit}' if unit else ''}"
            refuse(typed((*place, key)), "missing", remedy)
    for key in sorted(set(section) - {choice, *wanted}):
        value = "a box" if isinstance(section[key], Box) else shown(section[key])
        refuse(typed((*place, key)), f"{value} is not used by {method}", "remove it")
