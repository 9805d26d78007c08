"""Whether what is asked of a cluster's stars fits together, wherever it is asked: in a configuration or of `draw`.

Sections hold plain numbers, or boxes where a parameter varies. `typed` gives, for a place in `cluster`, the key that
a person typed or is to type. Registers are handed in, for nothing here may know a room.
"""

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

from nbody_emulator.configuration_error import refuse, shown
from nbody_emulator.configuration_schema import part_at
from nbody_emulator.parameters import largest, smallest
from nbody_emulator.register import Register

Section = Mapping[str, Any]
Typed = Callable[[tuple[str, ...]], str]


def check_masses(cluster: Section, functions: Register, typed: Typed) -> None:
    """A mass function is given what it needs and nothing else, and a range of masses has an inside."""
    masses = cluster["masses"]
    check_keys(("masses",), masses, "function", functions, typed)
    if "maximum" in masses and largest(masses["minimum"]) >= smallest(masses["maximum"]):
        low, high = (typed(("masses", key)) for key in ("minimum", "maximum"))
        problem = (
            f"{shown(largest(masses['minimum']))} is not below {high} {shown(smallest(masses['maximum']))}"
        )
        refuse(low, problem, f"lower it or raise {high}")


def check_profile(cluster: Section, profiles: Register, typed: Typed) -> None:
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
    place: tuple[str, ...], section: Section, choice: str, register: Register, typed: Typed
) -> None:
    """The section at `place` in `cluster` holds the keys of the method it chooses, and no others."""
    method, part = section[choice], part_at(".".join(("cluster", *place)))
    wanted = register.load(method).setting_names()
    for key in wanted:
        if key not in section:
            unit = part["properties"][key]["unit"]
            remedy = f"the {register.kind} {method} needs it{'' if unit == '1' else f', in {unit}'}"
            refuse(typed((*place, key)), "missing", remedy)
    for key in sorted(set(section) - {choice, *wanted}):
        value = "a box" if isinstance(section[key], Mapping) else shown(section[key])
        refuse(typed((*place, key)), f"{value} is not used by {method}", "remove it")
