"""Names of a person's own that are to be those of files."""

from nbody_emulator.settings.error import refuse

LONGEST_NAME = 64
"""Letters."""


def check_length(path: str, name: str) -> None:
    """A file can have the name.

    Raises:
        ConfigurationError: it is too long.
    """
    if len(name) > LONGEST_NAME:
        problem = f"a name of {len(name)} letters, which is to be that of a file"
        refuse(path, problem, f"choose another name, of at most {LONGEST_NAME}")
