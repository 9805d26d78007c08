"""Linear algebra on one thread: LAPACK's last bits depend on the number of threads."""

from collections.abc import Iterator
from contextlib import contextmanager

from nbody_emulator.extras import extra


@contextmanager
def one_thread() -> Iterator[None]:
    """While inside, NumPy's, SciPy's and (through SciPy) JAX's LAPACK use one thread."""
    import scipy.linalg  # noqa: F401  (only libraries that are loaded are limited)

    with extra("fitting"):
        from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
