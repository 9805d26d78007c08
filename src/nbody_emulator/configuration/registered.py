"""Sections of a configuration whose keys, or their values, are names of what is registered."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, create_model
from pydantic_core import PydanticCustomError

from nbody_emulator.design.register import SAMPLERS
from nbody_emulator.emulators.family import AbstractFamily, Ladder
from nbody_emulator.emulators.register import FAMILIES
from nbody_emulator.fates.classifier import AbstractClassifier
from nbody_emulator.fates.classifiers.register import CLASSIFIERS
from nbody_emulator.fates.register import FATES
from nbody_emulator.features.register import FEATURES
from nbody_emulator.figures.register import FIGURES
from nbody_emulator.inference.likelihoods.register import LIKELIHOODS
from nbody_emulator.settings.alternative import Alternative
from nbody_emulator.settings.cluster import Cluster, Masses, Tide, with_choices
from nbody_emulator.settings.fates import FateStudy
from nbody_emulator.settings.figure_style import OwnStyle, Style
from nbody_emulator.settings.initial_conditions import InitialConditions
from nbody_emulator.settings.integration import Integration
from nbody_emulator.settings.output import OutputSetting
from nbody_emulator.settings.protocol import Inference
from nbody_emulator.settings.run_set import RunSet
from nbody_emulator.settings.section import KEYS_OF, Listed, Maybe, Section, maybe, setting, with_names
from nbody_emulator.settings.task import Task
from nbody_emulator.simulation.register import GALAXIES, INTEGRATORS, MASS_FUNCTIONS, PROFILES
from nbody_emulator.states.register import FORMATS
from nbody_emulator.summaries.register import STATISTICS

OwnName = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]*$")]
"""A name of a person's own, of a set or an output."""


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if max(Counter(names).values(), default=0) > 1:
        raise PydanticCustomError("repeated", "an entry stands twice")
    return names


def _ladders(name: str, family: type[AbstractFamily]) -> type[Section]:
    needs = (
        f"; needs {name} among the emulators" if any(each.uses_settings for each in family.ladders) else ""
    )
    fields: dict[str, Any] = {ladder.key: _rungs(ladder) for ladder in family.ladders}
    meaning = f"Ladders of {family.article}{family.label}{needs}"
    return create_model("Ladders", __base__=Section, __doc__=meaning, **fields)


def _rungs(ladder: Ladder) -> tuple[Any, Any]:
    """Type and field of its key."""
    number: Any = int if ladder.is_whole else float
    limits = Field(ge=ladder.minimum, le=ladder.maximum, description=ladder.rung)
    form: Any = Listed
    rungs: Any = Annotated[form[Annotated[number, limits]], Field(min_length=2)]
    if ladder.always:
        return rungs, setting(..., ladder.meaning)
    return maybe(rungs), setting(None, ladder.meaning)


_FAMILIES = {name: FAMILIES.load(name) for name in FAMILIES.names}
_CLIMBED = {name: family for name, family in _FAMILIES.items() if family.ladders}
_OF_ONE_NUMBER = tuple(name for name in STATISTICS.names if STATISTICS.load(name).axis is None)


class _Emulators(Section):
    """Families to fit, each with its settings; linear, mean and at least one more."""

    @property
    def families(self) -> dict[str, AbstractFamily]:
        """Those to fit, in the order of the register."""
        given = ((name, getattr(self, name)) for name in FAMILIES.names)
        return {name: FAMILIES.load(name)(**dict(section)) for name, section in given if section is not None}


class _Task(Task):
    """Emulators that are given something of the drawn stars beside the parameters, judged as all others are."""

    emulators: _Emulators = setting(...)


class _Classifiers(Section):
    """Classifiers to fit, each with its settings; prevalence and at least one more."""

    @property
    def methods(self) -> dict[str, AbstractClassifier]:
        """Those to fit, in the order of the register."""
        given = ((name, getattr(self, name)) for name in CLASSIFIERS.names)
        return {
            name: CLASSIFIERS.load(name)(**dict(section)) for name, section in given if section is not None
        }


class _FateStudy(FateStudy):
    """For every star the probability that something happens to it, told before the run."""

    classifiers: _Classifiers = setting(...)


class _BiasVariance(Section):
    """Ladders of complexity and of regularizers; every training block is a training set."""

    @property
    def rungs(self) -> dict[tuple[str, str], tuple[float, ...]]:
        """The rungs of every ladder that is climbed, by family and key."""
        climbed = {name: getattr(self, name) for name in sorted(_CLIMBED)}
        found = {
            (name, ladder.key): getattr(section, ladder.key)
            for name, section in climbed.items()
            for ladder in _CLIMBED[name].ladders
            if section is not None
        }
        return {ladder: rungs for ladder, rungs in found.items() if rungs is not None}


class _Figures(Section):
    """Look of the figures."""

    style: Style = setting(Style())

    def style_of(self, figure: str) -> Style:
        own = getattr(self, figure)
        return self.style if own is None else own.over(self.style)


def _with_lists(section: type[Section], **names: tuple[str, ...]) -> type[Section]:
    """The section in which these keys are lists of these names, each at most once."""
    form: Any = Listed
    fields: dict[str, Any] = {
        key: (Annotated[form[Literal[choices]], AfterValidator(_each_once)], section.model_fields[key])
        for key, choices in names.items()
    }
    return create_model(section.__name__, __base__=section, __doc__=section.__doc__, **fields)


def _formats_named(section: type[Section]) -> type[Section]:
    """The section whose `format`, if it is given, is one that is registered."""
    kind: Any = Literal[FORMATS.names]
    return create_model(
        section.__name__,
        __base__=section,
        __doc__=section.__doc__,
        format=(kind | None, section.model_fields["format"]),
    )


def _entries(base: type[Section], **fields: Any) -> type[Section]:
    return create_model(base.__name__.removeprefix("_"), __base__=base, __doc__=base.__doc__, **fields)


if TYPE_CHECKING:
    # What is registered is known only when this runs; these are what the sections are made from.
    StatisticNames = tuple[str, ...]
    AlternativeSection = Alternative

    ClusterSection = Cluster

    InferenceSection = Inference
    IntegrationSection = Integration
    SetSection = RunSet
    OutputSection = OutputSetting
    Emulators = _Emulators
    TaskSection = _Task
    FateSection = _FateStudy
    BiasVariance = _BiasVariance
    Figures = _Figures
else:
    OutputName = Annotated[OwnName, Field(description="The name of an output")]
    OutputNames = Annotated[Listed[OutputName], Field(min_length=1), AfterValidator(_each_once)]
    StatisticNames = Annotated[
        Listed[Annotated[Literal[STATISTICS.names], Field(description="A summary statistic")]],
        Field(min_length=1, json_schema_extra={"uniqueItems": True}),
        AfterValidator(_each_once),
    ]
    ClusterSection = with_choices(
        Cluster,
        PROFILES,
        masses=with_choices(Masses, MASS_FUNCTIONS) | None,
        tide=with_choices(Tide, GALAXIES) | None,
        initial_conditions=_formats_named(InitialConditions) | None,
    )
    AlternativeSection = with_choices(
        Alternative, PROFILES, masses=with_choices(Masses, MASS_FUNCTIONS) | None
    )
    IntegrationSection = with_names(Integration, integrator=INTEGRATORS.names)
    InferenceSection = create_model(
        "Inference",
        __base__=_with_lists(Inference, families=FAMILIES.names, likelihoods=LIKELIHOODS.names),
        __doc__=Inference.__doc__,
        observed=(dict[OwnName, OutputNames], Inference.model_fields["observed"]),
    )
    SetSection = with_names(RunSet, sampler=SAMPLERS.names)
    OutputSection = with_names(OutputSetting, statistic=_OF_ONE_NUMBER)
    Emulators = _entries(
        _Emulators,
        **{name: (maybe(family.section()), setting(None)) for name, family in _FAMILIES.items()},
    )

    class TaskEmulators(Emulators):
        """Families to fit, at least one; those that read single stars where stars are given, others where not."""

        model_config = ConfigDict(json_schema_extra={KEYS_OF: "emulators"})

    TaskSection = create_model(
        "Task",
        __base__=_with_lists(Task, features=FEATURES.names),
        __doc__=_Task.__doc__,
        emulators=(TaskEmulators, setting(...)),
    )
    Classifiers = _entries(
        _Classifiers,
        **{name: (maybe(CLASSIFIERS.load(name).section()), setting(None)) for name in CLASSIFIERS.names},
    )
    FateSection = create_model(
        "FateStudy",
        __base__=with_names(_with_lists(FateStudy, features=FEATURES.names), fate=FATES.names),
        __doc__=_FateStudy.__doc__,
        classifiers=(Classifiers, setting(...)),
    )
    BiasVariance = _entries(
        _BiasVariance,
        **{
            name: (_ladders(name, family), setting(...))
            if any(ladder.always for ladder in family.ladders)
            else (maybe(_ladders(name, family)), setting(None))
            for name, family in _CLIMBED.items()
        },
    )
    Figures = _entries(
        _Figures,
        **{
            name: (Maybe[OwnStyle], setting(None, f"Style of the figure {name} where it differs"))
            for name in FIGURES.names
        },
    )
