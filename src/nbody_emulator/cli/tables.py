"""What is asked of a file before it is read or written."""

from collections.abc import Sequence
from pathlib import Path

from nbody_emulator.settings.error import refuse, suggestion


def check_ending(key: str, path: Path, endings: Sequence[str]) -> None:
    """Refuse a file to be written whose kind is not among these, or whose folder is not there.

    Raises:
        ConfigurationError: one line with the endings, or the folder to make.
    """
    if path.suffix not in endings:
        refuse(key, f"{path} is of no kind that is written here", f"end its name in {' or '.join(endings)}")
    if not path.parent.is_dir():
        refuse(key, f"there is no folder {path.parent}", f"mkdir -p {path.parent}")


def check_there(key: str, path: Path) -> None:
    """Refuse a file to be read that is not there.

    Raises:
        ConfigurationError: one line with what may have been meant.
    """
    if not path.is_file():
        folder = path.parent
        near = sorted(str(each) for each in folder.glob(f"*{path.suffix}")) if folder.is_dir() else []
        remedy = suggestion(str(path), near[:8]) if near else "name a file that is there"
        refuse(key, f"there is no file {path}", remedy)
