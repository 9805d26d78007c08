"""What an extra brings: a package that is missing is told with the extra that it comes with."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import inside it what comes with the extra `name` alone.

    Raises:
        ModuleNotFoundError: a package is missing; the message names the remedy.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        remedy = f"it comes with: pip install 'nbody-emulator[{name}]'"
        raise ModuleNotFoundError(f"{error.name} is not installed; {remedy}", name=error.name) from None
