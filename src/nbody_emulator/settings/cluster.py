"""The section `cluster`: what all clusters have in common.

A section that names a method holds the method's own keys beside the name. A configuration is checked against
`with_choices`, which takes the keys of every registered method and no others; code that runs one method is given the
same section and hands the method its `own` keys.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeVar, get_args

from pydantic import ConfigDict, create_model, model_validator

from nbody_emulator.settings.parameters import LENGTH_UNIT, with_parameters
from nbody_emulator.settings.register import Register
from nbody_emulator.settings.section import Listed, Maybe, OneKey, Section, maybe, setting


class Choice(Section):
    """A section one of whose keys names a method.

    Attributes:
        choice: that key.
    """

    model_config = ConfigDict(extra="allow")

    choice: ClassVar[str]

    def method(self, register: Register) -> Any:
        """The method it names, of the kind that the register holds, with the keys that are its own."""
        kind = register.load(getattr(self, self.choice))
        written = self.written()
        return kind(**{name: written[name] for name in kind.setting_names() if name in written})


Chosen = TypeVar("Chosen", bound=Choice)


def with_choices(section: type[Chosen], register: Register, **sections: Any) -> type[Chosen]:
    """The section with the names and the keys of all methods of the register; `sections` are keys of other types."""
    names: Any = Literal[register.names]
    may_be_left_out = type(None) in get_args(section.model_fields[section.choice].annotation)
    types = {section.choice: names | None if may_be_left_out else names, **sections}
    fields: dict[str, Any] = {name: (kind, section.model_fields[name]) for name, kind in types.items()}
    for method in map(register.load, register.names):
        for name, field in method.setting_fields().items():
            fields.setdefault(name, (maybe(field.annotation), field.merge_field_infos(field, default=None)))
    return create_model(
        section.__name__,
        __base__=section,
        __doc__=section.__doc__,
        __cls_kwargs__={"extra": "forbid"},
        **fields,
    )


class Masses(Choice):
    """Stellar masses."""

    choice: ClassVar = "function"

    function: str = setting(
        ..., "Mass function; kroupa and salpeter take minimum and maximum, equal takes mass"
    )


class Softening(OneKey):
    """Plummer softening of the force; exactly one of its keys, here or among the parameters."""

    length: Maybe[float] = setting(None, "Softening as a fixed length", LENGTH_UNIT, ge=1e-12, le=1e12)
    spacing_fraction: Maybe[float] = setting(
        None, "Softening as a fraction of scale_radius / stars^(1/3)", gt=0, le=10
    )


class Mergers(Section):
    """Bodies that become one, mass and momentum conserved, once they are closer than the sum of their two radii; null
    (also when left out) is never.
    """

    star_radius: float = setting(
        ...,
        "Merger radius of a star: of any body, or of those lighter than black_hole_mass",
        LENGTH_UNIT,
        ge=0,
        le=1e12,
    )
    black_hole_radius: Maybe[float] = setting(
        None, "Merger radius of a black hole; goes with black_hole_mass", LENGTH_UNIT, ge=0, le=1e12
    )
    black_hole_mass: Maybe[float] = setting(
        None,
        "Mass from which on a body is a black hole, also one that grew by mergers; goes with black_hole_radius",
        "Msun",
        ge=1e-12,
        le=1e16,
    )


class Tide(Choice):
    """Galaxy around the cluster, which moves on a circular orbit; null is an isolated cluster."""

    choice: ClassVar = "galaxy"

    galaxy: str = setting(..., "Kind of galaxy; flat_curve takes rotation_speed, point_mass takes mass")


class ClusterStars(Choice):
    """The stars of a cluster."""

    choice: ClassVar = "profile"

    stars: Maybe[int] = setting(
        None, "Number of stars in a cluster; here or among the parameters", ge=2, le=16384
    )
    profile: str = setting(
        "plummer", "Density profile of the initial positions and velocities; king takes king_depth"
    )
    segregation: Maybe[float] = setting(
        None,
        "Degree of primordial mass segregation: 0 (also when left out) is none, 1 is full, where the heaviest stars "
        "have the most bound orbits; here or among the parameters",
        ge=0,
        le=1,
    )
    masses: Masses = setting(...)


class StarsFile(Section):
    """A file of stars, known by what is in it."""

    sha256: str
    format: str


class GivenStars(Section):
    """Stars that are there already, in files, as a job is told of them.

    Attributes:
        files: in an order of their own, that of their checksums.
        most_stars: of one of them; the fewest are the cluster's `stars`.
        mass_unit: what 1 is, of files that do not say it.
        length_unit: likewise.
        paths: of the files; a job adds them, for what a result is does not depend on them.
    """

    files: Listed[StarsFile]
    most_stars: int
    mass_unit: Maybe[str] = None
    length_unit: Maybe[str] = None
    paths: Maybe[Listed[str]] = None


class Cluster(ClusterStars):
    """What all clusters have in common."""

    initial_conditions: Maybe[GivenStars] = setting(None)
    if not TYPE_CHECKING:
        # Those of stars that are drawn; code asks for them there alone.
        profile: Maybe[str] = setting(
            "plummer", "Density profile of the initial positions and velocities; king takes king_depth"
        )
        masses: Maybe[Masses] = setting(None)
    softening: Maybe[Softening] = setting(None)
    mergers: Mergers | None = setting(None)
    tide: Tide | None = setting(...)

    @model_validator(mode="after")
    def _check_profile(self) -> Self:
        """Stars that are given have no profile, not even by default."""
        if self.initial_conditions is not None and "profile" not in self.model_fields_set:
            self.__dict__["profile"] = None
        return self

    def with_parameters(self, parameters: Mapping[str, float]) -> "CompleteCluster":
        """The cluster of one run, in which each parameter's value stands in its place."""
        complete = with_parameters(self.written(), parameters)
        return CompleteCluster(**complete | {"stars": int(complete["stars"])})


class CompleteCluster(Cluster):
    """One of a known number of stars, softened: what may stand among the parameters stands in it."""

    if TYPE_CHECKING:
        # Limits and meanings are those of any cluster.
        stars: int
        softening: Softening
