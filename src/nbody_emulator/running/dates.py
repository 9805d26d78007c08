"""Dates of files mean nothing here, but Snakemake refuses an output that is older than an input."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path


def date_now(files: Iterable[str], say: Callable[[str], None]) -> None:
    """Give those of `files` that are dated in the future, the clock having been set back since, the present date."""
    later = [path for path in map(Path, files) if path.exists() and path.stat().st_mtime > time.time()]
    for path in later:
        os.utime(path)
    if later:
        say(
            f"the clock was set back: {len(later)} files that this run reads are dated in the future; dated now"
        )
