"""The families of emulators and the kinds of trials, by name."""

from collections.abc import Iterable

from nbody_emulator.emulators.family import Reference
from nbody_emulator.settings.register import Register

FAMILIES: Register[None] = Register(
    "emulator family",
    {
        "mean": "nbody_emulator.emulators.families.mean:Mean",
        "physics": "nbody_emulator.emulators.families.physics:Physics",
        "linear": "nbody_emulator.emulators.families.linear:Linear",
        "power_law": "nbody_emulator.emulators.families.power_law:PowerLaw",
        "polynomial": "nbody_emulator.emulators.families.polynomial:Polynomial",
        "legendre": "nbody_emulator.emulators.families.legendre:Legendre",
        "lasso": "nbody_emulator.emulators.families.lasso:Lasso",
        "neighbours": "nbody_emulator.emulators.families.neighbours:Neighbours",
        "support_vectors": "nbody_emulator.emulators.families.support_vectors:SupportVectors",
        "gaussian_process": "nbody_emulator.emulators.families.gaussian_process:GaussianProcess",
        "forest": "nbody_emulator.emulators.families.forest:Forest",
        "boosting": "nbody_emulator.emulators.families.boosting:Boosting",
        "laplace": "nbody_emulator.emulators.families.laplace:Laplace",
        "mc_dropout": "nbody_emulator.emulators.families.mc_dropout:DropoutNetwork",
        "variational": "nbody_emulator.emulators.families.variational:VariationalNetwork",
        "nuts_network": "nbody_emulator.emulators.families.nuts_network:SampledNetwork",
        "network": "nbody_emulator.emulators.families.network:Network",
        "deep_sets": "nbody_emulator.emulators.families.deep_sets:DeepSets",
        "mixture_network": "nbody_emulator.emulators.families.mixture_network:MixtureNetwork",
        "flow": "nbody_emulator.emulators.families.flow:Flow",
        "autoregressive_network": "nbody_emulator.emulators.families.autoregressive_network:AutoregressiveNetwork",
    },
)
"""Families from the simplest to the most complex: their order here is the rank used when the simplest is to
win.
"""

TRIALS: Register[None] = Register(
    "kind of trial",
    {
        "curve": "nbody_emulator.emulators.trials:curve_fits",
        "ladder": "nbody_emulator.emulators.trials:ladder_fits",
    },
)


def label_of(family: str) -> str:
    """A family as a legend names it; one that is not registered by its key, opened into words."""
    return FAMILIES.load(family).label if family in FAMILIES.names else family.replace("_", " ")


def in_a_sentence(family: str) -> str:
    """The same with the article that it takes inside a sentence."""
    article = FAMILIES.load(family).article if family in FAMILIES.names else "the "
    return f"{article}{label_of(family)}"


def reference(kind: Reference, among: Iterable[str] = FAMILIES.names) -> str | None:
    """The one of these families that is this reference to all others; no other is loaded."""
    registered = (name for name in among if name in FAMILIES.names)
    return next((name for name in registered if FAMILIES.load(name).reference is kind), None)


def prominent_families(among: Iterable[str]) -> list[str]:
    """Those of these that are shown where all would hide one another."""
    return [name for name in among if name in FAMILIES.names and FAMILIES.load(name).prominent]
