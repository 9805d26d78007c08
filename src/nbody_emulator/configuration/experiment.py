"""What all experiments have in common, wherever their runs come from: how emulators are fitted and judged."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from nbody_emulator.configuration.registered import BiasVariance, Emulators, Figures, InferenceSection
from nbody_emulator.emulators.family import AbstractFamily
from nbody_emulator.quantities.quantity import Output, Parameter
from nbody_emulator.settings.output import OutputReading
from nbody_emulator.settings.protocol import Calibration, Comparison, CrossValidation, LearningCurve, Tuning
from nbody_emulator.settings.runtime import Runtime
from nbody_emulator.settings.section import Maybe, Section, setting

ExperimentName = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_-]*$", max_length=64)]


class Heading(Section):
    """The keys that come first in a file."""

    experiment: ExperimentName = setting(
        ...,
        "Name of the experiment, whose results go to results/<experiment>; small letters, digits, '-' and '_', "
        "beginning with a letter",
    )
    seed: int = setting(536, "Root of every random stream", ge=0, le=2**53 - 1)
    sealed_stream: Literal["development", "release"] = setting(
        "development",
        "Which stream of the sealed set an evaluation opens; `make release` alone opens release",
    )
    release_version: str = setting(
        "",
        "Version for which `make release` opens the release stream, once, as `v1.0.0`; reruns nothing",
    )


class Judged(Section):
    """The keys that come last in a file: whatever the runs are of, they are judged alike."""

    cross_validation: CrossValidation = setting(CrossValidation())
    tuning: Tuning = setting(Tuning())
    comparison: Comparison = setting(Comparison())
    emulators: Emulators = setting(...)
    learning_curve: LearningCurve = setting(...)
    bias_variance: BiasVariance = setting(...)
    calibration: Calibration = setting(Calibration())
    inference: Maybe[InferenceSection] = setting(None)
    figures: Figures = setting(Figures())
    runtime: Runtime = setting(Runtime())


class Experiment(Judged, Heading):
    """Everything a study decides, from its runs to the figures."""

    @property
    def families(self) -> dict[str, AbstractFamily]:
        """The families of emulators to fit, in the order of the register."""
        return self.emulators.families

    @property
    @abstractmethod
    def sets_of_runs(self) -> Mapping[str, Any]:
        """Every set by its name; each has a role."""

    @property
    @abstractmethod
    def free_parameters(self) -> tuple[Parameter, ...]:
        """What varies from run to run, sorted by name."""

    @property
    def whole_parameters(self) -> tuple[str, ...]:
        """Those of them whose values are whole numbers."""
        return ()

    @property
    @abstractmethod
    def predicted(self) -> tuple[Output, ...]:
        """What is predicted, sorted by name; resolutions, which files know, are left at 0."""

    @property
    def observable(self) -> tuple[Output, ...]:
        """Outputs as a person measures them."""
        return self.predicted

    @property
    @abstractmethod
    def output_readings(self) -> dict[str, OutputReading]:
        """By name, how outputs are read off the summaries of runs."""

    @property
    def needed_roles(self) -> tuple[str, ...]:
        """Roles beside training, calibration and sealed without which this kind of experiment is none."""
        return ()

    @abstractmethod
    def points_in_blocks(self, name: str) -> tuple[int, ...]:
        """Design points in each block of a set."""

    def place_of_points(self, name: str) -> str:
        """The key that decides how many design points a set has."""
        return f"sets.{name}.points"

    def more_points(self, name: str) -> str:
        """What to do for a set to have more of them."""
        return f"raise {self.place_of_points(name)}"

    @abstractmethod
    def most_replicates(self, name: str) -> int:
        """Runs of the design point of a set that has most."""

    def names_of(self, role: str) -> list[str]:
        """The sets that play a role."""
        return sorted(name for name, run_set in self.sets_of_runs.items() if run_set.role == role)

    def set_of(self, role: str) -> tuple[str, Any]:
        """Name and description of the one set that plays `role`."""
        name = self.names_of(role)[0]
        return name, self.sets_of_runs[name]
