"""Variables of the environment that could change the bits of a result, and the values they have in every job."""

import os

PINNED = {
    # Jobs fill the cores; more threads inside one would only make two of them hurt each other (by 30 % when measured),
    # and a sum over threads has another order.
    "NPROC": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "JAX_DEFAULT_PRNG_IMPL": "threefry2x32",
    "JAX_THREEFRY_PARTITIONABLE": "true",
    "MPLBACKEND": "agg",
    "LC_ALL": "C.UTF-8",
}


def pinned_now() -> dict[str, str | None]:
    """What these variables are in this process, for a receipt: None where one is not set."""
    return {name: os.environ.get(name) for name in PINNED}
