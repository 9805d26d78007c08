"""Every parameter a configuration may vary: its unit and limits, and the key of `cluster` in whose place it stands.

Read each time a configuration is, so nothing here imports numpy.
"""

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, NamedTuple, TypeVar

from pydantic import Discriminator, Field, Tag, create_model

from nbody_emulator.settings.section import UNIT, Section, maybe, setting
from nbody_emulator.settings.units import Units

Number = TypeVar("Number")

LENGTH_UNIT = "units.length"

# A length, a mass: from where its square has no digits left to where it overflows.
_LENGTH = {"ge": 1e-12, "le": 1e12}
_MASS = {"ge": 1e-12, "le": 1e16}


class ParameterKind(NamedTuple):
    """What a parameter is.

    Attributes:
        meaning: in words for the configuration's table of keys.
        unit: None where it is the configuration's unit of length.
        limits: of its values, as for `pydantic.Field`.
        place: path of the key in `cluster` that it replaces; empty for one that is a parameter only.
        whole: whether its values are whole numbers.
    """

    meaning: str
    unit: str | None
    limits: Mapping[str, Any]
    place: tuple[str, ...] = ()
    whole: bool = False


# Orbits are always in kpc: a cluster in AU still circles a galaxy.
PARAMETERS = {
    "virial_ratio": ParameterKind(
        meaning="Initial 2K/|W| with velocities in the inertial frame (1 is equilibrium, 2 is unbound); stars that "
        "cluster.initial_conditions gives keep their own where it is left out",
        unit="1",
        limits={"gt": 0, "lt": 2},
    ),
    "scale_radius": ParameterKind(
        meaning="Scale radius of the density profile: of plummer its a, of king the core radius r_0, of uniform_sphere "
        "the edge; of stars that cluster.initial_conditions gives a of the Plummer sphere with their virial radius, "
        "and their own where it is left out",
        unit=None,
        limits=_LENGTH,
    ),
    "galactocentric_radius": ParameterKind(
        meaning="Radius of the orbit around the galaxy; with a tide only",
        unit="kpc",
        limits={"ge": 1e-6, "le": 1e6},
    ),
    "stars": ParameterKind(
        meaning="Number of stars in a cluster, in place of cluster.stars; each run is padded with massless stars to "
        "a multiple of 64",
        unit="1",
        limits={"ge": 2, "le": 16384},
        place=("stars",),
        whole=True,
    ),
    "king_depth": ParameterKind(
        meaning="Depth W0 of a King model, in place of cluster.king_depth",
        unit="1",
        limits={"ge": 0.5, "le": 16},
        place=("king_depth",),
    ),
    "segregation": ParameterKind(
        meaning="Degree of primordial mass segregation, in place of cluster.segregation",
        unit="1",
        limits={"ge": 0, "le": 1},
        place=("segregation",),
    ),
    "minimum_mass": ParameterKind(
        meaning="Lowest stellar mass of kroupa and salpeter, in place of cluster.masses.minimum",
        unit="Msun",
        limits=_MASS,
        place=("masses", "minimum"),
    ),
    "maximum_mass": ParameterKind(
        meaning="Highest stellar mass of kroupa and salpeter, in place of cluster.masses.maximum",
        unit="Msun",
        limits=_MASS,
        place=("masses", "maximum"),
    ),
    "star_mass": ParameterKind(
        meaning="Mass of every star of equal, in place of cluster.masses.mass",
        unit="Msun",
        limits=_MASS,
        place=("masses", "mass"),
    ),
    "rotation_speed": ParameterKind(
        meaning="Speed of the rotation curve of flat_curve, in place of cluster.tide.rotation_speed",
        unit="km/s",
        limits={"ge": 1e-6, "le": 299792.458},
        place=("tide", "rotation_speed"),
    ),
    "galaxy_mass": ParameterKind(
        meaning="Mass of the galaxy of point_mass, in place of cluster.tide.mass",
        unit="Msun",
        limits=_MASS,
        place=("tide", "mass"),
    ),
    "softening_length": ParameterKind(
        meaning="Softening as a length, in place of cluster.softening",
        unit=None,
        limits=_LENGTH,
        place=("softening", "length"),
    ),
    "softening_spacing_fraction": ParameterKind(
        meaning="Softening as a fraction of scale_radius / stars^(1/3), in place of cluster.softening",
        unit="1",
        limits={"gt": 0, "le": 10},
        place=("softening", "spacing_fraction"),
    ),
}


class Box(Section, Generic[Number]):
    """The range over which a parameter varies."""

    minimum: Number = Field(description="Lower edge of the box")
    maximum: Number = Field(description="Upper edge of the box")
    scale: Literal["linear", "log"] = setting(
        "linear", "Scale on which runs are spread evenly between the edges"
    )

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        del params  # pydantic would write every limit into the name
        return cls.__name__


class _Parameters(Section):
    """What varies from run to run."""

    @property
    def given(self) -> dict[str, Any]:
        """The value or the box of every parameter that is given, in alphabetical order."""
        return {name: value for name, value in sorted(dict(self).items()) if value is not None}

    @property
    def boxes(self) -> dict[str, Box]:
        """Those that vary, in alphabetical order."""
        return {name: value for name, value in self.given.items() if isinstance(value, Box)}

    def is_whole(self, name: str) -> bool:
        """Whether a parameter's values are whole numbers."""
        return PARAMETERS[name].whole


_NUMBER, _BOX = "<number>", "<box>"
"""Tags of the two, in brackets so that no key of a person's own can be one."""


def _number_or_box(value: Any) -> str:
    return _BOX if isinstance(value, Mapping | Box) else _NUMBER


def _field(kind: ParameterKind) -> tuple[Any, Any]:
    unit = kind.unit or LENGTH_UNIT
    number: Any = Annotated[
        int if kind.whole else float, Field(json_schema_extra={UNIT: unit}, **kind.limits)
    ]
    either: Any = Annotated[
        Annotated[number, Tag(_NUMBER)] | Annotated[Box[number], Tag(_BOX)], Discriminator(_number_or_box)
    ]
    meaning = f"{kind.meaning}; a plain number fixes it, a box makes it an input of the emulators"
    return maybe(either), setting(None, meaning, unit)


if TYPE_CHECKING:

    class Parameters(_Parameters):
        # Those that the code asks for by name.
        scale_radius: float | Box[float] | None = None
        galactocentric_radius: float | Box[float] | None = None

else:
    Parameters = create_model(
        "Parameters",
        __base__=_Parameters,
        __doc__=_Parameters.__doc__,
        **{name: _field(kind) for name, kind in PARAMETERS.items()},
    )
"""The section `parameters`: a number or a box for each name in `PARAMETERS`."""


def parameter_units(units: Units) -> dict[str, str]:
    """The unit of every parameter a configuration may give, in its `units`."""
    return {name: kind.unit or units.length for name, kind in PARAMETERS.items()}


def with_parameters(cluster: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a cluster's keys (nested as in a file) in which each parameter's value or box stands in its place."""
    complete = {name: dict(item) if isinstance(item, Mapping) else item for name, item in cluster.items()}
    places = {PARAMETERS[name].place: value for name, value in parameters.items() if PARAMETERS[name].place}
    for (*above, last), value in places.items():
        section = functools.reduce(lambda part, name: part.setdefault(name, {}), above, complete)
        section[last] = value
    return complete


def smallest(value: Any) -> Any:
    """The smallest value of a parameter given as a number or as a box."""
    return value.minimum if isinstance(value, Box) else value


def largest(value: Any) -> Any:
    """The largest value of a parameter given as a number or as a box."""
    return value.maximum if isinstance(value, Box) else value
