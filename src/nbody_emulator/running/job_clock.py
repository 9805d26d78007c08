"""Where the seconds of a job go: starting Python, importing, compiling, waiting; what is left is its work.

Nothing listens to import statements. What takes long to import is imported by the job itself, before its script
(`heavy_imports`), and that is timed; what a script imports besides counts as its work.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

Span = tuple[float, float]
"""Beginning and end, in seconds of the epoch."""

# JAX's names for tracing, lowering, and compiling or fetching what was compiled before begin so.
COMPILING = "/jax/core/compile/"


class JobClock:
    """Of the process that it is made in."""

    def __init__(self) -> None:
        self._counted = {"interpreter": age_seconds(), "import": 0.0, "wait": 0.0}
        self._compilations: list[Span] = []

    @contextmanager
    def counting(self, kind: str) -> Iterator[None]:
        """Count the time inside as `import` or `wait`."""
        begun = time.perf_counter()
        yield
        self._counted[kind] += time.perf_counter() - begun

    def listen_to_jax(self) -> None:
        """Note what JAX compiles from now on; this imports it."""
        import jax.monitoring

        jax.monitoring.register_event_time_span_listener(self._note_compilation)

    def seconds(self) -> dict[str, float]:
        """What each kind has taken until now; a second counts once."""
        told = self._counted | {"compile": covered(self._compilations)}
        return told | {"compute": age_seconds() - sum(told.values())}

    def _note_compilation(self, event: str, start_time: float, end_time: float, **_: str | int) -> None:
        if event.startswith(COMPILING):
            self._compilations.append((start_time, end_time))


def age_seconds() -> float:
    """How long this process has lived."""
    told = Path("/proc/self/stat")
    if not told.exists():
        return time.time() - psutil.Process().create_time()
    # Ticks since the machine started; psutil adds them to the time of that, which Linux tells in whole seconds.
    ticks = int(told.read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def covered(spans: Iterable[Span]) -> float:
    """Seconds that lie in at least one of the spans: JAX compiles one program while it traces another."""
    total, until = 0.0, 0.0
    for begun, ended in sorted(spans):
        total += max(0.0, ended - max(begun, until))
        until = max(until, ended)
    return total
