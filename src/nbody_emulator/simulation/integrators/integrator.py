"""What an integrator is: the limbs that every one of them has."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from nbody_emulator.simulation.energy import Energy
from nbody_emulator.simulation.shapes import Number
from nbody_emulator.simulation.system import State, System
from nbody_emulator.simulation.work import Work

if TYPE_CHECKING:
    from nbody_emulator.simulation.collisions import StepPrediction


Settings = dict[str, Any]
"""What an integrator is begun with, by name: arrays, or tuples of them."""


class IntegratorState(Protocol):
    """All that an integrator carries from step to step, arrays only."""

    @property
    def energy(self) -> Energy:
        """When all stars were last together."""

    @property
    def work(self) -> Work:
        """The count of steps."""


Given = TypeVar("Given")
Made = TypeVar("Made")
Carried = TypeVar("Carried", bound=IntegratorState)


class AbstractIntegrator(ABC, Generic[Carried]):
    """An immutable, hashable object without run-time state.

    It keeps its own clock, in Myr since the start, and takes its own steps, whatever times the states are wanted at. A
    change of the stars, two becoming one, comes between `at` and a new `begin`.

    Attributes:
        refined: the setting that is halved for a finer run.
        in_crossing_times: the settings that a configuration gives in crossing times.
        padding: stars are padded to a multiple of it by empty slots, of which `System.present` tells.
    """

    refined: ClassVar[str]
    in_crossing_times: ClassVar[tuple[str, ...]]
    padding: ClassVar[int]

    @staticmethod
    @abstractmethod
    def over_runs(one: Callable[[Given], Made], /) -> Callable[[Given], Made]:
        """A function of one run made one of many, by `jax.vmap` or one after another."""

    @abstractmethod
    def settings(self, *args: Any, **numbers: Any) -> Settings:
        """Checks what a caller asked for and says what `begin` is to be given; the arguments are the settings."""

    @abstractmethod
    def begin(self, system: System, state: State, *args: Any, **settings: Any) -> Carried:
        """What it carries before the first step."""

    @abstractmethod
    def time(self, integrator_state: Carried) -> Number:
        """The moment it has reached [Myr]."""

    @abstractmethod
    def next_time(self, integrator_state: Carried) -> Number:
        """The moment its next step ends at [Myr]."""

    @abstractmethod
    def advance(self, system: System, integrator_state: Carried) -> Carried:
        """What it carries after the next step."""

    @abstractmethod
    def at(self, system: System, integrator_state: Carried, time: Number) -> tuple[State, Energy]:
        """The state at a time between the two, and its energy, the stars in the order they were given in.

        By a step as short as needed that leaves no trace: what is carried does not change, so that the times at which
        states are kept alter nothing.
        """

    @abstractmethod
    def predicted_step(self, system: System, integrator_state: Carried) -> "StepPrediction":
        """Where the stars are going over the step ahead of each."""
