"""The entries of the section `sets` where runs are in files."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from nbody_emulator.settings.section import Maybe, Section, setting

Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]

FileRole = Literal["training", "noise", "calibration", "observation", "sealed", "extra"]


class FileSet(Section):
    """One set of runs, in a file."""

    role: FileRole = setting(
        ...,
        "What the set is for: fits, the noise that the parameters do not fix (replicates of its points), conformal "
        "intervals and the width of posteriors, the judgement of posteriors, the sealed test, or anything else",
    )
    file: str = setting(
        ..., "Its runs, one a row: .csv, .parquet or .nc; a path from the repository's root on"
    )
    blocks: int = setting(
        1,
        "Parts that its design points are divided into: of training runs, folds and training sets",
        ge=1,
        le=100_000,
    )
    sha256: Maybe[Digest] = setting(
        None,
        "Checksum of the sealed file, as `sha256sum` prints it: nothing but its evaluation opens the file, and no "
        "other file can take its place",
    )
