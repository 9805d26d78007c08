"""Programs compiled for one test serve all others: most of the time of the laws of simulation is compilation."""

import platform

import jax

pytest_plugins = ["finished_run"]


def pytest_configure(config) -> None:
    """Keep compiled programs in pytest's cache, for the other workers and the next call on this machine.

    Not by environment variables: what a test starts compiles its own, as it would without tests.
    """
    folder = config.cache.mkdir(f"compiled-{platform.node()}")
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
