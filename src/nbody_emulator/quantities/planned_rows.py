"""The runs of one block, read again from their file when their result is made: they are those that gave it its name."""

from pathlib import Path

from nbody_emulator.quantities.file_of_runs import FileOfRuns, read_runs
from nbody_emulator.settings.own_blocks import BlockOfFile
from nbody_emulator.storage.files import file_sha256


def read_planned(path: str, block: BlockOfFile) -> FileOfRuns:
    """The runs of a block in the file at `path`.

    Raises:
        ConfigurationError: something in the file cannot be a run's.
        ValueError: these are other runs than those planned; of the sealed set, the file has another checksum.
    """
    if block.sealed and (found := file_sha256(Path(path))) != block.rows:
        raise ValueError(
            f"{path} is not the sealed file: its sha256 is {found}, and the configuration says {block.rows}"
        )
    key = f"sets.{block.stream}"
    runs = read_runs(path, block.columns, block.parameters, block.outputs, block.blocks, key).rows_of(
        block.block
    )
    if not block.sealed and runs.digest != block.rows:
        raise ValueError(f"{path} has changed since this run was planned; begin it again")
    return runs
