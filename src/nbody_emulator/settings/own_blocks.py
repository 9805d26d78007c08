"""What one block of runs of another simulator is made from."""

from nbody_emulator.settings.block_place import BlockPlace
from nbody_emulator.settings.own_quantities import OwnOutput, OwnParameter, OwnParameters
from nbody_emulator.settings.section import Section
from nbody_emulator.settings.simulator import TableColumns


class BlockOfCalls(BlockPlace):
    """A block of runs that a function of another simulator makes.

    Attributes:
        python: the function, as module:function.
        source: digest by module of its code.
        packages: version by name of the libraries it imports.
        outputs: what it returns, by name.
        sealed, description: as of `BlockOfRuns`.
    """

    python: str
    source: dict[str, str]
    packages: dict[str, str]
    parameters: dict[str, OwnParameter]
    outputs: dict[str, OwnOutput]
    sealed: bool = False
    description: str = ""

    @property
    def varied(self) -> OwnParameters:
        """Its parameters, each in its box."""
        return OwnParameters(self.parameters)

    @property
    def parameter_units(self) -> dict[str, str]:
        """By name."""
        return self.varied.units


class BlockOfFile(Section):
    """A block of runs that are in a file.

    Attributes:
        rows: digest of the block's runs; of the sealed set, of its file's bytes.
        stream, block: the set, and the block's number in it.
        blocks: that the file is divided into.
        columns: which are no parameters and no outputs.
        sealed, description: as of `BlockOfRuns`.
    """

    stream: str
    block: int
    blocks: int
    rows: str
    columns: TableColumns
    parameters: dict[str, OwnParameter]
    outputs: dict[str, OwnOutput]
    sealed: bool = False
    description: str = ""
