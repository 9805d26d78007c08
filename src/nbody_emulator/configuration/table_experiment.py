"""An experiment whose runs are there already, in files."""

from functools import cached_property

from nbody_emulator.configuration.own_experiment import OwnExperiment, OwnQuantities
from nbody_emulator.configuration.registered import OwnName
from nbody_emulator.quantities.file_of_runs import FileOfRuns, read_runs
from nbody_emulator.settings.file_set import FileSet
from nbody_emulator.settings.section import setting
from nbody_emulator.settings.simulator import TableSimulator


class _Files(OwnQuantities):
    """Where the runs are."""

    simulator: TableSimulator = setting(...)
    sets: dict[OwnName, FileSet] = setting(
        ...,
        "Sets of runs under names of your own; exactly one each of the roles training, calibration and sealed, at most "
        "one each of the roles noise and observation",
    )


class TableExperiment(OwnExperiment, _Files):
    """Everything a study of runs in files decides."""

    @property
    def sets_of_runs(self) -> dict[str, FileSet]:
        return self.sets

    @cached_property
    def runs(self) -> dict[str, FileOfRuns]:
        """The runs of every set by its name, each file read once; but for the sealed one, which an evaluation opens.

        Raises:
            ConfigurationError: a file or a number in it that cannot be a run's.
        """
        return {name: self.read(name) for name, each in sorted(self.sets.items()) if each.role != "sealed"}

    def read(self, name: str) -> FileOfRuns:
        """The runs of one set."""
        given = self.sets[name]
        return read_runs(
            given.file, self.simulator.table, self.parameters, self.outputs, given.blocks, f"sets.{name}"
        )

    def points_in_blocks(self, name: str) -> tuple[int, ...]:
        return self.runs[name].points_in_blocks

    def place_of_points(self, name: str) -> str:
        return f"sets.{name}.file"

    def more_points(self, name: str) -> str:
        return f"add runs to {self.sets[name].file}"

    def most_replicates(self, name: str) -> int:
        return self.runs[name].most_replicates
