"""A cluster as it is typed: an option for every parameter that a configuration may give, checked as there."""

import re
from collections.abc import Mapping
from dataclasses import field, make_dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from nbody_emulator.quantities.typed_numbers import number
from nbody_emulator.settings import cluster_checks
from nbody_emulator.settings.block import BlockOfRuns
from nbody_emulator.settings.error import ConfigurationError, refuse
from nbody_emulator.settings.parameters import PARAMETERS, ParameterKind, with_parameters

LENGTH, TIME = "pc", "Myr"

DEFAULTS = {
    "stars": "128",
    "softening_length": "0.05pc",
    "virial_ratio": "1",
    "scale_radius": "1pc",
}
"""Of `laptop`, and the middle of its box."""
DEFAULTS_OF_METHODS = {
    "kroupa": {"minimum_mass": "0.08Msun", "maximum_mass": "50Msun"},
    "salpeter": {"minimum_mass": "0.08Msun", "maximum_mass": "50Msun"},
    "flat_curve": {"rotation_speed": "220km/s", "galactocentric_radius": "4kpc"},
}
"""What a mass function or a galaxy has unless told otherwise."""
INTEGRATION = {"integrator": "block_hermite4", "longest_step": 0.125, "step_floor": 1e-6}

TYPED = {
    "cluster.stars": "--stars",
    "cluster.profile": "--profile",
    "cluster.masses.function": "--mass-function",
    "cluster.tide.galaxy": "--galaxy",
    "duration.time": "--duration",
    "integration.accuracy": "--accuracy",
    "snapshots": "--snapshots",
    "seed": "--seed",
}
"""Key of a configuration -> the option that stands for it, beside those of parameters."""

MERGERS = {"star_radius": LENGTH, "black_hole_radius": LENGTH, "black_hole_mass": "Msun"}
"""Keys of `cluster.mergers`, and their units."""
TYPED |= {f"cluster.mergers.{name}": f"--{name.replace('_', '-')}" for name in MERGERS}
TYPED |= {"cluster.mergers": "--star-radius"}

WORDS = {"gt": "above", "ge": "from", "lt": "below", "le": "to"}


def option_of(name: str) -> str:
    """The option of a parameter."""
    return f"--{name.replace('_', '-')}"


def _meaning(name: str, kind: ParameterKind) -> str:
    """A parameter in words, with its unit and its limits."""
    meaning, _, _ = kind.meaning.partition(", in place of")
    unit = "" if kind.unit == "1" else f" [{kind.unit or LENGTH}]"
    limits = ", ".join(f"{WORDS[word]} {limit:g}" for word, limit in kind.limits.items())
    own = [f"{method}: {given[name]}" for method, given in DEFAULTS_OF_METHODS.items() if name in given]
    default = DEFAULTS.get(name) or ", ".join(own)
    return f"{meaning}{unit}; {limits}.{f' By default {default}.' if default else ''}"


if TYPE_CHECKING:

    class Numbers:
        """What is typed of every parameter; None where nothing is."""
else:
    Numbers = make_dataclass(
        "Numbers",
        [
            (name, Annotated[str | None, Parameter(help=_meaning(name, kind))], field(default=None))
            for name, kind in PARAMETERS.items()
        ],
        frozen=True,
        namespace={"__module__": __name__},
    )


def block_of(numbers: Numbers, given: Mapping[str, Any]) -> BlockOfRuns:
    """A block of one run, in pc, Myr and what else `PARAMETERS` says.

    Args:
        given: values of the options that are no parameters.

    Raises:
        ConfigurationError: one line that names the option, its value and the remedy.
    """
    values = _values(numbers, given)
    stars = int(values.pop("stars"))
    tide = None if given["galaxy"] == "none" else {"galaxy": given["galaxy"]}
    raw = {
        "seed": given["seed"],
        "stream": "command-line",
        "block": 0,
        "sampler": "prior",
        "points": 1,
        "replicates": 1,
        "parameters": values,
        "units": {"length": LENGTH, "time": TIME},
        "cluster": {
            "stars": stars,
            "profile": given["profile"],
            "masses": {"function": given["mass_function"]},
            "tide": tide,
            "mergers": _mergers(given),
        },
        "duration": {"time": number("--duration", given["duration"], TIME)},
        "snapshots": given["snapshots"],
        "integration": {**INTEGRATION, "accuracy": given["accuracy"]},
        "description": _description(given, {"stars": stars, **values}),
    }
    try:
        return _checked(raw)
    except ConfigurationError as error:
        raise ConfigurationError(_as_typed(str(error))) from None


def _values(numbers: Numbers, given: Mapping[str, Any]) -> dict[str, float]:
    """The value of every parameter that is typed, or has one unless it is typed."""
    typed = {name: text for name, text in vars(numbers).items() if text is not None}
    if {"softening_length", "softening_spacing_fraction"} <= typed.keys():
        refuse("--softening-length", "--softening-spacing-fraction is given too", "keep one of the two")
    _check_orbit(typed, given["galaxy"])
    defaults = dict(DEFAULTS)
    if "softening_spacing_fraction" in typed:
        defaults.pop("softening_length")
    for method in (given["mass_function"], given["galaxy"]):
        defaults |= DEFAULTS_OF_METHODS.get(method, {})
    return {name: _value(name, text) for name, text in {**defaults, **typed}.items()}


def _description(given: Mapping[str, Any], values: Mapping[str, float]) -> str:
    """The physics in words, as files of experiments have it."""
    units = {name: kind.unit or LENGTH for name, kind in PARAMETERS.items()}
    numbers = [f"{name} {value:g} {units[name]}".removesuffix(" 1") for name, value in values.items()]
    words = [f"{name} {given[name]}" for name in ("profile", "mass_function", "galaxy", "duration")]
    return f"N-body simulation of one star cluster; {', '.join((*words, *numbers))}"


def _value(name: str, text: str) -> float | int:
    kind, option = PARAMETERS[name], option_of(name)
    value = number(option, text, kind.unit or LENGTH)
    if kind.whole and value != int(value):
        refuse(option, f"{text} is no whole number", f"write {round(value)}")
    return int(value) if kind.whole else value


def _mergers(given: Mapping[str, Any]) -> dict[str, float] | None:
    """The section `mergers`; None where nothing merges."""
    return {
        name: number(option_of(name), given[name], unit)
        for name, unit in MERGERS.items()
        if given[name] is not None
    } or None


def _check_orbit(typed: Mapping[str, str], galaxy: str) -> None:
    around = [
        name
        for name, kind in PARAMETERS.items()
        if name == "galactocentric_radius" or kind.place[:1] == ("tide",)
    ]
    for name in around:
        if galaxy == "none" and name in typed:
            refuse(option_of(name), "not used, since --galaxy is none", "remove it, or name a galaxy")
        if galaxy == "point_mass" and name == "galactocentric_radius" and name not in typed:
            refuse(option_of(name), "missing", "--galaxy point_mass needs it, in kpc")


def _checked(raw: Mapping[str, Any]) -> BlockOfRuns:
    """The block, if its keys are right and fit together."""
    # Imported here: the schema of all that is registered takes a while.
    from nbody_emulator.configuration.checks.physics import check_mergers
    from nbody_emulator.configuration.cluster_experiment import ClusterExperiment
    from nbody_emulator.settings.door import checked
    from nbody_emulator.settings.section import Section
    from nbody_emulator.simulation.register import GALAXIES, MASS_FUNCTIONS, PROFILES

    keys = ("cluster", "parameters", "duration", "snapshots", "integration", "seed")
    fields: Any = {
        key: (ClusterExperiment.model_fields[key].annotation, ClusterExperiment.model_fields[key])
        for key in keys
    }
    asked: Any = checked(_section(Section, fields), {key: raw[key] for key in keys})
    complete = with_parameters(asked.cluster.written(), asked.parameters.given)
    cluster_checks.check_masses(complete, MASS_FUNCTIONS, _typed)
    cluster_checks.check_profile(complete, PROFILES, _typed)
    if complete["tide"] is not None:
        cluster_checks.check_keys(("tide",), complete["tide"], "galaxy", GALAXIES, _typed)
    ((key, value),) = complete["softening"].items()
    limit, words = {
        "length": (asked.parameters.scale_radius, "the scale radius"),
        "spacing_fraction": (complete["stars"] ** (1.0 / 3.0), "which softens by the scale radius"),
    }[key]
    cluster_checks.check_softening(_typed(("softening", key)), value, limit, words)
    if asked.cluster.mergers is not None:
        check_mergers(asked)
    return BlockOfRuns(**{**raw, **dict(asked), "units": raw["units"]})


def _section(base: Any, fields: Any) -> Any:
    from pydantic import create_model

    return create_model("Asked", __base__=base, **fields)


def _typed(place: tuple[str, ...]) -> str:
    """The option for this place in a configuration's `cluster`."""
    key = ".".join(("cluster", *place))
    return TYPED.get(key) or next(option_of(name) for name, kind in PARAMETERS.items() if kind.place == place)


def _as_typed(told: str) -> str:
    """A complaint about keys of a configuration, about the options that stand for them."""
    for key in sorted(TYPED, key=len, reverse=True):
        told = told.replace(key, TYPED[key])
    return re.sub(r"\bparameters\.(\w+)", lambda found: option_of(found[1]), told)
