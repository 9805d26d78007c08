"""The scale-free laws of gravity, with one or two constants an output: what a textbook says before any fit.

A bound cluster of stars of total mass M, of scale radius a and virial ratio Q = 2K/|W|, has the energy
E = W (1 - Q/2). It keeps it while it settles, and settled it has 2K + W = 0, so that W' = 2E = (2 - Q) W. As |W| is
proportional to G M^2 / a for clusters of one shape, one that keeps its shape settles at

    r_f = a / (2 - Q).                                                     (1)

Source: Hills 1980 (ApJ 235, 986), whose sudden loss of mass is the case Q = M_before / M_after; the virial theorem as
in Binney & Tremaine 2008 (Galactic Dynamics), section 4.8. Then

    lengths (half-mass radius, core radius)      proportional to  r_f,                     (2)
    speeds (velocity dispersion)                 proportional to  (G M / r_f)^(1/2),       (3)

the second by the virial theorem, sigma^2 = |W'| / M up to a constant. What stays bound in a galaxy depends on how far
the cluster fills its tidal (Jacobi) radius, r_t = (G M / (4 Omega^2 - kappa^2))^(1/3) (Binney & Tremaine, section 8.3;
Heggie & Hut 2003, The Gravitational Million-Body Problem, chapter 12), which is (G M R^2 / (2 V^2))^(1/3) in a flat
rotation curve of speed V and R (M / (3 M_galaxy))^(1/3) about a point mass:

    logit of a fraction                          =  constant + slope log(r_f / r_t).       (4)

M is proportional to the number of stars; speeds and masses that do not vary are part of the constants. Durations are
not here: relaxation widens and dissolves clusters, and what this family leaves over shows it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

from nbody_emulator.emulators.family import AbstractFamily, History, Model, Unsuited
from nbody_emulator.marks import Mark
from nbody_emulator.settings.section import setting
from nbody_emulator.units import LENGTH_IN_PC, TIME_IN_MYR

if TYPE_CHECKING:
    from nbody_emulator.emulators.models.physics import PhysicsModel
    from nbody_emulator.emulators.training import TrainingSet
    from nbody_emulator.quantities.quantity import Output, Parameter

FINAL_RADIUS = {"scale_radius": 1.0, "virial_ratio": 1.0}
"""Exponents of r_f, equation 1; of a virial ratio Q that of 1 / (2 - Q)."""

MASS = {"stars": 1.0}
ORBIT = {"galactocentric_radius": 1.0}

PARAMETERS = (*FINAL_RADIUS, *MASS, *ORBIT)
SHAPES = ("segregation",)
"""Parameters that change how a cluster is built and none of its scales: the laws pass them over."""

UNBOUND = 2.0
"""The virial ratio from which on nothing is bound."""


class Law(NamedTuple):
    """An output's law.

    Attributes:
        exponents: by parameter.
        slope: of the transformed output in the logarithm of their product; None where it is fitted.
    """

    exponents: Mapping[str, float]
    slope: float | None


class Physics(AbstractFamily):
    """A constant of each output on its own observed rows; of a fraction a slope too."""

    meaning: ClassVar = "Scale-free laws of gravity, with one or two constants for each output"
    label: ClassVar = "scaling laws"
    mark: ClassVar = Mark(8, "$\u2602$")
    calibrator: ClassVar = "residual_shape"

    tidal_exponent: float = setting(
        2.0 / 3.0,
        "Power of the galactocentric radius to which the tidal radius grows: 2/3 in a flat rotation curve, 1 about a "
        "point mass",
        gt=0,
        le=2,
    )

    def candidates(self, count: int) -> list[Self]:
        """One: nature has no hyperparameters."""
        return [self]

    def fit(self, training: "TrainingSet", key: int) -> tuple[Model, History]:
        laws = [self._law(output) for output in training.columns.outputs]
        return self.model().of(training, [law for law in laws if law]), {}

    def unsuited(self, parameters: "Sequence[Parameter]", outputs: "Sequence[Output]") -> Unsuited | None:
        """A parameter or an output without a law here."""
        for parameter in parameters:
            path = f"parameters.{parameter.name}"
            if parameter.name not in (*PARAMETERS, *SHAPES):
                problem = f"physics has no law of it, only of {', '.join(PARAMETERS)}"
                return Unsuited(path, problem, "fix it at a number, or leave emulators.physics out")
            if parameter.minimum <= 0.0:
                problem = f"{parameter.minimum:g} is not positive, as the laws of physics need it"
                return Unsuited(f"{path}.minimum", problem, "raise it, or leave emulators.physics out")
            if parameter.name == "virial_ratio" and parameter.maximum >= UNBOUND:
                problem = f"at {parameter.maximum:g} no cluster is bound, of which physics speaks"
                return Unsuited(f"{path}.maximum", problem, "lower it, or leave emulators.physics out")
        for output in outputs:
            if self._law(output) is None:
                problem = (
                    "physics has a law of the log of a length or a speed and of the logit of a fraction alone"
                )
                return Unsuited(
                    f"outputs.{output.name}",
                    f"{problem}, not of the {output.transform} of {output.statistic} [{output.unit}]",
                    "leave it out, or emulators.physics",
                )
        return None

    def _law(self, output: "Output") -> Law | None:
        """Told by its unit and its transform."""
        if output.transform == "log" and output.unit in LENGTH_IN_PC:
            return Law(FINAL_RADIUS, 1.0)
        if output.transform == "log" and output.unit in _SPEEDS:
            return Law(_product((MASS, 0.5), (FINAL_RADIUS, -0.5)), 1.0)
        if output.transform == "logit":
            tidal_radius = _product((ORBIT, self.tidal_exponent), (MASS, 1.0 / 3.0))
            return Law(_product((FINAL_RADIUS, 1.0), (tidal_radius, -1.0)), None)
        return None

    @classmethod
    def model(cls) -> "type[PhysicsModel]":
        from nbody_emulator.emulators.models.physics import PhysicsModel

        return PhysicsModel


_SPEEDS = ("km/s", "km s-1", *(f"{length} {time}-1" for length in LENGTH_IN_PC for time in TIME_IN_MYR))


def _product(*factors: tuple[Mapping[str, float], float]) -> dict[str, float]:
    """The exponents of a product of quantities, which have no parameter in common, to these powers."""
    return {name: power * exponent for each, power in factors for name, exponent in each.items()}
