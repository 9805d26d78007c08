"""Where the seconds of a job go: starting Python, importing, compiling, waiting; what is left is its work."""

import builtins
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

Span = tuple[float, float]
"""Beginning and end, in seconds of the epoch."""

# JAX's names for tracing, lowering, and compiling or fetching what was compiled before begin so.
COMPILING = "/jax/core/compile/"

# Imports of what is there already are many, and nothing.
SHORTEST = 1e-4


class JobClock:
    """Of the process that it is made in."""

    def __init__(self):
        self.running = time.time()
        self.created = self.running - age_seconds()
        self._waits: list[Span] = []
        self._compilations: list[Span] = []
        self._imports: list[Span] = []
        self._listens = False

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count the time inside as waiting, whatever it is part of."""
        begun = time.time()
        yield
        self._waits.append((begun, time.time()))

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note what import statements take inside, and what JAX compiles once one of them has imported it."""
        original = builtins.__import__
        builtins.__import__ = self._noted(original)
        try:
            yield
        finally:
            builtins.__import__ = original

    def seconds(self) -> dict[str, float]:
        """What each kind has taken until now; a second counts once."""
        waiting, compiling = covered(self._waits), covered(self._compilations)
        together = covered(self._waits + self._compilations + self._imports)
        return {
            "interpreter": self.running - self.created,
            "import": together - waiting - compiling,
            "compile": compiling,
            "wait": waiting,
            "compute": time.time() - self.running - together,
        }

    def _noted(self, original):
        inside = False

        def noted_import(*arguments, **keywords):
            nonlocal inside
            if inside:
                return original(*arguments, **keywords)
            inside, begun = True, time.time()
            try:
                return original(*arguments, **keywords)
            finally:
                inside = False
                if time.time() - begun > SHORTEST:
                    self._imports.append((begun, time.time()))
                    self._listen_to_jax()

        return noted_import

    def _listen_to_jax(self) -> None:
        monitoring = sys.modules.get("jax.monitoring")
        if monitoring and not self._listens:
            self._listens = True
            monitoring.register_event_time_span_listener(self._note_compilation)

    def _note_compilation(self, event: str, begun: float, ended: float, **_) -> None:
        if event.startswith(COMPILING):
            self._compilations.append((begun, ended))


def age_seconds() -> float:
    """How long this process has lived."""
    told = Path("/proc/self/stat")
    if not told.exists():
        return time.time() - psutil.Process().create_time()
    # Ticks since the machine started; psutil adds them to the time of that, which Linux tells in whole seconds.
    ticks = int(told.read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def covered(spans: Iterable[Span]) -> float:
    """Seconds that lie in at least one of the spans."""
    total, until = 0.0, 0.0
    for begun, ended in sorted(spans):
        total += max(0.0, ended - max(begun, until))
        until = max(until, ended)
    return total
