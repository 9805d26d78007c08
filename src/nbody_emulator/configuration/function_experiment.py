"""An experiment whose runs are made by a function of the reader's own, as the workflow asks for them."""

from pathlib import Path

from nbody_emulator.configuration.own_experiment import OwnExperiment, OwnQuantities
from nbody_emulator.configuration.registered import OwnName, SetSection
from nbody_emulator.identity.function_source import FunctionSource, find_function
from nbody_emulator.settings.error import refuse
from nbody_emulator.settings.run_set import RunSet
from nbody_emulator.settings.section import setting
from nbody_emulator.settings.simulator import FunctionSimulator


class _Calls(OwnQuantities):
    """What is called, and how often."""

    simulator: FunctionSimulator = setting(...)
    sets: dict[OwnName, SetSection] = setting(
        ...,
        "Sets of runs under names of your own; exactly one each of the roles training, calibration and sealed, at most "
        "one each of the roles noise, observation and predictive",
    )


class FunctionExperiment(OwnExperiment, _Calls):
    """Everything a study with a simulator in Python decides."""

    @property
    def sets_of_runs(self) -> dict[str, RunSet]:
        return self.sets

    def points_in_blocks(self, name: str) -> tuple[int, ...]:
        return (self.sets[name].points,) * self.sets[name].blocks

    def most_replicates(self, name: str) -> int:
        return self.sets[name].replicates

    def source(self, root: Path) -> FunctionSource:
        """The code of the simulator, in the folder `root` or installed.

        Raises:
            ConfigurationError: there is none.
        """
        found = find_function(self.simulator.python, root)
        if found is None:
            refuse("simulator.python", f"{self.simulator.python!r} is not there", "name a function that is")
        return found
